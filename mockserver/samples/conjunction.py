"""Schemas that a value has to satisfy all at once, after every choice between them is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockserver.contract.document.subschemas import as_list, as_mapping
from mockserver.samples.keywords import as_size, shown
from mockserver.samples.sample_context import NoSample

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")

# Maps a type to the keywords that restrict only its values.
TYPE_KEYWORDS = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties", "propertyNames"),
    "array": ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"),
    "string": ("pattern", "minLength", "maxLength", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conjunction:
    """Schemas without open choices: their references are followed and their branches are chosen.

    `parts` are the schemas whose own keywords must hold, `refs` the references that were followed.
    `checks` are the schemas that a made value may break, so it is validated against them.
    `excluded` are schemas that must not hold, `forbidden` are members that must not be present.
    """

    parts: tuple[Mapping[str, Any], ...] = ()
    refs: tuple[str, ...] = ()
    checks: tuple[Mapping[str, Any], ...] = ()
    excluded: tuple[Any, ...] = ()
    forbidden: tuple[str, ...] = ()

    def plus(self, **more: tuple[Any, ...]) -> Conjunction:
        """The conjunction with these values added to its members."""
        return replace(self, **{name: (*getattr(self, name), *values) for name, values in more.items()})

    def each(self, keyword: str) -> Iterator[Any]:
        """The values of a keyword in all parts that have it."""
        return (part[keyword] for part in self.parts if keyword in part)

    def at_least(self, keyword: str) -> int:
        """The largest of the lower bounds that a keyword such as `minLength` sets; 0 without a bound."""
        return max((size for size in map(as_size, self.each(keyword)) if size is not None), default=0)

    def at_most(self, keyword: str) -> int | None:
        """The smallest of the upper bounds that a keyword such as `maxLength` sets; None without a bound."""
        return min((size for size in map(as_size, self.each(keyword)) if size is not None), default=None)

    def schemas_to_check(self) -> tuple[Mapping[str, Any], ...]:
        """The schemas that a made value is validated against."""
        # Only the validator knows a format: a string made for a pattern may not have it.
        return self.parts if any("format" in part for part in self.parts) else self.checks

    def lists(self) -> list[list[Any]]:
        """The lists that the value has to be in: each `enum`, and each `const` as a list of one."""
        return [as_list(values) for values in self.each("enum")] + [[value] for value in self.each("const")]

    def types(self, *, openapi_31: bool) -> list[str]:
        """The types that a value may have, null last. Raises NoSample when there is none."""
        allowed: list[str] | None = None
        for part in (part for part in self.parts if "type" in part):
            names = [name for name in type_names(part["type"]) if name in TYPES]
            if not names:
                raise NoSample(f"JSON Schema has no type {shown(part['type'])}")
            if not openapi_31 and part.get("nullable") is True:
                names.append("null")
            allowed = names if allowed is None else common_types(allowed, names)
        if allowed is None:
            allowed = self._implied_types()
        for schema in map(as_mapping, self.excluded):
            if schema.keys() == {"type"}:
                allowed = [name for name in allowed if name not in type_names(schema["type"])]
        if not allowed:
            raise NoSample("its types exclude each other")
        return sorted(allowed, key="null".__eq__)

    def _implied_types(self) -> list[str]:
        """The types that the keywords are about, then types that no keyword restricts."""
        keywords = {keyword for part in self.parts for keyword in part}
        implied = [name for name, about in TYPE_KEYWORDS.items() if not keywords.isdisjoint(about)]
        return list(dict.fromkeys([*implied, "string", "object", "integer", "boolean"]))


def type_names(value: Any) -> list[Any]:
    """The value of `type` as a list."""
    return value if isinstance(value, list) else [value]


def common_types(first: list[str], second: list[str]) -> list[str]:
    """The types that are in both lists. An integer is also a number."""
    common = [name for name in first if name in second or (name == "integer" and "number" in second)]
    if "number" in first and "integer" in second and "integer" not in common:
        common.append("integer")
    return common
