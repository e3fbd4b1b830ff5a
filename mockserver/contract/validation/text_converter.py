"""Converts text to the values that schemas describe: the fields of forms, and the members and items in them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from mockserver.contract.validation.casters import UnreadText
from mockserver.contract.validation.member_schemas import MemberSchemas, Schema, types
from mockserver.parsing.json_reader import parse_json
from mockserver.parsing.text_values import read_boolean, read_integer, read_number

IsValid = Callable[[Schema, Any], bool]


class Target(NamedTuple):
    """What a text is converted to: the schemas of a value, all their parts, and the types that these name."""

    schemas: Sequence[Schema]
    parts: Sequence[Schema]
    kinds: Sequence[str]


class TextConverter:
    """Finds the values that a text can mean, and which of them its schemas accept."""

    def __init__(self, schemas: MemberSchemas, is_valid: IsValid, *, is_31: bool) -> None:
        self.schemas = schemas
        self.is_valid = is_valid
        self._is_31 = is_31

    def target(self, schemas: Sequence[Schema]) -> Target:
        """The target of texts under schemas."""
        parts = self.schemas.parts(schemas)
        return Target(schemas, parts, types(parts))

    def convert(self, raw: Any, schemas: Sequence[Any]) -> Any:
        """The value of a text, or of an object or list of texts, under schemas. Texts that do not fit stay texts."""
        target = self.target(schemas)
        match raw:
            case str():
                return self.ranked(self.meanings(raw, target) or [unread(raw, target)], target)[0]
            case list():
                return self.items(raw, target)
            case _:
                return self.members(raw, target)

    def meanings(
        self, text: str, target: Target, *, items: Collection[str] | None = None, may_be_json: bool = True
    ) -> list[Any]:
        """The values that a text can mean, in the order of the types; none if the text fits none of them.

        `items` are the texts of the items if the text is an array, by default only the text itself.
        """
        found = self._scalars(text, target, may_be_json=may_be_json)
        if "array" in target.kinds:
            item_kinds = self._item_target(target, 0).kinds
            # Items that are objects or arrays may be sent in one JSON array.
            is_complex = "object" in item_kinds or "array" in item_kinds
            whole = json_or_none(text, list) if may_be_json and is_complex else None
            if whole is not None:
                found.append(whole)
            if whole is None or "array" in item_kinds or "string" in item_kinds:
                found.append(self.items([text] if items is None else items, target))
        return found

    def items(self, texts: Collection[Any], target: Target) -> list[Any]:
        """The items of an array. An item that is an array can only be JSON."""
        first = self.schemas.prefix_length(target.parts)
        targets = [self._item_target(target, index) for index in range(min(first, len(texts)))]
        rest = self._item_target(target, first)
        return [self._item(text, each) for text, each in zip_longest(texts, targets, fillvalue=rest)]

    def members(self, texts: Mapping[str, Any], target: Target) -> Any:
        """The members of an object. If the schema wants an array, the names `0`, `1`, … are those of its items."""
        if "array" in target.kinds and all(name == str(index) for index, name in enumerate(texts)):
            return self.items(texts.values(), target)
        return {name: self.convert(text, self.schemas.member(target.parts, name)) for name, text in texts.items()}

    def ranked(self, meanings: Sequence[Any], target: Target) -> list[Any]:
        """The meanings, sorted by how many schemas accept them."""
        if len(meanings) == 1:
            return list(meanings)
        return sorted(meanings, key=lambda value: -sum(self.is_valid(schema, value) for schema in target.schemas))

    def _item(self, raw: Any, target: Target) -> Any:
        if not isinstance(raw, str):
            return self.convert(raw, target.schemas)
        found = self._scalars(raw, target, may_be_json=True)
        if "array" in target.kinds and (value := json_or_none(raw, list)) is not None:
            found.append(value)
        return self.ranked(found or [unread(raw, target)], target)[0]

    def _item_target(self, target: Target, index: int) -> Target:
        return self.target(self.schemas.items(target.parts, index))

    def _scalars(self, text: str, target: Target, *, may_be_json: bool) -> list[Any]:
        """The values that a text can mean, without arrays."""
        found: list[Any] = []
        for name in target.kinds:
            value = self._read(text, name) if may_be_json or name != "object" else None
            is_null = name == "null" and not text and not found
            if is_null or (value is not None and not any(type(value) is type(each) for each in found)):
                found.append(value)
        return found

    def _read(self, text: str, name: str) -> Any:
        match name:
            case "string":
                return text
            case "boolean":
                return read_boolean(text)
            case "integer":
                return read_integer(text, is_31=self._is_31)
            case "number":
                return read_number(text)
            case "object":
                return json_or_none(text, dict)
        return None


def unread(text: str, target: Target) -> str:
    """A text that no type of its schemas can read. Without a type, any text is valid."""
    return UnreadText(text) if target.kinds else text


def json_or_none(text: str, kind: type[dict[str, Any] | list[Any]]) -> Any:
    """The object or array that a JSON text contains; None if it contains neither."""
    if not text.lstrip(" \t\r\n").startswith("[" if kind is list else "{"):
        return None
    try:
        return parse_json(text.encode())
    except ValueError:
        return None
