"""Makes the headers of replies: published examples, values in the grammar of HTTP, or values for the schema."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from mockserver.contract.document.subschemas import as_mapping
from mockserver.contract.document.transport_headers import is_transport_header
from mockserver.limits.step_budget import StepLimitReached
from mockserver.samples.header_values import header_values
from mockserver.samples.published_examples import can_be_sent, media_type_examples, readings, schema_examples
from mockserver.samples.sample_context import NoSample
from mockserver.samples.scalar_draws import Constant
from mockserver.samples.schema_samples import SchemaSamples


class PlannedHeader(NamedTuple):
    """A header and the function that makes its value."""

    name: str
    make: Callable[[random.Random], str]
    is_required: bool = False

    @property
    def is_constant(self) -> bool:
        """Whether the value is always the same."""
        return isinstance(self.make, Constant)


class SampleHeaders:
    """Makes the headers of the Response Objects of one document. Headers of the connection and of CORS are left out."""

    def __init__(self, samples: SchemaSamples, resolve: Callable[[Any], Any]) -> None:
        self._samples = samples
        self._resolve = resolve

    def of(self, response: Mapping[str, Any], rng: random.Random) -> list[tuple[str, str]]:
        """The headers of a reply. Raises NoSample or StepLimitReached if a required header cannot be made."""
        return [(header.name, text) for header, text in self._made(response, rng)]

    def planned(self, response: Mapping[str, Any], applied: str) -> list[PlannedHeader]:
        """The headers of all replies, those with a published example as constants. Raises like `of`.

        `applied` is the value of Preference-Applied, empty without a preference.
        """
        planned = [header for header, _ in self._made(response, random.Random(0))]  # noqa: S311  # no value is used
        return [*planned, PlannedHeader("preference-applied", Constant(applied))] if applied else planned

    def _made(self, response: Mapping[str, Any], rng: random.Random) -> Iterator[tuple[PlannedHeader, str]]:
        for name, raw in as_mapping(response.get("headers")).items():
            header = self._resolve(raw)
            if name.lower() == "content-type" or is_transport_header(name) or not isinstance(header, dict):
                continue
            try:
                make = self._maker(name, header)
                yield PlannedHeader(name.lower(), make, bool(header.get("required"))), make(rng)
            except (NoSample, StepLimitReached):
                if header.get("required"):
                    raise

    def _maker(self, name: str, header: Mapping[str, Any]) -> Callable[[random.Random], str]:
        """A function that makes the value of a header."""
        if "content" in header:
            described = next(iter(as_mapping(header["content"]).values()), None)
            if not isinstance(described, dict):
                raise NoSample("its `content` describes no media type")
            return lambda rng: json.dumps(self._samples.media_type_value(described, rng))
        schema, references = header.get("schema", True), self._samples.references
        published = [
            *media_type_examples(header, references),
            *schema_examples((schema,), references, self._samples.budget()),
        ]
        for value in (reading for example in published for reading in readings(example)):
            if self._is_valid(schema, value):
                return Constant(_text(value, header))
        return partial(self._searched, name, header, schema)

    def _searched(self, name: str, header: Mapping[str, Any], schema: Any, rng: random.Random) -> str:
        """A value in the grammar of HTTP, else a value for the schema."""
        for value in header_values(name, rng):
            if self._is_valid(schema, value):
                return _text(value, header)
        return _text(self._samples.value(schema, rng), header)

    def _is_valid(self, schema: Any, value: Any) -> bool:
        return self._samples.problem(schema, value) is None and can_be_sent(value)


def _text(value: Any, header: Mapping[str, Any]) -> str:
    """A value in the style `simple`."""
    if isinstance(value, dict):
        separator = "=" if header.get("explode") else ","
        return ",".join(f"{key}{separator}{_scalar(member)}" for key, member in value.items())
    if isinstance(value, list):
        return ",".join(map(_scalar, value))
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        # A header value is one line of ASCII, also where the schema's example is not.
        return value.encode("ascii", "replace").decode().replace("\r", " ").replace("\n", " ")
    return json.dumps(value)
