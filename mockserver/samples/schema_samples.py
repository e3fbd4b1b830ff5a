"""The samples of one OpenAPI document."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from mockserver.samples.alternatives import Alternatives
from mockserver.samples.keywords import shown
from mockserver.samples.published_examples import copied, is_json, published_beside
from mockserver.samples.sample_errors import Exhausted, NoSample
from mockserver.samples.sample_position import Budget, SamplePosition
from mockserver.samples.schema_references import SchemaReferences
from mockserver.samples.value_maker import ValueMaker

__all__ = ["SchemaSamples"]

# How many optional members a value has at most, and how many steps one attempt at it may take.
ROOM = 200
MOST_STEPS = 10_000

Problems = Callable[[Mapping[str, Any], Any], list[str]]


class SchemaSamples:
    """Makes values that satisfy schemas of a document, every `$ref` of which is local.

    `problems(schema, value)` is the judge: what is wrong with a value of a reply, nothing when it satisfies.
    The same schema and the same state of the source of chance give the same value.
    """

    def __init__(self, document: Mapping[str, Any], *, openapi_31: bool, problems: Problems) -> None:
        self._references = SchemaReferences(document)
        self._alternatives = Alternatives(self._references)
        self._openapi_31 = openapi_31
        self._problems = problems

    def value(self, schema: Any, rng: random.Random, *, examples: bool = True) -> Any:
        """A value that satisfies the schema, with no published `examples` in it when they are not wanted.

        Raises NoSample with the reason and the place when none is found.
        """
        reason: NoSample | None = None
        for attempt in range(4):
            # First with all that is optional; then each part held against its schema; then the least there is.
            place = SamplePosition(
                room=ROOM if attempt < 2 else 0,
                budget=Budget(MOST_STEPS),
                careful=attempt in (1, 3),
                fresh=not examples,
            )
            try:
                value = self._maker(rng).make((schema,), place)
            except NoSample as error:
                reason = reason or error
                continue
            except (Exhausted, RecursionError):
                reason = reason or NoSample("a value that satisfies it takes too many steps to make")
                continue
            wrong = self._wrong(schema, value)
            if wrong is None and is_json(value):
                return value
            reason = reason or NoSample(wrong or "its value cannot be sent as JSON")
        raise reason or NoSample("nothing satisfies it")

    def media_value(self, media_type: Mapping[str, Any], rng: random.Random) -> Any:
        """A value for a media type object, or a header's: its own example, then its examples, then its schema's."""
        schema = media_type.get("schema", True)
        for example in published_beside(media_type, self._references):
            if self._wrong(schema, example) is None and is_json(example):
                return copied(example)
        return self.value(schema, rng)

    def _maker(self, rng: random.Random) -> ValueMaker:
        return ValueMaker(self._references, self._alternatives, openapi_31=self._openapi_31, wrong=self._wrong, rng=rng)

    def _wrong(self, schema: Any, value: Any) -> str | None:
        """The first thing that is wrong with a value."""
        if schema is True:
            return None
        if not isinstance(schema, Mapping):
            return "the schema false allows nothing" if schema is False else f"{shown(schema)} is not a schema"
        try:
            problems = self._problems(schema, value)
        except Exception as error:  # noqa: BLE001  # a schema that makes the validator fall over judges nothing
            return f"the schema cannot be judged: {type(error).__name__}: {error}"
        return problems[0] if problems else None
