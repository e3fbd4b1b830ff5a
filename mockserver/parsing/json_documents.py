"""JSON, read as strictly as YAML is: no repeated names, no NaN, nothing that cannot be written again."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

from mockserver.parsing.text_errors import TextError, position_of

__all__ = ["NotJsonError", "read_json"]

_TOKEN: Final = re.compile(r'(?P<name>"(?:[^"\\]|\\.)*"(?=\s*:))|"(?:[^"\\]|\\.)*"|[][{}]|[^\s"\][{},:]+')
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


class NotJsonError(TextError):
    """The text is not JSON; it may be YAML."""


class _SuspectError(Exception):
    """The text is JSON to the json module, and not to us; a second reading finds the place."""


def read_json(text: str, *, name: str, max_depth: int) -> Any:
    """The data of a JSON text; NotJsonError if it is not JSON, TextError if it is not strict."""
    try:
        data = json.loads(
            text, object_pairs_hook=_members, parse_constant=_constant, parse_float=_float, parse_int=_int
        )
        strict = _depth(data) <= max_depth and (not _SURROGATE.search(text) or _writable(data))
    except json.JSONDecodeError as error:
        raise NotJsonError(name=name, line=error.lineno, column=error.colno, problem=f"not JSON: {error.msg}") from None
    except (_SuspectError, RecursionError):
        strict = False
    if not strict:
        offset, problem = _complaint(text, max_depth)
        line, column = position_of(text, offset)
        raise TextError(name=name, line=line, column=column, problem=problem)
    return data


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _SuspectError
    return members


def _constant(text: str) -> Any:
    raise _SuspectError(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _SuspectError(text)
    return value


def _int(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # more digits than Python converts
        raise _SuspectError(text) from None


def _depth(data: Any) -> int:
    depth = 0
    level = [data] if isinstance(data, (dict, list)) else []
    while level:
        depth += 1
        level = [
            member
            for value in level
            for member in (value.values() if isinstance(value, dict) else value)
            if isinstance(member, (dict, list))
        ]
    return depth


def _writable(data: Any) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _complaint(text: str, max_depth: int) -> tuple[int, str]:
    """Where and why a text that the json module reads is refused."""
    objects: list[dict[str, int]] = []
    for token in _TOKEN.finditer(text):
        word = token[0]
        problem = None
        if word in "{[":
            objects.append({})
            if len(objects) > max_depth:
                problem = f"nested deeper than {max_depth} levels"
        elif word in "}]":
            objects.pop()
        elif word[0] == '"':
            value = json.loads(word)
            if not _writable(value):
                problem = "a lone surrogate, which is no character"
            elif token["name"]:
                first = objects[-1].setdefault(value, token.start())
                if first != token.start():
                    problem = f"the key {word} is repeated; it stands in line {position_of(text, first)[0]} already"
        else:
            problem = _scalar_complaint(word)
        if problem is not None:
            return token.start(), problem
    return 0, "not strict JSON"  # pragma: no cover  # only if this reading and the json module disagree


def _scalar_complaint(word: str) -> str | None:
    if word.lstrip("-") in ("NaN", "Infinity"):
        return f"{word} is not JSON"
    if word not in ("true", "false", "null"):
        try:
            (_int if word.lstrip("-").isdigit() else _float)(word)
        except _SuspectError:
            return "the number is too large"
    return None
