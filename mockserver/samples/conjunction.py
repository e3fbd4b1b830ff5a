"""Schemas that a value has to satisfy all at once, with every choice between them made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.samples.keywords import as_list, as_mapping, as_size, shown
from mockserver.samples.sample_errors import NoSample

__all__ = ["Conjunction"]

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")

# What a schema without a type is about.
ABOUT = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties", "propertyNames"),
    "array": ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"),
    "string": ("pattern", "minLength", "maxLength", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conjunction:
    """What is left of schemas once references are followed and branches chosen.

    `parts` are the schemas whose own keywords must hold, `refs` the references followed.
    `checks` are those that making alone cannot be sure of: the value has to be held against them.
    `excluded` are schemas that must not hold, `forbidden` the members that must not be there.
    """

    parts: tuple[Mapping[str, Any], ...] = ()
    refs: tuple[str, ...] = ()
    checks: tuple[Mapping[str, Any], ...] = ()
    excluded: tuple[Any, ...] = ()
    forbidden: tuple[str, ...] = ()

    def each(self, keyword: str) -> Iterator[Any]:
        """The keyword's value in each part that has it."""
        return (part[keyword] for part in self.parts if keyword in part)

    def least(self, keyword: str, otherwise: int) -> int:
        """The largest lower bound of a size, such as `minLength`."""
        sizes = [size for size in map(as_size, self.each(keyword)) if size is not None]
        return max(sizes, default=otherwise)

    def most(self, keyword: str) -> int | None:
        """The smallest upper bound of a size, such as `maxLength`; None where there is none."""
        sizes = [size for size in map(as_size, self.each(keyword)) if size is not None]
        return min(sizes, default=None)

    def doubtful(self) -> tuple[Mapping[str, Any], ...]:
        """The schemas that a value has to be held against once it is made."""
        # What a format asks is for the validator to say; a text made for a pattern may be of another.
        return self.parts if any("format" in part for part in self.parts) else self.checks

    def enumerated(self) -> list[Any] | None:
        """The values that `enum` and `const` leave, as one part lists them; None where none lists any."""
        lists = [as_list(values) for values in self.each("enum")] + [[value] for value in self.each("const")]
        return min(lists, key=len) if lists else None

    def lists_in_words(self) -> str:
        """The lists that a value has to be in."""
        lists = [as_list(values) for values in self.each("enum")] + [[value] for value in self.each("const")]
        return " and ".join(dict.fromkeys(f"in {shown(values)}" for values in lists))

    def types(self, *, openapi_31: bool) -> list[str]:
        """The types that a value may have, null last. Raises NoSample when there is none."""
        allowed: list[str] | None = None
        for part in self.parts:
            if "type" not in part:
                continue
            given = part["type"]
            names = [name for name in (given if isinstance(given, list) else [given]) if name in TYPES]
            if not names:
                raise NoSample(f"the type {shown(given)} is none that JSON Schema knows")
            if not openapi_31 and part.get("nullable") is True:
                names.append("null")
            allowed = names if allowed is None else both(allowed, names)
        if allowed is None:
            allowed = self.types_spoken_of()
        for schema in self.excluded:
            if as_mapping(schema).keys() == {"type"}:
                unwanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
                allowed = [name for name in allowed if name not in unwanted]
        if not allowed:
            raise NoSample("the types it allows exclude each other")
        return sorted(allowed, key="null".__eq__)

    def types_spoken_of(self) -> list[str]:
        """The types that keywords speak of, before those that nothing is said about."""
        keywords = {keyword for part in self.parts for keyword in part}
        spoken_of = [name for name, about in ABOUT.items() if not keywords.isdisjoint(about)]
        return [*spoken_of, *(name for name in ("string", "object", "integer", "boolean") if name not in spoken_of)]


def both(first: list[str], second: list[str]) -> list[str]:
    """The types that are in both lists, where an integer is a number."""
    kept = [name for name in first if name in second or (name == "integer" and "number" in second)]
    if "number" in first and "integer" in second and "integer" not in kept:
        kept.append("integer")
    return kept
