"""Applies jsonschema's keywords to a message within a budget of steps, and each schema only once to each value.

Without this, `L0: {allOf: [L1, L1]}`, `L1: {allOf: [L2, L2]}` and so on would apply the last of 25 schemas
17 million times. All verdicts are those of jsonschema's keywords.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any, Self

import referencing
import referencing.jsonschema
from jsonschema.exceptions import ValidationError
from jsonschema.validators import validator_for

from mockserver.limits.step_budget import StepBudget, StepLimitReached

MAX_ERRORS = 101
"""How many errors one schema reports about one value: one more than are shown, so that the report can mention it."""

MAX_STEPS = 150_000
# A large body takes more steps than a small one, also where nothing is repeated.
STEPS_FOR_A_CHARACTER = 0.7
# Most of the time for a schema is spent on looking it up and storing the result.
STEPS_OF_A_LEAF = 2
STEPS_OF_A_SCHEMA = 5
STEPS_OF_AN_ERROR = 12
STEPS_OF_A_PREPARATION = 10
# Looking at this many items of a list, in the schema or in the value, takes one step.
ITEMS_IN_A_STEP = 10
CHARACTERS_IN_A_STEP = 300
# These keywords look at each character, item or member of a value.
SCANNING_TEXT = """
additionalProperties const contains format pattern patternProperties propertyNames unevaluatedItems
unevaluatedProperties uniqueItems
"""
SCANNING = frozenset(SCANNING_TEXT.split())
# The error messages of jsonschema contain the whole value of these keywords.
QUOTED = frozenset({"const", "not", "oneOf"})
# Checking a schema without these keywords is as fast as looking up its result.
APPLYING_TEXT = """
$dynamicRef $recursiveRef $ref additionalProperties allOf anyOf contains dependentSchemas if items not oneOf
patternProperties prefixItems properties propertyNames unevaluatedItems unevaluatedProperties
"""
APPLYING = frozenset(APPLYING_TEXT.split())
MAX_QUOTED_VALUES = 10_000
MAX_PREPARED = 20_000


class _PreparedSchema:
    """A schema with its validator, its keywords and the steps that applying it takes."""

    __slots__ = ("is_leaf", "keywords", "scans", "schema", "steps", "validator")

    def __init__(self, validator: Any, schema: Any) -> None:
        self.validator = validator
        self.schema = schema
        self.keywords = validator._validators  # noqa: SLF001  # what jsonschema's own iter_errors uses
        found = schema.keys() if isinstance(schema, dict) else ()
        self.is_leaf = APPLYING.isdisjoint(found)
        self.scans = len(SCANNING.intersection(found))
        sizes = sum(len(schema[name]) for name in found if name != "enum" and isinstance(schema[name], dict | list))
        sizes += sum(_size(schema[name]) for name in QUOTED.intersection(found))
        self.steps = (STEPS_OF_A_LEAF if self.is_leaf else STEPS_OF_A_SCHEMA) + sizes // ITEMS_IN_A_STEP


PreparedSchemas = dict[Any, Any]
"""Prepared schemas and resolved references, which are kept for the next message."""


class SchemaCheck:
    """The check of one message: the steps that are left, and the results so far.

    All schemas in the context of a check are applied within its budget.
    """

    __slots__ = ("_prepared", "_remembered", "_token", "_values", "budget", "results")

    def __init__(self, budget: StepBudget, prepared: PreparedSchemas) -> None:
        if len(prepared) > MAX_PREPARED:
            prepared.clear()
        self.budget = budget
        self.results: dict[tuple[int, int], tuple[ValidationError, ...]] = {}
        self._prepared = prepared
        self._remembered: dict[Any, Any] = {}
        # Results are found by the identity of a value, so all values have to exist until the end of the check.
        self._values: list[Any] = []

    def __enter__(self) -> Self:
        self._token = _CURRENT.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _CURRENT.reset(self._token)

    def prepared(self, validator: Any, schema: Any, resolver: Any) -> _PreparedSchema:
        """The prepared schema. The resolver says what its references are relative to."""
        key = (id(schema), type(validator), *scope(resolver))
        found: _PreparedSchema | None = self._prepared.get(key)
        if found is None:
            self.budget.spend(STEPS_OF_A_PREPARATION)
            found = _PreparedSchema(validator.evolve(schema=schema, _resolver=resolver), schema)
            self._prepared[key] = found
        return found

    def resolved(self, resolver: Any, ref: str) -> Any:
        """What a reference leads to."""
        key = (ref, *scope(resolver))
        found = self._prepared.get(key)
        if found is None:
            found = self._prepared[key] = resolver.lookup(ref)
        return found

    def remembered(self, key: Any, compute: Callable[[], Any]) -> Any:
        """A result that depends on the key only. The objects whose identity is in the key have to be in the message."""
        if key not in self._remembered:
            self.budget.spend(STEPS_OF_A_SCHEMA)
            self._remembered[key] = compute()
        return self._remembered[key]

    def keep(self, value: Any) -> None:
        """Keep a value until the end of the check."""
        self._values.append(value)


def budget_for(body: bytes) -> StepBudget:
    """The steps for a message with this body."""
    return StepBudget(MAX_STEPS + int(STEPS_FOR_A_CHARACTER * len(body)))


_CURRENT: ContextVar[SchemaCheck | None] = ContextVar("schema_check", default=None)


def current_check() -> SchemaCheck:
    """The running check. If none is running, a new check for a single schema."""
    return _CURRENT.get() or SchemaCheck(StepBudget(MAX_STEPS), {})


def scope(resolver: Any) -> tuple[Any, ...]:
    """What the meaning of a reference depends on; empty in documents without `$id`."""
    base, previous = resolver._base_uri, resolver._previous  # noqa: SLF001  # there are no public names
    return (base, *previous) if base or previous else ()


def bounded(dialect: Any, corrected: Callable[[Any], Any]) -> Any:
    """The validator class of a dialect, changed in place so that it works within the budget of the current check.

    `corrected` returns the class to use for a dialect that a schema names in its `$schema`.
    """
    dialect.corrected = staticmethod(corrected)
    dialect.specification = referencing.jsonschema.specification_with(
        dialect.ID_OF(dialect.META_SCHEMA) or "urn:unknown-dialect", default=referencing.Specification.OPAQUE
    )
    dialect.evolve, dialect.descend, dialect.iter_errors = _evolve, _descend, _iter_errors
    dialect._validate_reference = _validate_reference  # noqa: SLF001  # the keywords of references call it
    return dialect


def _evolve(self: Any, **changes: Any) -> Any:
    schema, resolver = changes.get("schema", self.schema), changes.get("_resolver", self._resolver)
    dialect: Any = type(self)
    named = validator_for(schema, default=dialect)
    used: Any = dialect if named is dialect else dialect.corrected(named)
    return used(schema, format_checker=self.format_checker, _resolver=resolver)


def _descend(  # noqa: PLR0917  # jsonschema's signature
    self: Any, instance: Any, schema: Any, path: Any = None, schema_path: Any = None, resolver: Any = None
) -> Iterator[ValidationError]:
    if schema is True:
        return iter(())
    if resolver is None:
        resolver = self._resolver
        if isinstance(schema, dict) and "$id" in schema:
            resolver = resolver.in_subresource(self.specification.create_resource(schema))
    check = _CURRENT.get()
    if check is None:
        with SchemaCheck(StepBudget(MAX_STEPS), {}):
            return _descend(self, instance, schema, path, schema_path, resolver)
    try:
        errors = _errors(check, check.prepared(self, schema, resolver), instance)
        if errors:
            check.budget.spend(STEPS_OF_AN_ERROR * len(errors))
    except StepLimitReached as limit:
        if path is not None:
            limit.path.insert(0, path)
        raise
    return iter([_copied(error, path, schema_path) for error in errors])


def _iter_errors(self: Any, instance: Any) -> Iterator[ValidationError]:
    # The instance need not be a part of the message: it can be a text that was converted to try a type.
    current_check().keep(instance)
    return _descend(self, instance, self.schema, resolver=self._resolver)


def _validate_reference(self: Any, ref: str, instance: Any) -> Iterator[ValidationError]:
    resolved = current_check().resolved(self._resolver, ref)
    return _descend(self, instance, resolved.contents, resolver=resolved.resolver)


def _errors(check: SchemaCheck, prepared: _PreparedSchema, instance: Any) -> Sequence[ValidationError]:
    """The errors of a value under a schema. Their paths start at the value."""
    if prepared.is_leaf:
        return _new_errors(check, prepared, instance)
    # Both objects exist until the end of the check, so that no other object gets their identity.
    key = (id(prepared), id(instance))
    known = check.results.get(key)
    if known is None:
        # A schema that applies itself to the same value adds nothing to what is being checked already.
        check.results[key] = ()
        known = check.results[key] = _new_errors(check, prepared, instance)
    else:
        check.budget.spend()
    return known


def _new_errors(check: SchemaCheck, prepared: _PreparedSchema, instance: Any) -> tuple[ValidationError, ...]:
    schema, steps = prepared.schema, prepared.steps
    if prepared.scans and isinstance(instance, dict | list | str):
        steps += prepared.scans * len(instance) // ITEMS_IN_A_STEP
    check.budget.spend(steps)
    if schema is False:
        message = "the schema false allows no value"
        return (ValidationError(message, validator=None, validator_value=None, instance=instance, schema=schema),)  # type: ignore[arg-type]  # as jsonschema does
    found: dict[Any, ValidationError] = {}
    for apply, keyword, value in prepared.keywords:
        for error in apply(prepared.validator, value, instance, schema) or ():
            error._set(  # noqa: SLF001  # as jsonschema does
                validator=keyword,
                validator_value=value,
                instance=instance,
                schema=schema,
                type_checker=prepared.validator.TYPE_CHECKER,
            )
            if isinstance(instance, str):
                # The message contains the whole text.
                check.budget.spend(len(instance) // CHARACTERS_IN_A_STEP)
            if keyword not in {"if", "$ref"}:
                error.schema_path.appendleft(keyword)
            # Two references can apply the same schema, which then reports the same error twice.
            found.setdefault((error.validator, id(error.schema), *error.path, error.message), error)
            if len(found) == MAX_ERRORS:
                return tuple(found.values())
    return tuple(found.values())


def _copied(error: ValidationError, path: Any, schema_path: Any) -> ValidationError:
    """A copy for the schema above, whose path starts at the value above."""
    copy = ValidationError.__new__(ValidationError)
    vars(copy).update(vars(error))
    copy.path = copy.relative_path = error.path.copy()
    copy.schema_path = copy.relative_schema_path = error.schema_path.copy()
    if path is not None:
        copy.path.appendleft(path)
    if schema_path is not None:
        copy.schema_path.appendleft(schema_path)
    return copy


def _size(value: Any) -> int:
    """The number of values in a part of a schema; large parts count as MAX_QUOTED_VALUES."""
    count, pending = 0, [value]
    while pending and count < MAX_QUOTED_VALUES:
        each = pending.pop()
        count += 1
        if isinstance(each, dict | list):
            pending.extend(each.values() if isinstance(each, dict) else each)
    return count
