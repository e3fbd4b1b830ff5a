"""JSON pointers (RFC 6901): join steps, split a pointer, find the value that it leads to."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

_INDEX: Final = re.compile("0|[1-9][0-9]{0,8}")


def escape(step: str) -> str:
    """Escape the name of a member for use in a pointer."""
    return step.replace("~", "~0").replace("/", "~1")


def unescape(step: str) -> str:
    """Return the name of the member that an escaped step stands for."""
    return step.replace("~1", "/").replace("~0", "~")


def join(steps: Iterable[str | int]) -> str:
    """Return the pointer with these steps; without steps it is empty and means the whole value."""
    return "".join([f"/{escape(str(step))}" for step in steps])


def split(pointer: str) -> list[str]:
    """Return the unescaped steps of a pointer."""
    return [unescape(step) for step in pointer.split("/")[1:]]


def resolve(value: Any, steps: Iterable[str]) -> Any:
    """Return the value at the end of the steps. Raises KeyError with the first step that does not exist."""
    for step in steps:
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and _INDEX.fullmatch(step) and int(step) < len(value):
            value = value[int(step)]
        else:
            raise KeyError(step)
    return value
