"""Reading YAML and JSON text: the value of a scalar, what is refused, and where."""

from __future__ import annotations

import json

import pytest

from mockserver.parsing.positions import AmbiguousScalar, Position, TextError
from mockserver.parsing.text_reader import read_data, read_with_positions
from mockserver.parsing.yaml_scalars import other_reading, scalar_value

SCALARS = {
    "empty is null": ("", None),
    "tilde is null": ("~", None),
    "null": ("null", None),
    "true": ("true", True),
    "capital False": ("False", False),
    "no stays text": ("no", "no"),
    "on stays text": ("on", "on"),
    "integer": ("12", 12),
    "negative": ("-7", -7),
    "zero": ("0", 0),
    "float": ("1.50", 1.5),
    "exponent": ("1e3", 1000.0),
    "a commit's hash stays text": ("61e5634", "61e5634"),
    "leading zero stays text": ("012", "012"),
    "octal stays text": ("0o14", "0o14"),
    "hexadecimal stays text": ("0x1f", "0x1f"),
    "plus sign stays text": ("+1", "+1"),
    "underscore stays text": ("1_000", "1_000"),
    "time stays text": ("12:30", "12:30"),
    "date stays text": ("2020-01-01", "2020-01-01"),
    "infinity stays text": (".inf", ".inf"),
    "a version stays text": ("1.2.3", "1.2.3"),
    "a dash stays text": ("-", "-"),
    "too many digits stay text": ("9" * 5000, "9" * 5000),
}


@pytest.mark.parametrize(("text", "expected"), SCALARS.values(), ids=SCALARS.keys())
def test_scalar_value(text: str, expected: object) -> None:
    """A scalar without quotes has the value that it has in JSON."""
    actual = scalar_value(text)
    assert (type(expected), expected) == (type(actual), actual)


OTHER_READINGS = {
    "yes": "the truth value true",
    "On": "the truth value true",
    "no": "the truth value false",
    "OFF": "the truth value false",
    "0b101": "a binary number",
    "012": "an octal number",
    "0o14": "an octal number",
    "0x1F": "a hexadecimal number",
    "12:30": "a number to the base of 60",
    "12:30:45": "a number to the base of 60",
    "2020-01-01": "a date",
    "2020-01-01T00:00:00Z": "a date",
    "2020-01-01 10:00:00": "a date",
    ".inf": "a number that JSON does not have",
    "-.Inf": "a number that JSON does not have",
    ".NaN": "a number that JSON does not have",
    "1_000": "a number",
    "089": "a number",
    "+1": "a number",
    ".5": "a number",
    "1.": "a number",
    "61e5634": "a number",
    "200": "a number",
    "true": "a truth value",
    "~": "null",
    "<<": "the merge of another mapping",
    "=": "a default value",
    "y": None,
    "N": None,
    "none": None,
    "nothing": None,
    "-": None,
    "1.2.3": None,
    "12:99": None,
    "200ms": None,
    "+49 30 1234": None,
    "0-0": None,
    "192.168.0.1": None,
}


@pytest.mark.parametrize(("text", "expected"), OTHER_READINGS.items(), ids=OTHER_READINGS.keys())
def test_other_reading(text: str, expected: str | None) -> None:
    """The reader knows what other YAML readers take a scalar without quotes for."""
    assert expected == other_reading(text)


REFUSED = {
    "empty": (b"", "1:1: the file is empty"),
    "only a comment": (b"# nothing\n", "2:1: the file is empty"),
    "tab as indentation": (b"a:\n\tb: 1\n", "2:1: a tab; YAML is indented with spaces"),
    "tab after spaces": (b"a:\n  b: 1\n \tc: 2\n", "3:2: a tab; YAML is indented with spaces"),
    "second document": (b"a: 1\n---\nb: 2\n", "2:1: a second document begins here; a file holds one"),
    "repeated key": (b"a: 1\nb: 2\na: 3\n", "3:1: the key 'a' is repeated (first in line 1)"),
    "repeated key, otherwise quoted": (
        b"200: a\n'200': b\n",
        "2:1: the key '200' is repeated (first in line 1)",
    ),
    "repeated key of JSON": (
        b'{"a": 1,\n "b": {"a": 2, "x": "a"},\n "\\u0061": 3}',
        '3:2: the key "a" is repeated (first in line 1)',
    ),
    "a list as key": (b"? [a]\n: 1\n", "1:3: a key must be text, not a list"),
    "a mapping as key": (b"{{a: 1}: 2}", "1:2: a key must be text, not a mapping"),
    "an alias as key": (b"a: &x b\n*x : 1\n", "2:1: a key must be text, not an alias"),
    "unknown alias": (b"a: *x\n", "1:4: the alias *x has no anchor &x before it"),
    "recursive alias": (b"a: &x [*x]\n", "1:8: the alias *x is inside the value that it refers to"),
    "recursive alias of a name used before": (
        b"a: &x 1\nb: &x [*x]\n",
        "2:8: the alias *x is inside the value that it refers to",
    ),
    "alias bomb": (
        b"a: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + b"".join(b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 10)) for i in range(9)),
        "7:20: more than 5,000,000 values, including those that aliases repeat",
    ),
    "nested too deep": (b"[" * 300, "1:201: nested deeper than 200 levels"),
    "nested too deep, JSON": (b"[" * 300 + b"]" * 300, "1:201: nested deeper than 200 levels"),
    "nested absurdly deep, JSON": (b"[" * 99_999 + b"]" * 99_999, "1:201: nested deeper than 200 levels"),
    "NaN": (b'{"a":\n NaN}', "2:2: NaN is not JSON"),
    "Infinity": (b'{"NaN": [-Infinity]}', "1:10: -Infinity is not JSON"),
    "a float too large": (b'{"a": true, "b": 1e999}', "1:18: the number 1e999 is beyond a double"),
    "an integer too large": (b'{"a": -%s}' % (b"9" * 5000), "1:7: an integer of 5000 digits (at most 4300)"),
    "lone surrogate": (b'{"a": "\\ud83d"}', "1:7: a lone surrogate"),
    "unknown tag": (b"a: !python/object:os.system x\n", "1:4: the tag !python/object:os.system is not supported"),
    "tag of a set": (b"a: !!set {a}\n", "1:4: the tag !!set is not supported"),
    "value of another type than its tag": (b"a: !!int x\n", "1:4: 'x' does not have the type of its tag !!int"),
    "merge of a number": (b"<<: 1\n", "1:5: << merges a mapping or a list of mappings"),
    "control character": (b"a: \x07\n", "1:4: the character U+0007 is not allowed in YAML"),
    "NUL": (b"a: 1\x00\nb: 2\n", "1:5: the character U+0000 is not allowed in YAML"),
    "not UTF-8": (b"a: 1\nb: \xc3\xa9 \xff\n", "2:6: the byte 0xff is not UTF-8; save the file as UTF-8"),
    "UTF-16": ("a: 1".encode("utf-16"), "1:1: the file is UTF-16; save it as UTF-8"),
    "colon in a text": (
        b"a: b: c\n",
        "1:5: a colon where no key is possible: check the indentation, or write the text in quotes",
    ),
    "reserved character": (b"a: @b\n", "1:4: '@' cannot begin a value: write the text in quotes"),
    "unclosed quote": (
        b"a: 'b\n",
        "2:1: found unexpected end of stream, while scanning a quoted scalar that begins in line 1",
    ),
    "unclosed list": (
        b"a: [1, 2\nb: 3\n",
        "2:2: did not find expected ',' or ']', while parsing a flow sequence that begins in line 1",
    ),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(text: bytes, expected: str) -> None:
    """A text that is not strict is refused, with line and column."""
    with pytest.raises(TextError) as caught:
        read_data(text, name="spec.yaml")
    assert f"spec.yaml:{expected}" == str(caught.value)


def test_refused_json_by_its_name() -> None:
    """A file with the suffix .json is never read as YAML."""
    with pytest.raises(TextError) as caught:
        read_data(b"{a: 1}", name="spec.json")
    assert "spec.json:1:2: not JSON: Expecting property name enclosed in double quotes" == str(caught.value)


def test_refused_beyond_the_cap() -> None:
    """A file that is longer than its limit is refused before it is read."""
    with pytest.raises(TextError, match=r"^s:1:1: the file is longer than 1,048,576 bytes$"):
        read_with_positions(b"#" * (1024 * 1024 + 1), name="s")


READ = {
    "keys are text": (b"200: {1.10: a, null: b, yes: c}\n", {"200": {"1.10": "a", "null": "b", "yes": "c"}}),
    "quotes make text": (b"a: '200'\nb: \"true\"\n", {"a": "200", "b": "true"}),
    "block texts are text": (b"a: |\n  200\nb: >-\n  true\n", {"a": "200\n", "b": "true"}),
    "a tag makes text": (b"a: !!str 200\n", {"a": "200"}),
    "a tag makes a number": (b"a: !!int '7'\nb: !!float 1\n", {"a": 7, "b": 1}),
    "aliases": (b"a: &x {b: [1, no]}\nc: *x\n", {"a": {"b": [1, "no"]}, "c": {"b": [1, "no"]}}),
    "merge": (
        b"a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], z: 3}\n",
        {"a": {"x": 1, "y": 1}, "b": {"y": 2, "z": 2}, "c": {"x": 1, "y": 1, "z": 3}},
    ),
    "JSON": (b'{"a": [1, 2.5, "\\ud83d\\ude00", null, true]}', {"a": [1, 2.5, "\N{GRINNING FACE}", None, True]}),
    "JSON indented with tabs": (b'{\n\t"a": 1\n}', {"a": 1}),
    "a flow mapping that is not JSON": (b"{a: 1, b: [no]}", {"a": 1, "b": ["no"]}),
    "byte order mark": (b"\xef\xbb\xbfa: 1\n", {"a": 1}),
    "Windows line ends": (b"a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    "a document without content": (b"---\n", None),
}


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ.keys())
def test_read(text: bytes, expected: object) -> None:
    """Strict YAML and strict JSON are read."""
    # Compared as text: to Python, True equals 1.
    assert json.dumps(expected, sort_keys=True) == json.dumps(read_data(text, name="spec"), sort_keys=True)


def test_large_document() -> None:
    """A document of 13 MB is read completely; in quadratic time, this would take hours."""
    schema = b"".join(b"    p%d: {type: string, description: %s, nullable: true}\n" % (i, b"x" * 60) for i in range(14))
    text = b"".join(b"S%d:\n  properties:\n%s" % (i, schema) for i in range(9000))
    data = read_data(text, name="large.yaml")
    assert 9000 == len(data)
    assert len(text) > 13_000_000


POSITIONED = read_with_positions(
    b"about: x\nstubs:\n  - name: &n no\n    on: {a: 012, b: *n}\n  - '200': 'no'\n", name="s.yaml"
)

POSITIONS = {
    "the whole": ((), Position(1, 1), Position(1, 1)),
    "a member": (("about",), Position(1, 8), Position(1, 1)),
    "an item": (("stubs", 1), Position(5, 5), Position(5, 5)),
    "a member of an item": (("stubs", 0, "on", "a"), Position(4, 13), Position(4, 10)),
    "behind an alias": (("stubs", 0, "on", "b"), Position(3, 11), Position(4, 18)),
    "what is not there": (("stubs", 0, "reply", "status"), Position(3, 5), Position(3, 5)),
}


@pytest.mark.parametrize(("path", "value", "key"), POSITIONS.values(), ids=POSITIONS.keys())
def test_positions(path: tuple[str | int, ...], value: Position, key: Position) -> None:
    """Every key and value has its line and column."""
    assert (value, key) == (POSITIONED.position(path), POSITIONED.key_position(path))


def test_ambiguous_scalars() -> None:
    """Keys and values that other readers would convert are listed, but none with quotes."""
    at = ("stubs", 0)
    expected = (
        AmbiguousScalar(path=(*at, "name"), position=Position(3, 11), text="no", read_as="the truth value false"),
        AmbiguousScalar(path=(*at, "on"), position=Position(4, 5), text="on", read_as="the truth value true"),
        AmbiguousScalar(path=(*at, "on", "a"), position=Position(4, 13), text="012", read_as="an octal number"),
    )
    assert expected == POSITIONED.ambiguous


def test_scenario_files_do_not_merge() -> None:
    """In a scenario file, `<<` is an ordinary key, and an ambiguous one."""
    read = read_with_positions(b"a: &a {b: 1}\nc: {<<: *a}\n", name="s")
    assert {"a": {"b": 1}, "c": {"<<": {"b": 1}}} == read.data
    assert ["the merge of another mapping"] == [scalar.read_as for scalar in read.ambiguous]
