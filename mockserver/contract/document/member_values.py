"""The values that schemas list for the member of a discriminator, with `const` or `enum`."""

from collections.abc import Iterable
from typing import Any

from mockserver.contract.document.discriminators import Discriminator, Discriminators

MAX_SCHEMAS = 200
MAX_VALUES = 1_000


class MemberValues:
    """Finds the values in a document. It looks at each schema once, however often it is referred to."""

    def __init__(self, discriminators: Discriminators) -> None:
        self._discriminators = discriminators
        # Each entry keeps its schema, so that no other object gets the same id.
        self._found: dict[tuple[int, str], tuple[Any, list[Any] | None]] = {}

    def known(self, found: Discriminator, alternatives: Iterable[Any]) -> list[Any]:
        """The values that the alternatives of a discriminator allow for its member; empty if they may allow others."""
        lists, selecting = [], found.selecting()
        for alternative in alternatives:
            if self._may_be_object(alternative):
                own = selecting.pop(id(alternative), [])
                listed = self.listed(alternative, found.member)
                lists.append(own if listed is None else listed)
        # The remaining values select schemas that are not among the alternatives.
        return _union([*lists, *selecting.values()]) or [] if all(lists) else []

    def listed(self, schema: Any, member: str) -> list[Any] | None:
        """The values that a schema lists for a member; None if it does not list them."""
        schema = self._discriminators.families.followed(schema)
        key = (id(schema), member)
        if key not in self._found:
            # A schema that refers to itself lists nothing.
            self._found[key] = (schema, None)
            self._found[key] = (schema, self._look_up(schema, member))
        return self._found[key][1]

    def _look_up(self, schema: Any, member: str) -> list[Any] | None:
        followed = self._discriminators.families.followed
        pending, seen = [schema], 0
        while pending and seen < MAX_SCHEMAS:
            seen += 1
            schema = followed(pending.pop(0))
            if not isinstance(schema, dict):
                continue
            properties = schema.get("properties")
            match followed(properties.get(member)) if isinstance(properties, dict) else None:
                case {"const": value}:
                    return [value]
                case {"enum": [*values]}:
                    return values
            if isinstance(schema.get("allOf"), list):
                pending += schema["allOf"]
            nested = schema.get("oneOf", schema.get("anyOf"))
            if isinstance(nested, list):
                return self._nested(schema, nested, member)
        return None

    def _nested(self, schema: Any, alternatives: list[Any], member: str) -> list[Any] | None:
        """The values of a schema that has alternatives itself."""
        found = self._discriminators.of(schema)
        if found and found.member == member:
            return self.known(found, alternatives) or None
        lists = [self.listed(each, member) for each in alternatives if self._may_be_object(each)]
        return _union([each for each in lists if each]) if all(lists) else None

    def _may_be_object(self, schema: Any) -> bool:
        schema = self._discriminators.families.followed(schema)
        if not isinstance(schema, dict):
            return schema is not False
        types, values = schema.get("type", "object"), schema.get("enum")
        if isinstance(values, list) and not any(isinstance(value, dict) for value in values):
            return False
        return "object" in types if isinstance(types, list) else types == "object"


def _union(lists: Iterable[list[Any]]) -> list[Any] | None:
    """The values of all lists, each once; None if there are too many."""
    union: list[Any] = []
    # Many alternatives often have the same list.
    for values in {id(each): each for each in lists}.values():
        union += [value for value in values if value is not None and value not in union]
        if len(union) > MAX_VALUES:
            return None
    return union
