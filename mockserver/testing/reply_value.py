"""Reads the JSON of a mock server in another process, which may be of another version or no mock server at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from mockserver.errors import MockserverError, UsageError

_MISSING: Final = object()
_NAMES: Final = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


class ReplyShapeError(MockserverError):
    """A part of a reply is missing or has the wrong type. The text says which part."""


class UnexpectedReplyError(UsageError):
    """A server has sent a reply that spec/admin.yaml does not describe. The text is one line."""


class Unreadable:
    """The content of a reply without JSON that could be read. `problem` says why."""

    def __init__(self, problem: str) -> None:
        self.problem = problem


class ReplyValue:
    """A JSON value in a reply. Unknown members are ignored; the methods raise ReplyShapeError."""

    __slots__ = ("_place", "_value")

    def __init__(self, value: Any, place: str = "") -> None:
        if isinstance(value, Unreadable):
            raise ReplyShapeError(f"the body {value.problem}")
        self._value = value
        self._place = place

    def member(self, name: str) -> ReplyValue:
        """A member of an object."""
        value = self._typed(dict).get(name, _MISSING)
        place = f"{self._place}.{name}" if self._place else name
        if value is _MISSING:
            raise ReplyShapeError(f"{place} is missing")
        return ReplyValue(value, place)

    def optional_member(self, name: str) -> ReplyValue:
        """A member of an object, or null if it is missing."""
        return self.member(name) if name in self._typed(dict) else ReplyValue(None, name)

    def items(self) -> Iterator[ReplyValue]:
        """The items of a list."""
        for index, item in enumerate(self._typed(list)):
            yield ReplyValue(item, f"{self._place}[{index}]")

    def members(self) -> dict[str, ReplyValue]:
        """The members of an object by name."""
        return {name: self.member(name) for name in self._typed(dict)}

    def object(self) -> dict[str, Any]:
        """An object of any content."""
        value: dict[str, Any] = self._typed(dict)
        return value

    def text(self) -> str:
        """A text. Halves of surrogate pairs, which cannot be printed, become question marks."""
        value: str = self._typed(str)
        return value.encode("utf-8", "replace").decode("utf-8")

    def optional_text(self) -> str | None:
        """A text or null."""
        return None if self._value is None else self.text()

    def texts(self) -> dict[str, str]:
        """An object of texts."""
        return {name: value.text() for name, value in self.members().items()}

    def pointer(self) -> str:
        """A JSON pointer (RFC 6901)."""
        pointer = self.text()
        if pointer and not pointer.startswith("/"):
            raise ReplyShapeError(f"{self._place} is not a JSON pointer")
        return pointer

    def number(self) -> float:
        """A number."""
        value: float = self._typed(int, float)
        return value

    def whole_number(self) -> int:
        """A number without a fraction."""
        value: int = self._typed(int)
        return value

    def flag(self) -> bool:
        """True or false."""
        value: bool = self._typed(bool)
        return value

    def json(self) -> str:
        """The value as JSON text in one line."""
        try:
            return json.dumps(self._value, ensure_ascii=False)
        except RecursionError:
            raise ReplyShapeError(f"{self._place or 'the body'} is nested too deeply") from None

    @property
    def is_null(self) -> bool:
        """Whether it is null."""
        return self._value is None

    def _typed(self, *types: type) -> Any:
        # The type itself, because true and false are also integers of Python.
        if type(self._value) not in types:
            wanted, actual = _NAMES[types[0]], _NAMES.get(type(self._value), "something else")
            raise ReplyShapeError(f"{self._place or 'the body'} is {actual}, not {wanted}")
        return self._value
