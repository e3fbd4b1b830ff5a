"""Converts text to the values that schemas describe: the fields of forms, and the members and items in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mockserver.contract.validation.casters import UnreadText
from mockserver.contract.validation.member_schemas import MemberSchemas, Schema, types
from mockserver.parsing.json_reader import parse_json
from mockserver.parsing.text_values import read_boolean, read_integer, read_number

IsValid = Callable[[Schema, Any], bool]


class TextConverter:
    """Finds the values that a text can mean, and which of them its schemas accept."""

    def __init__(self, schemas: MemberSchemas, is_valid: IsValid, *, is_31: bool) -> None:
        self.schemas = schemas
        self.is_valid = is_valid
        self._is_31 = is_31

    def convert(self, raw: Any, schemas: Sequence[Any], *, is_item: bool = False) -> Any:
        """The value of a text, or of an object or list of texts, under schemas. Texts that do not fit stay texts."""
        parts = self.schemas.parts(schemas)
        match raw:
            case str():
                found = self.meanings(raw, parts, is_item=is_item)
                if not is_item and "array" in types(parts):
                    found.append(self.items([raw], parts))
                return self.ranked(found or [unread(raw, parts)], schemas)[0]
            case list():
                return self.items(raw, parts)
            case _:
                return self.members(raw, parts)

    def meanings(self, text: str, parts: Sequence[Schema], *, is_item: bool = False) -> list[Any]:
        """The values that a text can mean under the parts of its schema, in the order of their types.

        The list is empty if the text fits none of the types.
        An array in an array can only be JSON. Outside of arrays, JSON is read if the items are objects or arrays.
        """
        found: dict[tuple[type, str], Any] = {}
        for name in types(parts):
            if name == "array" and not is_item and not self._has_complex_items(parts):
                continue
            value = self._read(text, name)
            if value is not None or (name == "null" and not text and not found):
                found.setdefault((type(value), repr(value)), value)
        return list(found.values())

    def items(self, texts: Iterable[Any], parts: Sequence[Schema]) -> list[Any]:
        """The items of an array."""
        return [self.convert(text, self.schemas.items(parts, index), is_item=True) for index, text in enumerate(texts)]

    def members(self, texts: Mapping[str, Any], parts: Sequence[Schema]) -> Any:
        """The members of an object. If the schema wants an array, the names `0`, `1`, … are those of its items."""
        if "array" in types(parts) and all(name == str(index) for index, name in enumerate(texts)):
            return self.items(texts.values(), parts)
        return {name: self.convert(text, self.schemas.member(parts, name)) for name, text in texts.items()}

    def ranked(self, meanings: Sequence[Any], schemas: Sequence[Schema]) -> list[Any]:
        """The meanings that most of the schemas accept first; otherwise their order stays."""
        if len(meanings) == 1:
            return list(meanings)
        return sorted(meanings, key=lambda value: -sum(self.is_valid(schema, value) for schema in schemas))

    def _has_complex_items(self, parts: Sequence[Schema]) -> bool:
        item_types = types(self.schemas.parts(self.schemas.items(parts, 0)))
        return "object" in item_types or "array" in item_types

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
            case "array" | "object" if text.lstrip(" \t\r\n").startswith("[" if name == "array" else "{"):
                return json_or_none(text)
        return None


def unread(text: str, parts: Sequence[Schema]) -> str:
    """A text that has no meaning under the parts of its schema. It is fine as it is if they name no type."""
    return UnreadText(text) if types(parts) else text


def json_or_none(text: str) -> Any:
    """The value of a JSON text; None if it is not JSON."""
    try:
        return parse_json(text.encode())
    except ValueError:
        return None
