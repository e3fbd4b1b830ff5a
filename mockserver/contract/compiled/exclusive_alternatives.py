"""Finds alternatives of which a value can satisfy only one, because they list different values for the same member.

jsonschema-rs compares listed values first, so it does not look at the other members for the other alternatives.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from mockserver.contract.compiled.keyword_values import Schema


def exclusive_groups(alternatives: list[Any], definitions: Mapping[str, Any]) -> list[list[Any]]:
    """The alternatives in groups. A value can satisfy only one of a group."""
    match alternatives:
        # This is the translation of a discriminator.
        case [{"not": excluded, "allOf": [_], **more}, {"anyOf": [*others], **rest} as choice] if not more | rest:
            listed = [each for other in others for each in _listed(other, definitions).items()]
            if sorted(_flat(listed)) == sorted(_flat(_listed(excluded, definitions).items())):
                return [[alternatives[0], choice]]
    found = [_listed(each, definitions) for each in alternatives]
    members = Counter(member for each in found for member in each)
    if not members:
        return [[each] for each in alternatives]
    member = members.most_common(1)[0][0]
    together: list[Any] = []
    alone: list[list[Any]] = []
    taken: set[str] = set()
    for alternative, listed_values in zip(alternatives, found, strict=True):
        values = listed_values.get(member)
        if values and taken.isdisjoint(values):
            taken |= values
            together.append(alternative)
        else:
            alone.append([alternative])
    return [together, *alone]


def _flat(listed: Any) -> list[tuple[str, str]]:
    return [(member, value) for member, values in listed for value in values]


def _listed(schema: Any, definitions: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The members that a schema for objects requires and lists the values of."""
    schema = _followed(schema, definitions)
    match schema:
        case {"type": "object", "required": [*names], "properties": dict(properties)}:
            lists = {name: _values(properties.get(name)) for name in names}
            return {name: frozenset(map(repr, values)) for name, values in lists.items() if values}
    return {}


def _values(schema: Any) -> list[Any]:
    if not isinstance(schema, dict):
        return []
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    # JSON has one number 1, which Python also writes as 1.0.
    return values if all(isinstance(value, str | bool | int) for value in values) else []


def _followed(schema: Any, definitions: Mapping[str, Any]) -> Schema:
    """The schema at the end of a chain of references and of `allOf` with one part, which has no cycles."""
    while isinstance(schema, dict):
        match schema:
            case {"$ref": str(ref), **others} if not others:
                schema = definitions[ref.rpartition("/")[2]]
            case {"allOf": [part], **others} if not others:
                schema = part
            case _:
                return schema
    return {}
