"""Makes the bodies of replies: from published examples as they are written, else from values for the schema."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.contract.document.document import Document
from mockserver.messages import ABSENT
from mockserver.parsing.json_writer import write_json, write_json_exactly
from mockserver.parsing.media_types import essence, is_form, is_json, is_xml
from mockserver.samples.content_negotiation import Preference
from mockserver.samples.external_examples import ExternalExamples
from mockserver.samples.form_writer import write_form
from mockserver.samples.made_values import MadeValue, Path
from mockserver.samples.published_examples import (
    can_be_sent,
    media_type_examples,
    named_examples,
    readings,
    schema_examples,
)
from mockserver.samples.sample_context import NoSample
from mockserver.samples.schema_samples import SchemaSamples
from mockserver.samples.small_files import SMALL_FILES
from mockserver.samples.text_formats import write_text
from mockserver.samples.xml_writer import XmlWriter

MAX_FAILURES = 3


class SampleBody(NamedTuple):
    """The Content-Type and the body. `value` is the JSON value that reading the body returns, if it is known.

    `source` is how the value was made that the body was written from; None if the body is the same for every request.
    `form` is the number of this way to write the value.
    """

    content_type: str
    content: bytes
    value: Any = ABSENT
    source: ValueSource | None = None
    form: int = 0


class ValueSource(NamedTuple):
    """A value for a schema, and how its parts were made."""

    value: Any
    made: Mapping[Path, MadeValue]


class SampleBodies:
    """Makes bodies for the Media Type Objects of one document. The caller validates them."""

    def __init__(self, document: Document, samples: SchemaSamples) -> None:
        self._samples = samples
        self._xml = XmlWriter(document.data)
        self._external = ExternalExamples(document.path)
        # Maps the id of a media type object to its failures in a row and the last reason. The document keeps it alive.
        self._failures: dict[int, tuple[int, str]] = {}

    def examples(self, described: Mapping[str, Any]) -> dict[str, Any]:
        """The named examples of a Media Type Object; the content of a file is bytes."""
        return named_examples(described, self._samples.references, read=self._external.read)

    def named(self, described: Mapping[str, Any], media_type: str, name: str) -> Iterator[SampleBody]:
        """The body for a named example."""
        yield from self._published(self.examples(described)[name], described, media_type)

    def of(
        self, described: Mapping[str, Any], media_type: str, preference: Preference, rng: random.Random
    ) -> Iterator[SampleBody]:
        """Bodies for a media type, the best one first. Raises NoSample when there are no more."""
        if not preference.dynamic:
            for example in self._all_examples(described, media_type):
                yield from self._published(example, described, media_type)
        if essence(media_type) in SMALL_FILES:
            yield SampleBody(media_type, SMALL_FILES[essence(media_type)])
        try:
            source = self._value(described, rng, dynamic=bool(preference.dynamic))
        except NoSample:
            if not (is_json(media_type) or is_xml(media_type) or is_form(media_type)):
                # Only the media type is checked.
                yield SampleBody(media_type, write_text("example", media_type).encode())
            raise
        for form, body in enumerate(self.written(source.value, described, media_type)):
            yield body._replace(source=source, form=form)

    def _all_examples(self, described: Mapping[str, Any], media_type: str) -> Iterator[Any]:
        if is_json(media_type):
            for example in media_type_examples(described, self._samples.references, read=self._external.read):
                yield from readings(example)
            return
        yield from media_type_examples(described, self._samples.references, read=self._external.read)
        # Also the example of the whole body in the schema: as text, and not as a value to write.
        budget = self._samples.budget()
        yield from schema_examples((described.get("schema"),), self._samples.references, budget)

    def _published(self, example: Any, described: Mapping[str, Any], media_type: str) -> Iterator[SampleBody]:
        """The bodies for a published example: a file or a text that is not JSON is sent as it is."""
        if isinstance(example, bytes):
            yield SampleBody(media_type, example)
        elif isinstance(example, str) and not is_json(media_type):
            yield SampleBody(media_type, example.encode("utf-8", "replace"))
        elif can_be_sent(example):
            yield from self.written(example, described, media_type)

    def written(self, value: Any, described: Mapping[str, Any], media_type: str) -> Iterator[SampleBody]:
        """The bodies for a value: in the format of the media type, then as plain text."""
        if is_json(media_type):
            exact = write_json_exactly(value)
            yield SampleBody(media_type, write_json(value)) if exact is None else SampleBody(media_type, exact, value)
        elif is_xml(media_type):
            yield SampleBody(media_type, self._xml.write(value, described.get("schema", {})))
        elif is_form(media_type):
            yield SampleBody(*write_form(value, described, media_type))
        else:
            text = write_text(value, media_type)
            yield SampleBody(media_type, text.encode())
            if isinstance(value, str) and text != value:
                # The schema may restrict the text itself.
                yield SampleBody(media_type, value.encode())

    def _value(self, media_type: Mapping[str, Any], rng: random.Random, *, dynamic: bool) -> ValueSource:
        """A value for a media type; a `dynamic` one contains no published example."""
        # A failure may take a second. After a few failures the reason is known without trying again.
        failures, reason = self._failures.get(id(media_type), (0, ""))
        if failures >= MAX_FAILURES:
            raise NoSample(reason)
        try:
            source = ValueSource(*self._samples.made(media_type.get("schema", True), rng, examples=not dynamic))
        except NoSample as error:
            self._failures[id(media_type)] = (failures + 1, str(error))
            raise
        self._failures.pop(id(media_type), None)
        return source
