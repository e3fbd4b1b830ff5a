"""Strict JSON: what is read, what is refused, and where; and what the writer writes."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.parsing.json_reader import (
    MAX_CONTAINERS,
    MAX_DEPTH,
    JsonError,
    JsonSyntaxError,
    parse_json,
    parse_json_text,
)
from mockserver.parsing.json_writer import write_json, write_json_exactly

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
    """Strict JSON is read as the json module reads it, types included."""
    assert repr(json.loads(text) if expected is None else expected) == repr(parse_json(text))


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
    "too many digits": (b"-" + b"9" * 4301, "an integer of 4301 digits (at most 4300) at line 1, column 1"),
    "a repeated key": (b'{"a": 1, "b": 2, "a": 3}', 'the key "a" is repeated (first in line 1) at line 1, column 18'),
    "a repeated key, inside": (
        b'[{"b": {"a": 1,\n "a": 1}}]',
        'the key "a" is repeated (first in line 1) at line 2, column 2',
    ),
    "a repeated key, once escaped": (
        rb'{"a": 1, "\u0061": 2}',
        'the key "a" is repeated (first in line 1) at line 1, column 10',
    ),
    "invalid UTF-8": (b'"\xc3\x28"', "invalid UTF-8 at line 1, column 2"),
    "an overlong encoding": (b'"\xc0\xaf"', "invalid UTF-8 at line 1, column 2"),
    "a surrogate in UTF-8": (b'"\xed\xa0\x80"', "invalid UTF-8"),
    "UTF-16": ('"a"'.encode("utf-16"), "invalid UTF-8 at line 1, column 1"),
    "a byte order mark": (b"\xef\xbb\xbf1", "a byte order mark, which RFC 8259 forbids, at line 1, column 1"),
    "half a surrogate pair": (rb'["x", "\ud83d"]', "a lone surrogate at line 1, column 7"),
    "the other half": (rb'{"\uDE00": 1}', "a lone surrogate at line 1, column 2"),
    "halves the wrong way round": (rb'"\ude00\ud83d"', "a lone surrogate"),
    "an escape that is none": (rb'"\x41"', "Invalid \\escape"),
    "one level more": (
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        "nested deeper than 64 levels at line 1, column 65",
    ),
    "levels of objects": (b'{"a":' * 65 + b"1" + b"}" * 65, "nested deeper than 64 levels"),
    "levels that never close": (b"[" * 100_000, "nested deeper than 64 levels at line 1, column 65"),
}


@pytest.mark.parametrize(("text", "problem"), REFUSED.values(), ids=REFUSED)
def test_refused(text: bytes, problem: str) -> None:
    """What RFC 8259 leaves open or forbids is refused, with the place."""
    with pytest.raises(JsonError) as refused:
        parse_json(text)
    assert problem in str(refused.value)
    assert len(str(refused.value)) < 200


MANY = MAX_CONTAINERS
CONTAINERS: dict[str, tuple[bytes, str | None]] = {
    "arrays": (b"[" + b",".join([b"[]"] * (MANY - 1)) + b"]", None),
    "one array more": (b"[" + b",".join([b"[]"] * MANY) + b"]", f"at line 1, column {3 * MANY - 1}"),
    "one object more": (b"[" + b",".join([b"{}"] * MANY) + b"]", f"at line 1, column {3 * MANY - 1}"),
    "in a string": (b'["' + b"[{" * MANY + b'"]', None),
    "after a quotation mark in a string": (b'["\\"' + b"[{" * MANY + b'"]', None),
    "a longer body": (b"[" + b",".join([b"[12345678]"] * 2 * MANY) + b"]", None),
    "in levels": (b"[" + b",".join([b"[" * 63 + b"]" * 63] * 8000) + b"]", "more than 101,600 arrays and objects"),
}


@pytest.mark.parametrize(("body", "problem"), CONTAINERS.values(), ids=CONTAINERS)
def test_promise_16_the_number_of_arrays_and_objects_is_limited(body: bytes, problem: str | None) -> None:
    """A long body may have as many arrays and objects as real ones have, and not more."""
    if problem is None:
        assert parse_json(body)
        return
    with pytest.raises(JsonError) as refused:
        parse_json(body)
    assert problem in str(refused.value)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON_VALUES, st.booleans())
def test_what_is_written_is_read_again(value: Any, ascii_only: bool) -> None:  # noqa: FBT001  # hypothesis gives it
    """Every value comes back as it was, however its text is escaped."""
    assert value == parse_json(json.dumps(value, ensure_ascii=ascii_only).encode())


FLAT = st.dictionaries(st.sampled_from(["a", "b", '"', ":", "é"]), JSON_VALUES, max_size=3).map(
    lambda value: json.dumps(value).encode()
)


@given(FLAT | st.tuples(FLAT, FLAT).map(lambda pair: pair[0][:-1] + b"," + pair[1][1:]) | st.binary(max_size=20))
def test_the_fast_way_reads_like_the_strict_one(text: bytes) -> None:
    """Orjson and the json module read the same values of the same types, and refuse the same texts."""
    try:
        expected = repr(parse_json_text(text.decode(), max_depth=MAX_DEPTH))
    except ValueError:
        expected = "refused"
    try:
        actual = repr(parse_json(text))
    except JsonError:
        actual = "refused"
    assert expected == actual


@given(JSON_VALUES)
def test_what_the_mock_writes_is_read_again(value: Any) -> None:
    """Every value that can be read is written so that it is read as the same."""
    assert repr(value) == repr(parse_json(write_json(value)))


@given(st.binary() | st.text().map(str.encode) | st.text(alphabet='{}[]",:\\u0d8n1e', max_size=50).map(str.encode))
def test_nothing_else_comes_out(text: bytes) -> None:
    """Whatever the bytes are, they are read or refused with a JsonError."""
    with suppress(JsonError):
        parse_json(text)


HOSTILE = {
    "quotes": b'"' * 1_000_000,
    "escaped quotes": b'\\"' * 500_000,
    "a text full of brackets that never ends": b'["' + b"[" * 1_000_000,
    "texts without number": b"[" + b'"a",' * 200_000 + b'"a"]' + b"[" * 65,
    "surrogates": b"[" + rb'"\ud83d\ude00",' * 60_000 + b"1]",
    "keys": b"{" + b",".join(b'"%d":1' % number for number in range(80_000)) + b"}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_take_linear_time(text: bytes) -> None:
    """A hostile text of a megabyte is read or refused at once; in quadratic time, it would take hours."""
    with suppress(JsonError):
        parse_json(text)


@pytest.mark.parametrize(
    ("text", "is_syntax"),
    [
        pytest.param('{"a": 1, b: 2}', True, id="no JSON"),
        pytest.param('{"a": NaN, b: 2}', False, id="a mistake, then no JSON"),
        pytest.param('{"a": {"x": 1, "x": 2}, b: 2}', False, id="a repeated key, then no JSON"),
    ],
)
def test_what_is_not_json_at_all(text: str, is_syntax: bool) -> None:  # noqa: FBT001  # a table's column
    """A text that is not JSON differs from JSON that is not strict: the first may be YAML."""
    with pytest.raises(JsonError) as refused:
        parse_json_text(text, max_depth=MAX_DEPTH)
    assert is_syntax is isinstance(refused.value, JsonSyntaxError)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({"a": [1.5, None, "é"]}, '{"a":[1.5,null,"é"]}', id="anything"),
        pytest.param("\ud83d", None, id="a lone surrogate"),
        pytest.param(2**64, None, id="an integer beyond 64 bits"),
    ],
)
def test_written_exactly(value: Any, text: str | None) -> None:
    """The writer says if the text would not be read as the same value for certain."""
    assert (None if text is None else text.encode()) == write_json_exactly(value)


def test_a_lone_surrogate_is_written_as_a_question_mark() -> None:
    """UTF-8 has no surrogates; the text is still valid."""
    assert b'["?"]' == write_json(["\ud83d"])
