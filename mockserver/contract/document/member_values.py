"""The values that schemas list for the member of a discriminator, with `const` or `enum`."""

from collections.abc import Iterable
from typing import Any

from mockserver.contract.document.discriminators import Discriminator, Discriminators

MAX_SCHEMAS = 200
MAX_DEPTH = 3


def known_values(
    discriminators: Discriminators, found: Discriminator, alternatives: Iterable[Any], depth: int = 0
) -> list[Any]:
    """The values that the alternatives of a discriminator allow for its member; empty if any value may be allowed."""
    objects = [each for each in alternatives if _may_be_object(discriminators.families.followed(each))]
    known: list[Any] = []
    for alternative in objects:
        listed = listed_values(discriminators, alternative, found.member, depth)
        allowed = selecting_values(found, alternative) if listed is None else listed
        if not allowed:
            return []
        known += allowed
    known += [value for value, choice in found.choices.items() if not any(choice is each for each in objects)]
    return [value for index, value in enumerate(known) if value is not None and value not in known[:index]]


def selecting_values(found: Discriminator, alternative: Any) -> list[str]:
    """The values with which a discriminator selects an alternative."""
    return [value for value, choice in found.choices.items() if choice is alternative]


def listed_values(discriminators: Discriminators, schema: Any, member: str, depth: int = 0) -> list[Any] | None:
    """The values that a schema lists for a member; None if it does not list them, or only deep inside."""
    pending, seen = [schema], 0
    while pending and seen < MAX_SCHEMAS:
        seen += 1
        schema = discriminators.families.followed(pending.pop(0))
        if not isinstance(schema, dict):
            continue
        properties = schema.get("properties")
        described = discriminators.families.followed(properties.get(member)) if isinstance(properties, dict) else None
        match described:
            case {"const": value}:
                return [value]
            case {"enum": [*values]}:
                return values
        if isinstance(schema.get("allOf"), list):
            pending += schema["allOf"]
        nested = schema.get("oneOf", schema.get("anyOf"))
        if isinstance(nested, list) and depth < MAX_DEPTH:
            # An alternative that is a choice itself.
            found = discriminators.of(schema)
            if found and found.member == member:
                return known_values(discriminators, found, nested, depth + 1) or None
            return _union(discriminators, nested, member, depth + 1)
    return None


def _union(discriminators: Discriminators, alternatives: list[Any], member: str, depth: int) -> list[Any] | None:
    objects = [each for each in alternatives if _may_be_object(discriminators.families.followed(each))]
    lists = [listed_values(discriminators, each, member, depth) for each in objects]
    return [value for values in lists for value in values or ()] if all(lists) else None


def _may_be_object(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return schema is not False
    types = schema.get("type", "object")
    is_scalar = isinstance(schema.get("enum"), list) and not any(isinstance(value, dict) for value in schema["enum"])
    return not is_scalar and ("object" in types if isinstance(types, list) else types == "object")
