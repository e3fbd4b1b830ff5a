"""One value in the making: examples first, then what is generated."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from mockserver.samples.alternatives import Alternatives
from mockserver.samples.arrays import make_array
from mockserver.samples.conjunction import Conjunction
from mockserver.samples.numbers import integers, numbers
from mockserver.samples.objects import make_object
from mockserver.samples.published_examples import copied, is_json, published
from mockserver.samples.sample_errors import NoSample
from mockserver.samples.sample_position import SamplePosition
from mockserver.samples.schema_references import SchemaReferences
from mockserver.samples.strings import strings

__all__ = ["ValueMaker"]

MOST_ALTERNATIVES = 100
MOST_CANDIDATES = 12
MOST_ENUMERATED = 500

Problems = Callable[[Any, Any], str | None]


class ValueMaker:
    """Makes values for one document with one source of chance.

    `wrong` says what is wrong with a value under a schema, None when nothing is.
    """

    def __init__(
        self,
        references: SchemaReferences,
        alternatives: Alternatives,
        *,
        openapi_31: bool,
        wrong: Problems,
        rng: random.Random,
    ) -> None:
        self.rng = rng
        self.openapi_31 = openapi_31
        self.leads_back = alternatives.leads_back
        self.followed = references.followed
        self._references = references
        self._alternatives = alternatives
        self._wrong = wrong

    def make(self, schemas: tuple[Any, ...], place: SamplePosition) -> Any:
        """A value that satisfies all the schemas. Raises NoSample, or Exhausted when it takes too long."""
        place.budget.spend()
        if not place.fresh:
            for example in published(schemas, self._references):
                if self._first_wrong(schemas, example) is None and is_json(example):
                    return copied(example)
        reasons: list[NoSample] = []
        for conjunction in islice(self._alternatives.of(schemas, place), MOST_ALTERNATIVES):
            checks = schemas if place.careful else conjunction.doubtful()
            for value in islice(self._candidates(conjunction, place, reasons), MOST_CANDIDATES):
                wrong = self._first_wrong(checks, value)
                if wrong is None:
                    return value
                reasons.append(NoSample(wrong, place.pointer))
        # The first says most: it was said of what is likeliest.
        raise reasons[0] if reasons else NoSample("nothing satisfies it", place.pointer)

    def satisfies(self, schema: Any, value: Any) -> bool:
        """Whether a value satisfies a schema."""
        return self._wrong(schema, value) is None

    def _first_wrong(self, schemas: tuple[Any, ...], value: Any) -> str | None:
        return next((wrong for schema in schemas if (wrong := self._wrong(schema, value)) is not None), None)

    def _candidates(self, conjunction: Conjunction, place: SamplePosition, reasons: list[NoSample]) -> Iterator[Any]:
        """Values for a conjunction; why there are no more is added to the reasons."""
        try:
            listed = conjunction.enumerated()
            if listed is not None:
                yield from self._listed(listed, conjunction, place)
                return
            types = conjunction.types(openapi_31=self.openapi_31)
        except NoSample as error:
            reasons.append(NoSample(error.reason, error.pointer or place.pointer))
            return
        for name in types:
            try:
                yield from self._of_type(name, conjunction, place)
            except NoSample as error:
                reasons.append(NoSample(error.reason, error.pointer or place.pointer))

    def _listed(self, listed: list[Any], conjunction: Conjunction, place: SamplePosition) -> Iterator[Any]:
        few = listed[:MOST_ENUMERATED]
        self.rng.shuffle(few)
        found = False
        # Null is the last resort here too.
        for value in sorted(few, key=lambda value: value is None):
            if self._first_wrong(conjunction.parts, value) is None and is_json(value):
                found = True
                yield copied(value)
        if not found:
            raise NoSample(f"no value is {conjunction.lists_in_words()} and satisfies the rest", place.pointer)

    def _of_type(self, name: str, conjunction: Conjunction, place: SamplePosition) -> Iterator[Any]:
        match name:
            case "object":
                for tried in (place, place.afresh(), place.lean()):
                    yield make_object(conjunction, tried, self)
            case "array":
                for tried in (place, place.afresh(), place.lean()):
                    yield make_array(conjunction, tried, self)
            case "string":
                yield from strings(conjunction, self.rng, place.name)
            case "integer":
                yield from integers(conjunction, self.rng)
                raise NoSample("no whole number is within its bounds")
            case "number":
                yield from numbers(conjunction, self.rng)
                raise NoSample("no number is within its bounds")
            case "boolean":
                first = self.rng.random() < 0.5
                yield from (first, not first)
            case "null":
                yield None
