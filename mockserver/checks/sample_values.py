"""Values for schemas, parameters and bodies of one contract. They are the same in every run."""

import random
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.contract import Contract
from mockserver.parsing.json_writer import write_json
from mockserver.parsing.media_types import is_form, is_json, is_xml
from mockserver.samples import NoSample, SchemaSamples
from mockserver.samples.form_writer import write_form
from mockserver.samples.xml_writer import XmlWriter

# For these ranges there is a media type in which any value, or any text, can be written.
_IN_RANGES: Final = {"*/*": "application/json", "application/*": "application/json", "text/*": "text/plain"}


class SampleValues:
    """Makes values for the schemas of a contract, and writes them as bodies."""

    def __init__(self, contract: Contract) -> None:
        self.document = contract.document
        self._samples = SchemaSamples(
            contract.document.data,
            openapi_31=contract.document.is_31,
            problems=lambda schema, value: [each.message for each in contract.schema_violations(schema, value)],
        )
        self._xml = XmlWriter(contract.document.data)

    def some(self, schema: Any, *, optional: bool = True) -> list[Any]:
        """A value for a schema; an empty list if there is none. With `optional=False` it has the required members."""
        try:
            return [self._samples.value(schema, _rng(), examples=False, optional=optional)]
        except NoSample:
            return []

    def bodies(self, schema: Any) -> Iterator[Any]:
        """A value with the required members, and one with all documented members."""
        for optional in (False, True):
            yield from self.some(schema, optional=optional)

    def for_parameter(self, parameter: Mapping[str, Any]) -> list[Any]:
        """A value for a parameter or header; an empty list if there is none."""
        try:
            return [self._samples.media_type_value(parameter, _rng())]
        except NoSample:
            return []

    def written(self, value: Any, media_type: str, described: Mapping[str, Any]) -> tuple[str, bytes] | None:
        """The Content-Type and the body; None if the value cannot be written in this media type."""
        media_type = _IN_RANGES.get(media_type, media_type)
        if "*" in media_type:
            return None
        if is_json(media_type):
            return media_type, write_json(value)
        if is_xml(media_type):
            return media_type, self._xml.write(value, described.get("schema", {}))
        if is_form(media_type):
            try:
                return write_form(value, described, media_type)
            except NoSample:
                return None
        return (media_type, value.encode()) if isinstance(value, str) else None


def _rng() -> random.Random:
    return random.Random(1)  # noqa: S311  # the same messages in every run
