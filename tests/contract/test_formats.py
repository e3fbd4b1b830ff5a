"""The formats of strings and integers."""

from __future__ import annotations

import random

import pytest

from mockserver.contract.formats.number_formats import INTEGER_RANGES
from mockserver.contract.formats.string_formats import EXAMPLES, has_format
from mockserver.samples.format_strings import FIXED, GROWING, format_strings
from tests.support.documents import contract_for, document_with, request, request_body
from tests.support.messages import VALID, ViolationKeys
from tests.support.mock_violations import mock_violations

VERSIONS = {"3.0": "3.0.3", "3.1": "3.1.0"}
LONG_LABEL = "a" * 64
# For each format the values that have it, and those that do not.
STRINGS: dict[str, tuple[list[str], list[str]]] = {
    "time": (
        ["10:00:00Z", "10:00:00z", "10:00:00.123Z", "10:00:00+01:00", "23:59:60Z", "22:59:60-01:00", "00:00:00-00:00"],
        ["10:00:00", "10:00Z", "24:00:00Z", "10:60:00Z", "22:59:60Z", "23:59:61Z", "10:00:00.Z", "1:00:00Z", "a", ""],
    ),
    "date-time": (
        [
            "2024-01-31T10:00:00Z",
            "2024-01-31t10:00:00.123456789z",
            "2024-01-31T10:00:00+05:30",
            "2016-12-31T23:59:60Z",
            "2016-12-31T15:59:60-08:00",
        ],
        [
            "2024-01-31T10:00:00",
            "2024-01-31",
            "2024-01-31T24:00:00Z",
            "2024-02-30T10:00:00Z",
            "2023-02-29T10:00:00Z",
            "2016-12-31T12:59:60Z",
            "2024-01-31T10:00:00+0100",
            "2024-01-31T10:00:00+24:00",
            "2024-01-31T10:00:00,5Z",
            "2024-01-31T10:00Z",
        ],
    ),
    "date": (
        ["2024-02-29", "2024-12-31"],
        ["2023-02-29", "2024-2-9", "2024-02-29T00:00:00Z", "20240229", "2024-13-01"],
    ),
    "duration": (
        ["P1D", "P1Y2M3DT4H5M6S", "PT0S", "P1W"],
        ["P", "PT", "P1YT", "1D", "P1.5D", "P-1D", "p1d", "P1S", "P1D2H", "P1W2D"],
    ),
    "email": (
        ["a@b.example", "a+b@localhost", "o'brien@x.example", '"a@b"@x.example'],
        ["a", "a@", "@b", "a@b@c", "a..b@x.example", ".a@x.example", "a b@x.example", "ü@x.example", ""],
    ),
    "idn-email": (["ü@ä.example", "a@b.example"], ["ü", "@ä.example", ""]),
    "hostname": (
        ["localhost", "a.example", "A-1.example", "127.0.0.1"],
        ["-a.example", "a-.example", "a_b.example", "a..example", "a b", "ä.example", f"{LONG_LABEL}.example", ""],
    ),
    "idn-hostname": (["ä.example", "実例.example", "a.example"], ["-ä.example", "ä..example", "a b"]),
    "ipv4": (["192.0.2.1", "0.0.0.0"], ["192.0.2", "192.0.2.256", "192.0.2.01", "192.0.2.1/24", "a"]),
    "ipv6": (["::1", "2001:db8::1", "::ffff:192.0.2.1"], ["1::2::3", "fe80::1%eth0", "192.0.2.1", "::1/64", "a"]),
    "uri": (
        ["https://a.example/b?c#d", "urn:a:b", "mailto:a@b.example", "http://[::1]/"],
        ["/a", "a.example/b", "http://a.example/ü", "http://a b", "http://a/%zz", "http://a/{id}", ""],
    ),
    "uri-reference": (["/a?b", "//a", "#a", "", "https://a.example"], ["\\a", "a b", "/ü", "/%zz"]),
    "iri": (["https://ä.example/ü", "urn:a"], ["/ü", "http://a b", ""]),
    "iri-reference": (["/ü", "", "#ü"], ["\\a", "a b"]),
    "uuid": (
        ["c40bea18-c0c9-44b1-bd0c-43f5283e1670", "C40BEA18-C0C9-44B1-BD0C-43F5283E1670"],
        ["c40bea18c0c944b1bd0c43f5283e1670", "c40bea18-c0c9-44b1-bd0c-43f5283e167", "{c40bea18-c0c9-44b1-bd0c}", "a"],
    ),
    "uri-template": (["/{a}", "https://a.example{/b,c}{?d*,e:3}", "/a"], ["/{a", "{}", "/a}", "a b"]),
    "json-pointer": (["", "/a", "/a~0~1/0"], ["a", "/~", "/~2", "#/a"]),
    "relative-json-pointer": (["0", "0#", "1/a"], ["01", "-1", "/a", "", "0##"]),
    "regex": (["^a$", "a(?=b)", r"\p{L}", "(?<a>b)\\k<a>"], ["(", "[", "a**", "(?P<a>b)", r"\Z"]),
    "byte": (["", "YQ==", "YWJj", "+/8="], ["YQ=", "YQ", "Y===", "YW Jj", "-_8=", "ü", "YWJj\n"]),
    "base64url": (["", "YQ", "YQ==", "YWI_", "-_8="], ["Y", "YQ=", "+/8=", "a b", "ü"]),
    "char": (["a", "ü", "😀", "\n"], ["", "ab"]),
    "decimal": (["1", "-12.50", "0.1"], ["1.", ".5", "1e3", "a", "1,5", ""]),
    "http-date": (
        ["Wed, 31 Jan 2024 10:00:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
        ["Wed, 31 Jan 2024 10:00:00 UTC", "31 Jan 2024 10:00:00 GMT", "2024-01-31T10:00:00Z", "Wed, 31 Jan 2024", "a"],
    ),
    "date-time-local": (
        ["2024-01-31T10:00:00", "2024-01-31T10:00:60.5"],
        ["2024-01-31T10:00:00Z", "2024-02-30T10:00:00"],
    ),
    "time-local": (["10:00:00", "10:00:00.5"], ["10:00:00Z", "10:00", "24:00:00", "10:00:00+01:00"]),
    "int64": (["0", "-9223372036854775808", "9223372036854775807"], ["9223372036854775808", "1.0", "+1", "a", "٣"]),
    "uint64": (["0", "18446744073709551615"], ["-1", "18446744073709551616", "a"]),
    "media-range": (
        ["*/*", "text/*", "text/html", "text/html;level=1", 'a/b; c="d;e" ; f=g', "application/vnd.x+json"],
        [
            "",
            "text",
            "text/",
            "/html",
            "text/html/x",
            "te xt/html",
            "text/html;level",
            'text/html;a="',
            "text/html, a/b",
        ],
    ),
    "sf-binary": (["::", ":YWJj:"], ["YWJj", ":YWJj", ":Y:"]),
    "sf-boolean": (["?0", "?1"], ["?2", "1", "true"]),
    "sf-string": (['""', '"a \\" b"'], ["a", '"a', '"ü"', '"a\\b"']),
    "sf-token": (["a", "*a", "text/html;q"[:9]], ["1a", "a b", "", '"a"']),
    "binary": (["", "ü\0"], []),
    "password": (["", "ü"], []),
    "unknown": (["", "ü"], []),
}


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
@pytest.mark.parametrize("name", STRINGS)
def test_strings(name: str, version: str) -> None:
    """A format accepts and rejects strings as its specification says, in every version of OpenAPI."""
    valid, invalid = STRINGS[name]
    document = document_with(request_body({"type": "string", "format": name}), version=version)

    assert [] == [text for text in valid if mock_violations(document, request(text)) != VALID]
    assert [] == [text for text in invalid if mock_violations(document, request(text)) != [("body", "", "format")]]


def test_strings_are_complete() -> None:
    """The table has every format that restricts strings, and each format has an example."""
    assert sorted(EXAMPLES) == sorted(name for name, (_, invalid) in STRINGS.items() if invalid)
    assert [] == [name for name, example in EXAMPLES.items() if not has_format(name, example)]


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
@pytest.mark.parametrize("name", INTEGER_RANGES)
def test_integers(name: str, version: str) -> None:
    """An integer format accepts the numbers of its range, and all values that are no integers."""
    low, high = INTEGER_RANGES[name]
    document = document_with(request_body({"format": name}), version=version)

    def found(value: object) -> ViolationKeys:
        return mock_violations(document, request(value))

    valid: list[object] = [low, 0, high, True, [], 0.5]
    assert [] == [value for value in valid if found(value) != VALID]
    assert [] == [value for value in (low - 1, high + 1) if found(value) != [("body", "", "format")]]


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_decimals(version: str) -> None:
    """The format sf-decimal allows 12 digits before the decimal point and 3 after it (RFC 8941, section 3.3.2)."""
    document = document_with(request_body({"format": "sf-decimal"}), version=version)

    def found(value: object) -> ViolationKeys:
        return mock_violations(document, request(value))

    valid: list[object] = [0, -1.5, 0.125, 999_999_999_999, -999_999_999_999.999, True, "x", []]
    assert [] == [value for value in valid if found(value) != VALID]
    invalid = [0.0625, 1e12, -(10**12), 1.0001]
    assert [] == [value for value in invalid if found(value) != [("body", "", "format")]]


@pytest.mark.parametrize("name", sorted({*FIXED, *GROWING}))
def test_generated_strings(name: str) -> None:
    """Every generated string has its format, also a short and a long one."""
    made = [text for seed in range(20) for low in (0, 5, 60) for text in format_strings(name, random.Random(seed), low)]

    assert made
    assert [] == [text for text in made if not has_format(name, text)]


def test_every_format_is_generated() -> None:
    """There is a generator for every format that restricts strings."""
    assert set() == EXAMPLES.keys() - FIXED.keys() - GROWING.keys()


MESSAGES = {
    "time": ("10:00:00", '"10:00:00" is not of the format time (such as 10:00:00Z)'),
    "duration": ("1 day", '"1 day" is not of the format duration (such as P1DT12H)'),
    "uint8": (256, "256 is not of the format uint8 (0 to 255)"),
    "sf-decimal": (
        0.0625,
        "0.0625 is not of the format sf-decimal (at most 12 digits before the decimal point and 3 after it)",
    ),
    "int64": ("a", '"a" is not of the format int64 (such as 42)'),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    """The message shows an example of the format, or its range."""
    value, message = MESSAGES[name]
    contract = contract_for(document_with(request_body({"format": name})))

    assert [message] == [each.message for each in contract.understand(request(value)).violations]
