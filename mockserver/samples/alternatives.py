"""The choices that schemas leave: each `anyOf` and `oneOf` branch, each side of an `if`, each discriminated child."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockserver.samples.conjunction import Conjunction
from mockserver.samples.discriminators import Discriminators
from mockserver.samples.keywords import as_list, as_mapping, as_names, is_null_only, shown
from mockserver.samples.sample_errors import NoSample
from mockserver.samples.sample_position import SamplePosition
from mockserver.samples.schema_references import SchemaReferences

__all__ = ["Alternatives"]

# How often one reference may come again below itself: what requires itself more often never ends.
MOST_RETURNS = 3
CHECKED = ("oneOf", "not", "if", "discriminator", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way to go on: schemas that must hold, schemas that must not, members that must not be there."""

    schemas: tuple[Any, ...] = ()
    excluded: tuple[Any, ...] = ()
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fork:
    """Where one of several ways has to be taken."""

    choices: tuple[Alternative, ...]


class Alternatives:
    """Takes schemas apart into conjunctions, the likeliest first; whoever asks stops when one works out."""

    def __init__(self, references: SchemaReferences) -> None:
        self._references = references
        self._discriminators = Discriminators(references)

    def of(self, schemas: tuple[Any, ...], place: SamplePosition) -> Iterator[Conjunction]:
        """Every conjunction that satisfies all of the schemas. Raises NoSample when there is none."""
        reasons: list[NoSample] = []
        found = False
        for conjunction in self._apart(schemas, Conjunction(), place, reasons):
            found = True
            yield conjunction
        if not found:
            raise reasons[0] if reasons else NoSample("it allows nothing", place.pointer)

    def leads_back(self, schemas: tuple[Any, ...], refs: tuple[str, ...]) -> bool:
        """Whether one of the schemas is, at first sight, one that the way here went through."""
        return any(self._leads_back(schema, refs, 0) for schema in schemas)

    def _leads_back(self, schema: Any, refs: tuple[str, ...], depth: int) -> bool:
        schema = as_mapping(schema)
        if depth > 3:
            return False
        if schema.get("$ref") in refs:
            return True
        branches = as_list(schema.get("anyOf")) or as_list(schema.get("oneOf"))
        if branches and all(is_null_only(branch) or self._leads_back(branch, refs, depth + 1) for branch in branches):
            return True
        parts = [*as_list(schema.get("allOf")), schema.get("items")]
        return any(self._leads_back(part, refs, depth + 1) for part in parts)

    def _apart(
        self, pending: tuple[Any, ...], made: Conjunction, place: SamplePosition, reasons: list[NoSample]
    ) -> Iterator[Conjunction]:
        while pending:
            place.budget.spend()
            schema, pending = pending[0], pending[1:]
            if isinstance(schema, Fork):
                if not schema.choices:
                    reasons.append(NoSample("there is no branch to choose", place.pointer))
                for choice in schema.choices:
                    yield from self._apart((*choice.schemas, *pending), with_alternative(made, choice), place, reasons)
                return
            if schema is True:
                continue
            if not isinstance(schema, Mapping):
                says = "the schema false allows nothing" if schema is False else f"{shown(schema)} is not a schema"
                reasons.append(NoSample(says, place.pointer))
                return
            refs = [schema[keyword] for keyword in ("$ref", "$dynamicRef") if isinstance(schema.get(keyword), str)]
            # What is referred to twice is in the conjunction already.
            fresh = tuple(ref for ref in refs if ref not in made.refs)
            try:
                followed = tuple(self._followed(ref, place) for ref in fresh)
            except NoSample as error:
                reasons.append(error)
                return
            # OpenAPI 3.0 says that what stands beside a reference is ignored; openapi-core does not ignore it.
            made = with_part(replace(made, refs=(*made.refs, *fresh)), schema)
            pending = (*followed, *pending, *as_list(schema.get("allOf")), *self._forks(schema, made, place))
        yield made

    def _followed(self, ref: str, place: SamplePosition) -> Any:
        if place.refs.count(ref) >= MOST_RETURNS:
            raise NoSample(f"{ref} requires itself without end", place.pointer)
        return self._references.target(ref)

    def _forks(self, schema: Mapping[str, Any], made: Conjunction, place: SamplePosition) -> Iterator[Fork]:
        discriminator = as_mapping(schema.get("discriminator"))
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                branches = sorted(as_list(schema[keyword]), key=lambda branch: self._rank(branch, place))
                yield Fork(tuple(Alternative(schemas=self._named(branch, discriminator)) for branch in branches))
        if discriminator and not schema.keys() & {"oneOf", "anyOf"}:
            yield from self._inheritance(schema, discriminator, made)
        if "if" in schema:
            holds = Alternative(schemas=(schema["if"], schema.get("then", True)))
            yield Fork((holds, Alternative(schemas=(schema.get("else", True),), excluded=(schema["if"],))))
        for name, dependent in as_mapping(schema.get("dependentSchemas")).items():
            yield Fork((Alternative(schemas=(dependent,)), Alternative(forbidden=(name,))))

    def _rank(self, branch: Any, place: SamplePosition) -> int:
        """Null only where nothing else ends, and a recursion last of all."""
        return 2 * self._leads_back(branch, place.refs, 0) + is_null_only(self._references.followed(branch))

    def _named(self, branch: Any, discriminator: Mapping[str, Any]) -> tuple[Any, ...]:
        ref = as_mapping(branch).get("$ref")
        naming = self._discriminators.naming(discriminator, ref) if isinstance(ref, str) else None
        return (branch,) if naming is None else (branch, naming)

    def _inheritance(
        self, schema: Mapping[str, Any], discriminator: Mapping[str, Any], made: Conjunction
    ) -> Iterator[Fork]:
        """A discriminator without branches is inherited by the schemas that have its schema in their `allOf`."""
        own = next((ref for ref in reversed(made.refs) if self._references.target(ref) is schema), None)
        if own is None:
            return
        heirs = self._discriminators.descendants(own)
        chosen = next((ref for ref in made.refs if ref in heirs), None)
        candidates = [*heirs, own] if chosen is None else [chosen]
        branches = [self._discriminators.reference(ref) for ref in candidates]
        yield Fork(tuple(Alternative(schemas=self._named(branch, discriminator)) for branch in branches))


def with_alternative(made: Conjunction, choice: Alternative) -> Conjunction:
    """The conjunction, once this way is taken."""
    excluded, forbidden = (*made.excluded, *choice.excluded), (*made.forbidden, *choice.forbidden)
    return replace(made, excluded=excluded, forbidden=forbidden)


def with_part(made: Conjunction, part: Mapping[str, Any]) -> Conjunction:
    """The conjunction, with one more schema whose own keywords must hold."""
    made = replace(made, parts=(*made.parts, part))
    if any(keyword in part for keyword in CHECKED):
        made = replace(made, checks=(*made.checks, part))
    if "not" in part:
        forbidden = tuple(members_asked_for(part["not"]))
        made = replace(made, excluded=(*made.excluded, part["not"]), forbidden=(*made.forbidden, *forbidden))
    return made


def members_asked_for(schema: Any) -> Iterator[str]:
    """The members each of which makes the schema hold, as in `anyOf: [{required: [a]}, {required: [b]}]`."""
    schema = as_mapping(schema)
    if schema.keys() == {"required"} and len(names := as_names(schema["required"])) == 1:
        yield names[0]
    if schema.keys() == {"anyOf"}:
        for branch in as_list(schema["anyOf"]):
            yield from members_asked_for(branch)
