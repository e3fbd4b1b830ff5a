"""JSON as the mock writes it: compact and in UTF-8."""

import json
from typing import Any, Final

import orjson

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def write_json(value: Any) -> bytes:
    """Write a JSON value; a lone surrogate, which UTF-8 cannot express, becomes a question mark."""
    text = write_json_exactly(value)
    return _ENCODER.encode(value).encode("utf-8", "replace") if text is None else text


def write_json_exactly(value: Any) -> bytes | None:
    """Write a JSON value, or return None if reading the text would not be certain to return the same value."""
    try:
        # orjson's own bytes keep a buffer of 4 KiB alive, and the journal keeps thousands of them: a copy does not.
        return bytes(memoryview(orjson.dumps(value)))
    except TypeError:
        # Lone surrogates, and integers beyond 64 bits.
        return None
