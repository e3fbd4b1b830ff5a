"""The choices that schemas leave: each `anyOf` and `oneOf` branch, each side of an `if`, each discriminated child."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockserver.contract.samples.conjunction import Conjunction
from mockserver.contract.samples.discriminators import Discriminators
from mockserver.contract.samples.keywords import as_list, as_mapping, is_null_only
from mockserver.contract.samples.nosample import NoSample
from mockserver.contract.samples.place import Place
from mockserver.contract.samples.references import References

__all__ = ["Alternatives"]

# How often one reference may come again below itself: what requires itself more often never ends.
MOST_RETURNS = 3
CHECKED = ("oneOf", "not", "if", "discriminator", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way to go on: schemas that must hold, schemas that must not, members that must not be there."""

    schemas: tuple[Any, ...] = ()
    excluded: tuple[Any, ...] = ()
    forbidden: tuple[str, ...] = ()


class Alternatives:
    """Takes schemas apart into conjunctions, the likeliest first; whoever asks stops when one works out."""

    def __init__(self, references: References, *, openapi_31: bool) -> None:
        self._references = references
        self._discriminators = Discriminators(references)
        self._openapi_31 = openapi_31

    def of(self, schemas: tuple[Any, ...], place: Place) -> Iterator[Conjunction]:
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
        self, pending: tuple[Any, ...], made: Conjunction, place: Place, reasons: list[NoSample]
    ) -> Iterator[Conjunction]:
        while pending:
            place.budget.spend()
            schema, pending = pending[0], pending[1:]
            if schema is True:
                continue
            if not isinstance(schema, Mapping):
                says = "the schema false allows nothing" if schema is False else f"{schema!r} is not a schema"
                reasons.append(NoSample(says, place.pointer))
                return
            refs = [schema[keyword] for keyword in self._reference_keywords() if keyword in schema]
            try:
                followed = tuple(self._follow(ref, made, place) for ref in refs if ref not in made.refs)
            except NoSample as error:
                reasons.append(error)
                return
            made = replace(made, refs=(*made.refs, *(ref for ref in refs if ref not in made.refs)))
            pending = (*followed, *pending)
            # Beside a reference OpenAPI 3.0 ignores whatever stands there.
            if refs and not self._openapi_31:
                continue
            made = with_part(made, schema)
            pending = (*as_list(schema.get("allOf")), *pending)
            for choices in self._choices(schema, made, place):
                for choice in choices:
                    taken = replace(
                        made,
                        excluded=(*made.excluded, *choice.excluded),
                        forbidden=(*made.forbidden, *choice.forbidden),
                    )
                    yield from self._apart((*choice.schemas, *rest_of(schema, choices), *pending), taken, place, reasons)
                return
        yield made
