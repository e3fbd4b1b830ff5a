"""Makes the choices that schemas leave open: branches of `anyOf` and `oneOf`, sides of an `if`, discriminators."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.document.discriminators import Discriminator
from mockserver.contract.document.subschemas import as_list, as_mapping
from mockserver.samples.conjunction import Conjunction
from mockserver.samples.keywords import as_names, is_null_only, shown
from mockserver.samples.sample_context import STEPS_OF_A_SCHEMA, NoSample, SamplePosition
from mockserver.samples.schema_references import SchemaReferences

# How often a reference may occur below itself. A schema that requires itself more often has no finite value.
MAX_RECURSION = 3
PARTS_IN_A_STEP = 20
# A value made for a schema with one of these may still break it.
CHECKED = ("oneOf", "not", "if", "discriminator", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One choice: schemas that must hold, schemas that must not hold, members that must not be present."""

    schemas: tuple[Any, ...] = ()
    excluded: tuple[Any, ...] = ()
    forbidden: tuple[str, ...] = ()


# Schemas are JSON and contain no tuples, so a tuple among them stands for a choice.
Branching = tuple[Alternative, ...]


class Alternatives:
    """Splits schemas into conjunctions, the most useful first. The caller stops at the first one that has a value."""

    def __init__(self, references: SchemaReferences) -> None:
        self._references = references

    def conjunctions(self, schemas: tuple[Any, ...], position: SamplePosition) -> Iterator[Conjunction]:
        """Every conjunction that satisfies all of the schemas. Raises NoSample when there is none."""
        reasons: list[NoSample] = []
        conjunction = None
        for conjunction in self._split(schemas, Conjunction(), position, reasons):
            yield conjunction
        if conjunction is None:
            raise reasons[0]

    def _split(
        self, pending: tuple[Any, ...], conjunction: Conjunction, position: SamplePosition, reasons: list[NoSample]
    ) -> Iterator[Conjunction]:
        while pending:
            position.budget.spend(STEPS_OF_A_SCHEMA + len(conjunction.parts) // PARTS_IN_A_STEP)
            schema, pending = pending[0], pending[1:]
            if isinstance(schema, tuple):
                if not schema:
                    reasons.append(NoSample("there is no branch to choose", position.pointer))
                for choice in schema:
                    chosen = conjunction.plus(excluded=choice.excluded, forbidden=choice.forbidden)
                    yield from self._split((*choice.schemas, *pending), chosen, position, reasons)
                return
            if schema is True:
                continue
            if not isinstance(schema, Mapping):
                reason = "the schema false allows no value" if schema is False else f"{shown(schema)} is not a schema"
                reasons.append(NoSample(reason, position.pointer))
                return
            ref = schema.get("$ref")
            # A reference that was followed before is in the conjunction already.
            new_refs = (ref,) if isinstance(ref, str) and ref not in conjunction.refs else ()
            try:
                targets = tuple(self._target(ref, position) for ref in new_refs)
            except NoSample as error:
                reasons.append(error)
                return
            # OpenAPI 3.0 ignores keywords beside a `$ref`, but openapi-core does not.
            conjunction = with_part(conjunction.plus(refs=new_refs), schema)
            choices = self._choices(schema, conjunction, position)
            pending = (*targets, *pending, *as_list(schema.get("allOf")), *choices)
        yield conjunction

    def _target(self, ref: str, position: SamplePosition) -> Any:
        if position.refs.count(ref) >= MAX_RECURSION:
            raise NoSample(f"{ref} requires itself without end", position.pointer)
        return self._references.target(ref)

    def _choices(
        self, schema: Mapping[str, Any], conjunction: Conjunction, position: SamplePosition
    ) -> Iterator[Branching]:
        discriminator = self._references.discriminator(schema)
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                branches = sorted(as_list(schema[keyword]), key=lambda branch: self._rank(branch, position))
                applies = discriminator is not None and discriminator.keyword == keyword
                yield tuple(self._branches(branches, discriminator if applies else None))
        if discriminator and not discriminator.keyword:
            choices = self._references.family_choices(discriminator, conjunction.refs)
            # The last choice is the base alone, with a value that selects nothing.
            yield (*self._selected(choices, discriminator), Alternative())
        if "if" in schema:
            holds = Alternative(schemas=(schema["if"], schema.get("then", True)))
            yield holds, Alternative(schemas=(schema.get("else", True),), excluded=(schema["if"],))
        for name, dependent in as_mapping(schema.get("dependentSchemas")).items():
            yield Alternative(schemas=(dependent,)), Alternative(forbidden=(name,))

    def _rank(self, branch: Any, position: SamplePosition) -> int:
        """Sorts recursive branches last, and null before these."""
        return 2 * leads_back(branch, position.refs) + is_null_only(self._references.followed(branch))

    def _branches(self, branches: list[Any], discriminator: Discriminator | None) -> Iterator[Alternative]:
        """The choice of each branch with a discriminator value that selects it, then of each branch alone."""
        if discriminator:
            yield from self._selected(branches, discriminator)
        yield from (Alternative(schemas=(branch,)) for branch in branches)

    def _selected(self, branches: list[Any], discriminator: Discriminator) -> Iterator[Alternative]:
        for selected in self._references.selected(discriminator, branches):
            yield Alternative(schemas=selected)


def leads_back(schema: Any, refs: tuple[str, ...], depth: int = 0) -> bool:
    """Whether a schema refers to one of `refs`; looks at most three schemas deep."""
    schema = as_mapping(schema)
    if depth > 3:
        return False
    if schema.get("$ref") in refs:
        return True
    branches = as_list(schema.get("anyOf")) or as_list(schema.get("oneOf"))
    if branches and all(is_null_only(branch) or leads_back(branch, refs, depth + 1) for branch in branches):
        return True
    return any(leads_back(part, refs, depth + 1) for part in (*as_list(schema.get("allOf")), schema.get("items")))


def with_part(conjunction: Conjunction, part: Mapping[str, Any]) -> Conjunction:
    """The conjunction, with one more schema whose own keywords must hold."""
    checks = (part,) if any(keyword in part for keyword in CHECKED) else ()
    conjunction = conjunction.plus(parts=(part,), checks=checks)
    if "not" in part:
        conjunction = conjunction.plus(excluded=(part["not"],), forbidden=tuple(sufficient_members(part["not"])))
    return conjunction


def sufficient_members(schema: Any) -> Iterator[str]:
    """The members each of which makes the schema hold, as in `anyOf: [{required: [a]}, {required: [b]}]`."""
    schema = as_mapping(schema)
    if schema.keys() == {"required"} and len(names := as_names(schema["required"])) == 1:
        yield names[0]
    if schema.keys() == {"anyOf"}:
        for branch in as_list(schema["anyOf"]):
            yield from sufficient_members(branch)
