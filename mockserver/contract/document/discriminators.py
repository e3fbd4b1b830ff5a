"""Which schema the discriminator of an OpenAPI document selects for a value.

A schema with `discriminator` and `oneOf` or `anyOf` selects one of its alternatives. A schema with neither is a base:
it selects one of the schemas that inherit from it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mockserver.contract.document.adjustments import NULL_ONLY
from mockserver.contract.document.families import Families, core, name_of
from mockserver.contract.document.references import resolve

ANYTHING: dict[str, Any] = {}
"""What a base selects for its own name: no further restriction."""

# Floats represent integers with up to 15 digits exactly.
MAX_INTEGER = 10**15
INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Discriminator:
    """The discriminator of one schema.

    `keyword` is `oneOf` or `anyOf`, empty for a base. `choices` maps each value that decides to the schema it selects.
    `inheriting` are the values that select a schema which inherits from the discriminator's own schema.
    `is_inherited` is true for a base, and if any alternative inherits.
    """

    member: str
    keyword: str
    choices: Mapping[str, Any]
    inheriting: frozenset[str]
    is_inherited: bool

    def value(self, instance: Any) -> str | None:
        """The value with which an instance selects a schema; None if it selects none."""
        value = as_text(instance.get(self.member)) if isinstance(instance, dict) else None
        return value if value in self.choices else None

    def selecting(self) -> dict[int, list[Any]]:
        """The values that select each schema, by the identity of the schema."""
        selecting: dict[int, list[Any]] = {}
        for value, choice in self.choices.items():
            selecting.setdefault(id(choice), []).append(value)
        return selecting

    def choice(self, instance: Any) -> Any:
        """The schema that an instance selects; None if it selects none."""
        value = self.value(instance)
        return None if value is None else self.choices[value]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A schema that can be selected: by its name, or by a mapping to its target."""

    name: str
    target: Any
    schema: Any


class Discriminators:
    """The discriminators of one document, whose references are all local."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        # Each entry keeps its schemas, so that no other object gets the same id.
        self._found: dict[int, tuple[Any, Discriminator | None]] = {}
        self._bases: dict[tuple[int, int], tuple[Any, Any, Any]] = {}
        self._originals: dict[int, Any] = {}

    @cached_property
    def families(self) -> Families:
        """The inheritance of the document."""
        return Families(self._document)

    def of(self, schema: Any) -> Discriminator | None:
        """The discriminator of a schema; None if it has none that can select a schema."""
        if not isinstance(schema, dict) or "discriminator" not in schema:
            return None
        if id(schema) not in self._found:
            self._found[id(schema)] = (schema, self._read(schema))
        return self._found[id(schema)][1]

    def narrowed(self, ref: Any, instance: Any) -> Any:
        """The schema that the target of a reference selects, if it inherits from the target; else None.

        Whatever satisfies this schema satisfies the target, so nothing has to be checked twice.
        """
        if not isinstance(instance, dict) or not isinstance(ref, str) or not ref.startswith("#"):
            return None
        found = self.of(self.families.followed({"$ref": ref}))
        value = found.value(instance) if found else None
        return found.choices[value] if found and value in found.inheriting else None

    def base(self, part: Any, owner: Any) -> Any:
        """What a part of `allOf` means if it is the base of the `allOf`'s owner; else None.

        A child includes its base without the discriminator, which would select the child again.
        """
        if not isinstance(part, dict) or "$ref" not in part:
            return None
        key = (id(part), id(owner))
        if key not in self._bases:
            target = self.families.followed(part)
            found = self.of(target)
            is_named = self.families.is_named(self._originals.get(id(owner), owner))
            is_base = found and found.is_inherited and is_named
            self._bases[key] = (part, owner, self._base(part, target, found.keyword) if found and is_base else None)
        return self._bases[key][2]

    def _base(self, part: dict[str, Any], target: dict[str, Any], keyword: str) -> Any:
        base = {name: value for name, value in target.items() if name not in {"discriminator", keyword}}
        self._originals[id(base)] = target
        if resolve(self._document, part) is not target:
            base = {"anyOf": [base, dict(NULL_ONLY)]}
        beside = {name: value for name, value in part.items() if name != "$ref"}
        return {"allOf": [base, beside]} if beside else base

    def _read(self, schema: dict[str, Any]) -> Discriminator | None:
        discriminator = schema["discriminator"]
        member = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
        if not isinstance(member, str):
            return None
        keywords = [keyword for keyword in ("oneOf", "anyOf") if keyword in schema]
        # If both keywords are there, the one whose alternatives can be selected.
        keyword = next((each for each in keywords if any(self._alternatives(schema[each]))), "".join(keywords[:1]))
        candidates = list(self._alternatives(schema[keyword]) if keyword else self._family(schema))
        mapping = discriminator.get("mapping")
        choices = dict(self._mapped(mapping, candidates)) if isinstance(mapping, dict) else {}
        mapped = {id(choice) for choice in choices.values()}
        targets: dict[str, set[int]] = {}
        for candidate in candidates:
            targets.setdefault(candidate.name, set()).add(id(candidate.target))
        for candidate in candidates:
            # A mapping replaces the name. A name that several schemas have does not decide.
            if id(candidate.schema) not in mapped and candidate.name and len(targets[candidate.name]) == 1:
                choices.setdefault(candidate.name, candidate.schema)
        if not keyword:
            choices = {
                value: ANYTHING if self._target(choice) is schema else choice for value, choice in choices.items()
            }
        inherits = {value for value, choice in choices.items() if self._inherits(choice, schema)}
        is_inherited = not keyword or any(self._inherits(candidate.schema, schema) for candidate in candidates)
        return Discriminator(
            member=member,
            keyword=keyword,
            choices=choices,
            inheriting=frozenset(inherits),
            is_inherited=is_inherited,
        )

    def _alternatives(self, alternatives: Any) -> Iterator[_Candidate]:
        for alternative in alternatives if isinstance(alternatives, list) else ():
            match core(alternative):
                case {"$ref": str(ref)} | {"allOf": [{"$ref": str(ref)}]}:
                    yield _Candidate(name_of(ref), self.families.followed({"$ref": ref}), alternative)

    def _family(self, schema: Any) -> Iterator[_Candidate]:
        for ref in (*self.families.names(schema), *self.families.descendants(schema)):
            target = {"$ref": ref}
            yield _Candidate(name_of(ref), self.families.followed(target), target)

    def _mapped(self, mapping: Mapping[Any, Any], candidates: list[_Candidate]) -> Iterator[tuple[str, Any]]:
        by_target = {id(each.target): each.schema for each in reversed(candidates)}
        by_name = {each.name: each.schema for each in reversed(candidates)}
        for value, ref in mapping.items():
            if not isinstance(value, str) or not isinstance(ref, str):
                continue
            target = self.families.followed({"$ref": ref}) if ref.startswith("#") else None
            same = by_name.get(name_of(ref)) if target is None else by_target.get(id(target))
            if same is not None:
                yield value, same
            elif isinstance(target, dict):
                yield value, {"$ref": ref}

    def _target(self, choice: Any) -> Any:
        match core(choice):
            case {"$ref": str(ref)} | {"allOf": [{"$ref": str(ref)}]}:
                return self.families.followed({"$ref": ref})

    def _inherits(self, choice: Any, schema: Any) -> bool:
        return self.families.inherits(self._target(choice), schema)


def as_text(value: Any) -> str | None:
    """The value of a discriminator's member as a key of the mapping; None if no key can stand for it."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float() if abs(value) < MAX_INTEGER and value == int(value):
            return str(int(value))
    return None


def json_values(text: str) -> list[Any]:
    """The JSON values that a text in a mapping stands for: the text itself, and a boolean or an integer."""
    if text in {"true", "false"}:
        return [text, text == "true"]
    return [text, int(text)] if INTEGER.fullmatch(text) else [text]
