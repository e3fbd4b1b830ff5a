"""Makes values that satisfy schemas: from published examples where they are valid, else from the keywords."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from functools import partial
from itertools import islice, product
from typing import Any

from mockserver.limits.step_budget import StepBudget, StepLimitReached
from mockserver.samples.alternatives import Alternatives
from mockserver.samples.arrays import ArrayMaker
from mockserver.samples.conjunction import Conjunction
from mockserver.samples.keywords import shown
from mockserver.samples.made_values import MadeValue, Path
from mockserver.samples.numbers import integers, numbers
from mockserver.samples.objects import ObjectMaker
from mockserver.samples.published_examples import can_be_sent, media_type_examples, readings, schema_examples
from mockserver.samples.sample_context import STEPS_OF_A_VALUE, NoSample, SamplePosition
from mockserver.samples.schema_references import SchemaReferences
from mockserver.samples.strings import strings

# The limits for the optional members of a value, for the steps of one attempt, and for those of all attempts.
MAX_OPTIONAL_MEMBERS = 200
MAX_STEPS = 150_000
MAX_TOTAL_STEPS = 300_000
CHARACTERS_IN_A_STEP = 50
MAX_CONJUNCTIONS = 100
MAX_CANDIDATES = 12
MAX_LISTED_VALUES = 500

Problems = Callable[[Mapping[str, Any], Any], list[str]]


class SchemaSamples:
    """Makes values for the schemas of one document, whose references are all local.

    `problems(schema, value)` validates: it lists what is wrong with a value in a reply.
    `budget()` returns the steps that are left for a value.
    The same schema and the same state of the random generator give the same value.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        openapi_31: bool,
        problems: Problems,
        budget: Callable[[], StepBudget] | None = None,
    ) -> None:
        self.openapi_31 = openapi_31
        self.references = SchemaReferences(document)
        self.problems = problems
        self.budget = budget or partial(StepBudget, MAX_TOTAL_STEPS)

    def value(self, schema: Any, rng: random.Random, *, examples: bool = True, optional: bool = True) -> Any:
        """A value that satisfies the schema. With `examples=False` it contains no published examples.

        With `optional=False` its objects have only the members that they must have.

        Raises NoSample with the reason and the position when none is found.
        """
        return self.made(schema, rng, examples=examples, optional=optional)[0]

    def made(
        self, schema: Any, rng: random.Random, *, examples: bool = True, optional: bool = True
    ) -> tuple[Any, Mapping[Path, MadeValue]]:
        """A value like that of `value`, and how each of its parts was made."""
        reason: NoSample | None = None
        total = self.budget()
        # First with optional members, then also checking every part; then the same without optional members.
        rooms = (MAX_OPTIONAL_MEMBERS, 0) if optional else (0,)
        for room, check_parts in product(rooms, (False, True)):
            budget = StepBudget(MAX_STEPS, parent=total)
            position = SamplePosition(room=room, budget=budget, check_parts=check_parts, skip_examples=not examples)
            try:
                maker = ValueMaker(self, rng)
                value = maker.make((schema,), position)
                problem = self.problem(schema, value)
                if problem is None and can_be_sent(value):
                    return value, maker.made
                reason = reason or NoSample(problem or "its value cannot be sent as JSON")
            except NoSample as error:
                reason = reason or error
            except (StepLimitReached, RecursionError):
                reason = reason or NoSample("a value that satisfies it takes too many steps to make")
        raise reason or NoSample("no value satisfies it")

    def media_type_value(self, media_type: Mapping[str, Any], rng: random.Random) -> Any:
        """A value for a media type or header object: its own valid example, else a value for its schema."""
        schema = media_type.get("schema", True)
        published = media_type_examples(media_type, self.references)
        for example in (reading for each in published for reading in readings(each)):
            if self.problem(schema, example) is None and can_be_sent(example):
                return deepcopy(example)
        return self.value(schema, rng)

    def problem(self, schema: Any, value: Any) -> str | None:
        """The first thing that is wrong with a value under a schema, None if the value is valid."""
        if schema is True:
            return None
        if not isinstance(schema, Mapping):
            return "the schema false allows no value" if schema is False else f"{shown(schema)} is not a schema"
        try:
            problems = self.problems(schema, value)
        except Exception as error:  # noqa: BLE001  # a schema that crashes the validator validates nothing
            return f"the schema cannot be checked: {type(error).__name__}: {error}"
        return problems[0] if problems else None


class ValueMaker:
    """Makes one value, and the values inside it. `made` is how the latest value at each position was made."""

    def __init__(self, samples: SchemaSamples, rng: random.Random) -> None:
        self.rng = rng
        self.made: dict[Path, MadeValue] = {}
        self.openapi_31 = samples.openapi_31
        self.followed = samples.references.followed
        self._references = samples.references
        self._alternatives = Alternatives(samples.references)
        self._problem = samples.problem

    def make(self, schemas: tuple[Any, ...], position: SamplePosition) -> Any:
        """A value that satisfies all the schemas. Raises NoSample, or StepLimitReached."""
        position.budget.spend(STEPS_OF_A_VALUE)
        if not position.skip_examples:
            for example in schema_examples(schemas, self._references, position.budget):
                if self._first_problem(schemas, example) is None and can_be_sent(example):
                    self.made[position.path] = MadeValue(schemas, position)
                    return deepcopy(example)
        reasons: list[NoSample] = []
        for conjunction in islice(self._alternatives.conjunctions(schemas, position), MAX_CONJUNCTIONS):
            checks = schemas if position.check_parts else conjunction.schemas_to_check()
            for kind, value in islice(self._candidates(conjunction, position, reasons), MAX_CANDIDATES):
                problem = self._first_problem(checks, value)
                if problem is None:
                    if isinstance(value, str):
                        position.budget.spend(len(value) // CHARACTERS_IN_A_STEP)
                    self.made[position.path] = MadeValue(schemas, position, kind, conjunction)
                    return value
                reasons.append(NoSample(problem, position.pointer))
        # The first reason is about the most likely alternative.
        raise reasons[0] if reasons else NoSample("no value satisfies it", position.pointer)

    def satisfies(self, schema: Any, value: Any) -> bool:
        """Whether a value satisfies a schema."""
        return self._problem(schema, value) is None

    def _first_problem(self, schemas: Iterable[Any], value: Any) -> str | None:
        return next((problem for schema in schemas if (problem := self._problem(schema, value)) is not None), None)

    def _candidates(
        self, conjunction: Conjunction, position: SamplePosition, reasons: list[NoSample]
    ) -> Iterator[tuple[str, Any]]:
        """Values to check, each with its kind. Adds to `reasons` why there are no more."""
        try:
            kinds = ["listed"] if conjunction.lists() else conjunction.types(openapi_31=self.openapi_31)
        except NoSample as error:
            reasons.append(NoSample(error.reason, position.pointer))
            return
        for kind in kinds:
            try:
                for value in self._values(kind, conjunction, position):
                    yield kind, value
            except NoSample as error:
                reasons.append(NoSample(error.reason, error.pointer or position.pointer))

    def _listed(self, conjunction: Conjunction) -> Iterator[Any]:
        """The values of the shortest `enum` or `const` that satisfy the other keywords, in random order."""
        lists = conjunction.lists()
        values = min(lists, key=len)[:MAX_LISTED_VALUES]
        self.rng.shuffle(values)
        found = False
        # Null comes last here too.
        for value in sorted(values, key=lambda value: value is None):
            if self._first_problem(conjunction.parts, value) is None and can_be_sent(value):
                found = True
                yield deepcopy(value)
        if not found:
            required = " and ".join(dict.fromkeys(f"in {shown(each)}" for each in lists))
            raise NoSample(f"no value is {required} and satisfies the other keywords")

    def _values(self, kind: str, conjunction: Conjunction, position: SamplePosition) -> Iterator[Any]:
        """Values of a type, or of those that `enum` and `const` list."""
        match kind:
            case "listed":
                yield from self._listed(conjunction)
            case "object" | "array":
                maker = ObjectMaker if kind == "object" else ArrayMaker
                for each in (position, position.without_examples(), position.without_optional()):
                    yield maker(conjunction, each, self).make()
            case "string":
                yield from strings(conjunction, self.rng, position.name)
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
