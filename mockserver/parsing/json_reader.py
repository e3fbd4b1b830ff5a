"""Strict JSON, for bodies and documents: what RFC 8259 forbids or leaves open is refused, with line and column."""

import json
import math
import re
from itertools import islice
from typing import Any, Final

import orjson

from mockserver.parsing.positions import position_of

MAX_DEPTH: Final = 64
"""How deep the body of a message may be nested."""
MAX_CONTAINERS: Final = 100_000
"""How many arrays and objects the body of a message may have. A longer body may have one per ten bytes.

Reading and checking a body of a megabyte that consists of brackets takes more than 50 ms in which no other thread runs.
"""

# Python converts no more digits to an integer (sys.int_info.default_max_str_digits).
_MAX_DIGITS: Final = 4300
# The types that orjson reads as Python does. It reads an integer beyond 64 bits as a float.
_PLAIN_TYPES: Final = frozenset({str, int, bool, type(None)})
_ESCAPE: Final = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<lone_surrogate>u[dD][89a-fA-F])|.)")
_STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|(?P<bracket>[\[{])')
_TOKEN: Final = re.compile(r'(?P<word>"(?:[^"\\]|\\.)*+"|[][{}]|[^\s"\][{},:]+)\s*+(?P<colon>:?)')


class JsonError(ValueError):
    """The text is not strict JSON: what is wrong, and where."""

    def __init__(self, problem: str, text: str, offset: int) -> None:
        self.problem = problem
        self.position = position_of(text, offset)
        super().__init__(f"{problem} at line {self.position.line}, column {self.position.column}")


class JsonSyntaxError(JsonError):
    """The text is not JSON at all; a document may still be YAML."""


def parse_json(body: bytes) -> Any:
    """Return the value of the body of a message.

    Raises JsonError for invalid UTF-8, for a byte order mark, and for what `parse_json_text` refuses.
    """
    # orjson reads a flat object, the usual body, in half the time, but accepts repeated keys.
    if body.count(b"{") == 1 and b"[" not in body:
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            value = None
        # Each member has a colon: if there are as many members as colons, no key is repeated.
        if (
            type(value) is dict
            and len(value) == body.count(b":")
            and _PLAIN_TYPES.issuperset(map(type, value.values()))
        ):
            return value
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        before = body[: error.start].decode()
        raise JsonError("invalid UTF-8", before, len(before)) from None
    if text.startswith("\ufeff"):
        raise JsonError("a byte order mark, which RFC 8259 forbids,", text, 0)
    _limit_containers(text, max(MAX_CONTAINERS, len(body) // 10))
    return parse_json_text(text, max_depth=MAX_DEPTH)


def parse_json_text(text: str, *, max_depth: int) -> Any:
    """Return the value of a JSON text.

    Raises JsonSyntaxError if it is not JSON. Raises JsonError for repeated keys, NaN and Infinity, numbers beyond a
    double, integers of more than 4,300 digits, lone surrogates, and nesting deeper than `max_depth` levels.
    """
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise JsonSyntaxError(f"not JSON: {error.msg}", text, error.pos) from None
    except (ValueError, RecursionError):
        raise _first_mistake(text, max_depth) from None
    # Most texts have too few brackets to be nested too deep.
    may_be_deep = text.count("[") + text.count("{") > max_depth
    if (may_be_deep and _is_deeper(value, max_depth)) or _has_lone_surrogate(text):
        raise _first_mistake(text, max_depth)
    return value


def _limit_containers(text: str, limit: int) -> None:
    """Raise JsonError if there are more arrays and objects than this."""
    if text.count("[") + text.count("{") <= limit:
        return
    # Those in strings do not count.
    brackets = (each.start() for each in _STRING_OR_BRACKET.finditer(text) if each["bracket"])
    first_too_many = next(islice(brackets, limit, None), None)
    if first_too_many is not None:
        raise JsonError(f"more than {limit:,} arrays and objects", text, first_too_many)


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _finite_float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(text)
    return value


# int refuses the texts NaN and Infinity, and more than 4,300 digits.
_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique_members, parse_constant=int, parse_float=_finite_float)


def _is_deeper(value: Any, max_depth: int) -> bool:
    level: list[Any] = [[value]]
    for _ in range(max_depth + 1):
        level = [
            member
            for parent in level
            for member in (parent.values() if type(parent) is dict else parent)
            if type(member) is dict or type(member) is list
        ]
    return bool(level)


def _has_lone_surrogate(text: str) -> bool:
    return "\\u" in text and any(escape["lone_surrogate"] for escape in _ESCAPE.finditer(text))


def _first_mistake(text: str, max_depth: int) -> JsonError:
    """Find the first mistake in a text that is JSON, at least up to this mistake."""
    parents: list[dict[str, int]] = []
    for token in _TOKEN.finditer(text):
        word, start = token["word"], token.start()
        problem = None
        if word in "{[":
            parents.append({})
            if len(parents) > max_depth:
                problem = f"nested deeper than {max_depth} levels"
        elif word in "}]":
            parents.pop()
        elif word[0] != '"':
            problem = _literal_problem(word)
        elif _has_lone_surrogate(word):
            problem = "a lone surrogate"
        elif token["colon"] and (first := parents[-1].setdefault(json.loads(word), start)) != start:
            key = json.dumps(json.loads(word))[:80]
            problem = f"the key {key} is repeated (first in line {position_of(text, first).line})"
        if problem is not None:
            return JsonError(problem, text, start)
    return JsonError("not strict JSON", text, 0)  # pragma: no cover  # only if the two readings disagree


def _literal_problem(word: str) -> str | None:
    digits = word.lstrip("-")
    if digits in {"NaN", "Infinity"}:
        return f"{word} is not JSON"
    if digits.isdecimal():
        return f"an integer of {len(digits)} digits (at most {_MAX_DIGITS})" if len(digits) > _MAX_DIGITS else None
    if word not in {"true", "false", "null"} and math.isinf(float(word)):
        return f"the number {word[:40]} is beyond a double"
    return None
