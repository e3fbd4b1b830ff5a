"""Strict JSON: what is read, what is refused, and where."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.parsing.media_types import essence, is_json
from mockserver.parsing.strict_json import MAX_DEPTH, JsonError, _parse_strictly, parse, write

READ: dict[str, tuple[bytes, Any]] = {
    "an object": (b'{"a": [1, 2.5, true, null, "x"]}', {"a": [1, 2.5, True, None, "x"]}),
    "white space around": (b" \t\r\n1\n ", 1),
    "a text alone": (b'"x"', "x"),
    "nothing but a minus and a zero": (b"-0", 0),
    "an exponent": (b"1E+2", 100.0),
    "the largest double": (b"1.7976931348623157e308", 1.7976931348623157e308),
    "a number too small for a double": (b"1e-999", 0.0),
    "4,300 digits": (b"9" * 4300, int("9" * 4300)),
    "an empty key": (b'{"": 1}', {"": 1}),
    "the same key in two objects": (b'[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
    "escapes": (rb'"\"\\\/\b\f\n\r\t\u00e9"', '"\\/\b\f\n\r\té'),
    "a surrogate pair": (rb'"\ud83d\ude00"', "😀"),
    "a backslash before a u": (rb'"\\ud800"', "\\ud800"),
    "a byte order mark inside a text": ('"\ufeff"'.encode(), "\ufeff"),
    "NUL, escaped": (rb'"\u0000"', "\0"),
    "as many levels as there may be": (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
    "brackets in texts": (
        json.dumps(["[{" * 100, '\\"' * 3, "]}" * 100]).encode(),
        ["[{" * 100, '\\"' * 3, "]}" * 100],
    ),
}


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
def test_read(text: bytes, expected: Any) -> None:
    """JSON is read as it is."""
    assert (json.loads(text) if expected is None else expected) == parse(text)


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "Expecting value at line 1, column 1"),
    "only white space": (b" \n ", "Expecting value at line 2, column 2"),
    "two values": (b"1 2", "Extra data at line 1, column 3"),
    "a comma at the end": (b"[1,]", "line 1, column 4"),
    "single quotes": (b"{'a': 1}", "line 1, column 2"),
    "a comment": (b"1 // one", "Extra data"),
    "an open text": (b'"abc', "Unterminated string"),
    "an open object": (b'{"a": 1', "line 1, column 8"),
    "a line end in a text": (b'"a\nb"', "Invalid control character"),
    "a leading zero": (b"012", "Extra data"),
    "a plus": (b"+1", "Expecting value"),
    "no digit after the point": (b"1.", "Extra data"),
    "hexadecimal": (b"0x10", "Extra data"),
    "NaN": (b"[NaN]", "NaN is not JSON"),
    "Infinity": (b"Infinity", "Infinity is not JSON"),
    "minus Infinity": (b"-Infinity", "-Infinity is not JSON"),
    "beyond a double": (b"[1e309]", "the number 1e309 is beyond a double"),
    "beyond a double, below": (b"-1e400", "beyond a double"),
    "too many digits": (b"9" * 4301, "4301 digits"),
    "a repeated key": (b'{"a": 1, "b": 2, "a": 3}', 'the key "a" stands twice in one object'),
    "a repeated key, inside": (b'[{"b": {"a": 1, "a": 1}}]', 'the key "a" stands twice'),
    "a repeated key, once escaped": (rb'{"a": 1, "\u0061": 2}', 'the key "a" stands twice'),
    "invalid UTF-8": (b'"\xc3\x28"', "invalid UTF-8 at byte 1"),
    "an overlong encoding": (b'"\xc0\xaf"', "invalid UTF-8 at byte 1"),
    "a surrogate in UTF-8": (b'"\xed\xa0\x80"', "invalid UTF-8"),
    "UTF-16": ('"a"'.encode("utf-16"), "invalid UTF-8 at byte 0"),
    "a byte order mark": (b"\xef\xbb\xbf1", "byte order mark"),
    "half a surrogate pair": (rb'["x", "\ud83d"]', "a lone surrogate in the string at character 7"),
    "the other half": (rb'{"\uDE00": 1}', "a lone surrogate in the string at character 2"),
    "halves the wrong way round": (rb'"\ude00\ud83d"', "a lone surrogate"),
    "an escape that is none": (rb'"\x41"', "Invalid \\escape"),
    "one level more": (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "nested deeper than 64 levels at character 65"),
    "levels of objects": (b'{"a":' * 65 + b"1" + b"}" * 65, "nested deeper than 64 levels"),
    "levels that never close": (b"[" * 100_000, "nested deeper than 64 levels at character 65"),
}


@pytest.mark.parametrize(("text", "problem"), REFUSED.values(), ids=REFUSED)
def test_refused(text: bytes, problem: str) -> None:
    """What RFC 8259 leaves open or forbids is refused, with the place."""
    with pytest.raises(JsonError) as refused:
        parse(text)
    assert problem in str(refused.value)
    assert len(str(refused.value)) < 200


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON_VALUES, st.booleans())
def test_what_is_written_is_read_again(value: Any, ascii_only: bool) -> None:  # noqa: FBT001  # hypothesis gives it
    """Every value comes back as it was, however its text is escaped."""
    assert value == parse(json.dumps(value, ensure_ascii=ascii_only).encode())


FLAT = st.dictionaries(st.sampled_from(["a", "b", '"', ":", "é"]), JSON_VALUES, max_size=3).map(
    lambda value: json.dumps(value).encode()
)


@given(FLAT | st.tuples(FLAT, FLAT).map(lambda pair: pair[0][:-1] + b"," + pair[1][1:]) | st.binary(max_size=20))
def test_the_fast_way_reads_as_the_strict_one(text: bytes) -> None:
    """Whatever orjson is trusted with, the strict reader reads alike, types and all; a repeated key never slips through."""
    try:
        expected = repr(_parse_strictly(text))
    except JsonError as error:
        expected = f"refused: {error}"
    try:
        actual = repr(parse(text))
    except JsonError as error:
        actual = f"refused: {error}"
    assert expected == actual


@given(JSON_VALUES)
def test_what_the_mock_writes_is_read_again(value: Any) -> None:
    """Every value that can be read is written so that it is read as the same."""
    assert repr(value) == repr(parse(write(value)))


@given(st.binary() | st.text().map(str.encode) | st.text(alphabet='{}[]",:\\u0d8n1e', max_size=50).map(str.encode))
def test_nothing_else_comes_out(text: bytes) -> None:
    """Whatever the bytes are, they are read or refused with a JsonError."""
    with suppress(JsonError):
        parse(text)


HOSTILE = {
    "quotes": b'"' * 1_000_000,
    "escaped quotes": b'\\"' * 500_000,
    "a text full of brackets that never ends": b'["' + b"[" * 1_000_000,
    "texts without number": b"[" + b'"a",' * 200_000 + b'"a"]' + b"[" * 65,
    "surrogates": b"[" + rb'"\ud83d\ude00",' * 60_000 + b"1]",
    "keys": b"{" + b",".join(b'"%d":1' % number for number in range(80_000)) + b"}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_megabyte_takes_no_second(text: bytes) -> None:
    """Hostile texts are read in linear time."""
    started = time.process_time()
    with suppress(JsonError):
        parse(text)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("application/json", True),
        ("Application/JSON ; charset=utf-8", True),
        ("text/json", True),
        ("application/problem+json", True),
        ("application/vnd.api+json; ext=x", True),
        ("application/jsonlines", False),
        ("application/x-ndjson", False),
        ("text/plain; json", False),
        ("", False),
    ],
)
def test_is_json(media_type: str, expected: bool) -> None:  # noqa: FBT001  # a table's column
    """JSON is what is called so, or has the suffix."""
    assert expected == is_json(media_type)


def test_essence() -> None:
    """A media type is compared without its parameters and without case."""
    assert "text/html" == essence(" Text/HTML ; charset=UTF-8")
