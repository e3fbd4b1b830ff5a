"""Strict JSON: what RFC 8259 leaves open is refused, with the place; and JSON as the mock writes it."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

__all__ = ["MAX_DEPTH", "JsonError", "parse", "write", "write_exactly"]

MAX_DEPTH = 64

# Possessive, and without demanding the closing quote: a hostile text is read once, not once a quote.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
# What orjson reads as Python's reader does; an integer beyond 64 bits it takes for a float.
_PLAIN = frozenset({str, int, bool, type(None)})
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


class JsonError(ValueError):
    """The text is not strict JSON; says what is wrong, and where."""


def parse(text: bytes) -> Any:
    """The value of a JSON text.

    Raises JsonError on: invalid UTF-8, a byte order mark, repeated keys, NaN and Infinity, numbers beyond a double,
    lone surrogates, nesting beyond 64 levels, and everything that is not JSON at all.
    """
    if text.count(b"{") == 1:
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            return _parse_strictly(text)
        if _is_plain_object(value, text):
            return value
    return _parse_strictly(text)


def write(value: Any) -> bytes:
    """A JSON value as text: compact, UTF-8; what UTF-8 cannot say becomes a question mark."""
    text = write_exactly(value)
    return _ENCODER.encode(value).encode("utf-8", "replace") if text is None else text


def write_exactly(value: Any) -> bytes | None:
    """The text of a JSON value of objects, texts, booleans and null; none when it would not be read as the same."""
    try:
        # Copied: orjson's own bytes hold on to the 4 KiB they were written into, and the journal to thousands of them.
        return bytes(memoryview(orjson.dumps(value)))
    except TypeError:
        # Lone surrogates; and integers beyond 64 bits.
        return None


def _is_plain_object(value: Any, text: bytes) -> bool:
    """Whether the value that orjson read is certain: a flat object of plain values, in which no key stands twice.

    Each member has a colon. So there are no more members in the text than colons, and no fewer than in the value.
    """
    return type(value) is dict and len(value) == text.count(b":") and _PLAIN.issuperset(map(type, value.values()))


def _parse_strictly(text: bytes) -> Any:
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        raise JsonError(f"invalid UTF-8 at byte {error.start}") from None
    if decoded.startswith("\ufeff"):
        raise JsonError("a byte order mark at the beginning; RFC 8259 forbids it")
    # Most bodies have fewer brackets than levels allowed: nothing to count then.
    if decoded.count("[") + decoded.count("{") > MAX_DEPTH:
        _check_depth(decoded)
    try:
        value = _DECODER.decode(decoded)
    except json.JSONDecodeError as error:
        raise JsonError(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    if _SURROGATE_ESCAPE.search(decoded):
        _check_surrogates(decoded)
    return value


def _check_depth(text: str) -> None:
    depth = 0
    for match in _BRACKETS.finditer(text):
        bracket = match[0]
        if bracket in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise JsonError(f"nested deeper than {MAX_DEPTH} levels at character {match.start() + 1}")
        elif bracket in "]}":
            depth -= 1


def _check_surrogates(text: str) -> None:
    # Decoding joins pairs; what is left alone cannot be encoded.
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"', text, re.DOTALL):
        try:
            json.loads(match[0]).encode()
        except UnicodeEncodeError:
            raise JsonError(f"a lone surrogate in the string at character {match.start() + 1}") from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise JsonError(f"the key {json.dumps(key)[:80]} stands twice in one object")
            seen.add(key)
    return value


def _no_constant(name: str) -> Any:
    raise JsonError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise JsonError(f"the number {text[:40]} is beyond a double")
    return value


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        # Python refuses to convert more than 4,300 digits.
        raise JsonError(f"the number {text[:40]}… has {len(text)} digits") from None


_DECODER = json.JSONDecoder(
    object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite, parse_int=_integer
)

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
