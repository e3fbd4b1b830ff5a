"""Redaction: no secret is left in a text, and everything else is."""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

import pytest

from mockserver.redaction import card_numbers
from mockserver.redaction.card_numbers import is_card_number
from mockserver.redaction.redact import (
    is_secret_name,
    printable,
    redact,
    redact_body,
    redact_name,
    redact_path,
    redact_query,
    redact_value,
)

REAL = "4111111111111111"
GROUPED = "4111 1111 1111 1111"
IBAN = "GB29NWBK60161331926819"


def encoded(text: str) -> str:
    """Percent-encode every character."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


TEXTS = {
    "form": f"card[number]={REAL}&card[cvc]=737&x=1",
    "form, encoded names": f"card%5Bnumber%5D={REAL}&card%5Bcvc%5D=737&x=1",
    "form, plus": f"card[number]={quote_plus(GROUPED)}&card[cvc]=737&x=1",
    "form, %20": f"card[number]={quote(GROUPED)}&card[cvc]=737&x=1",
    "form, hyphens": f"card[number]={GROUPED.replace(' ', '-')}&card[cvc]=737&x=1",
    "form, all encoded": f"n={encoded(REAL)}&cvc={encoded('737')}&x=1",
    "form, in another": f"n={quote('a=' + REAL)}&cvc=737&x=1",
    "JSON": json.dumps({"number": REAL, "cvc": "737", "x": 1}),
    "JSON, groups": json.dumps({"number": GROUPED, "cvc": "737", "x": 1}),
    "JSON, number": json.dumps({"number": int(REAL), "x": 1}),
    "form, account": f"sepa_debit[iban]={IBAN}&x=1",
    "form, account in groups": f"sepa_debit%5Biban%5D={quote_plus(f'{IBAN[:4]} {IBAN[4:]}')}&x=1",
    "JSON, account": json.dumps({"iban": IBAN, "x": 1}),
    "client secret": "client_secret=seti_abc_secret_Zz111&x=1",
    "client secret, encoded": "client_secret=seti%5Fabc%5Fsecret%5FZz111&x=1",
    "keys": "key=sk_live_Zz111&other=rk_test_Zz111&third=sk_test_anything&x=1",
}
SECRETS = ("4111", "1111", "737", encoded("4111"), encoded("737"), "GB29", "NWBK", "60161", "Zz111", "anything")


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_secret_is_left(name: str) -> None:
    """A secret is hidden in every notation, and the rest of the text is kept."""
    shown = redact(TEXTS[name])

    assert [] == [secret for secret in SECRETS if secret in shown]
    assert shown.endswith(("x=1", '"x": 1}'))


@pytest.mark.parametrize(
    "text",
    [
        "PaySess_be6ba765-4a8b-4a05-93b0-8084525d9cf6",
        '{"cvc_check":"pass","param":"cvc","last4":"4242"}',
        '{"created":1767225601,"exp_year":2034}',
        "2026-11-24 - 2026-11-25",
        "2026-11-24  2026-11-25",
        "Total  1200   13  4500   78  90",
        "10.0.0.17 10.0.0.18 192.168.100.200",
        "62.168.100.200, 45.113.11.11",
        "pk_test_z6hxDj6qZZ0MSzPvnLbalcNA",
        "No such setupintent: 'seti_1234567890'",
        "seti_1234567890123456",
        "order 1234567890123456",
        "4242 4242 4242 4241",
        "1234567890123",
        "4242424242424242424242",
        "tel +49 151 12345678901",
        "n=4242%204242%204242%204241",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Ids, last digits, dates, IP addresses, publishable keys and numbers that fit no card are kept."""
    assert text == redact(text)


CARD_NUMBERS = {
    "12 digits": ("500000000009", "[redacted]"),
    "13 digits": ("4222222222222", "[redacted]"),
    "15 digits": ("378282246310005", "[redacted]"),
    "16 digits": (REAL, "[redacted]"),
    "19 digits": ("6205500000000000004", "[redacted]"),
    "of no known scheme": ("1000000000000008", "[redacted]"),
    "after a prefix": (f"seti_{REAL}", "seti_[redacted]"),
    "between letters": (f"a{REAL}b", "a[redacted]b"),
    "spaces": (GROUPED, "[redacted]"),
    "hyphens": (GROUPED.replace(" ", "-"), "[redacted]"),
    "spaces, American Express": ("3782 822463 10005", "[redacted]"),
    "single digits": (" ".join(REAL), "[redacted]"),
    "after another number": (f"no. 12 {GROUPED}", "no. 12 [redacted]"),
    "encoded": (f"n={quote(GROUPED)}", "n=[redacted]"),
}


@pytest.mark.parametrize("name", CARD_NUMBERS)
def test_card_numbers_are_hidden(name: str) -> None:
    """A number of 12 to 19 digits with a correct check digit is hidden, as people write it."""
    text, shown = CARD_NUMBERS[name]

    assert shown == redact(text)


HOSTILE = {
    "one digit": "4" * 1_000_000,
    "single digits": "4 " * 500_000,
    "180 groups, again and again": ("4-" * 180 + "x") * 3_000,
    "dots": "4." * 500_000,
    "card numbers": f"{REAL}," * 60_000,
    "almost a run": f"{'4' * 11}x" * 80_000,
    "nearly card numbers": "4242424242424241 " * 60_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_promise_16_digits_are_searched_in_linear_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of candidates that are looked at is at most proportional to the length of the text."""
    looks: list[str] = []

    def look(digits: str) -> bool:
        looks.append(digits)
        return is_card_number(digits)

    monkeypatch.setattr(card_numbers, "is_card_number", look)
    text = HOSTILE[name]
    shown = redact(text)

    assert len(looks) <= len(text) // 16 + 10_000
    assert REAL not in shown


def test_many_groups_of_digits_are_hidden_together() -> None:
    """A text with too many groups of digits is not searched to its end: what may have a card number is hidden."""
    shown = redact(f"{('4-' * 180 + 'x') * 30} {GROUPED}")

    assert "1111" not in shown
    assert shown.endswith("[redacted]")


def test_many_long_numbers_are_kept() -> None:
    """Any number of ids with many digits is shown, because each of them is one group."""
    ids = (f"1234567{number:09}" for number in range(0, 60_000, 13))
    text = ",".join(each for each in ids if not is_card_number(each))

    assert text == redact(text)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"tel +49 151 1234567", "tel +49 151 1234567"),
        (b"tel +49 151 12345678901", "tel +49 151 12345678901"),
        (b'  {"a":"50%+20%","n":"4242424242424242"}', '  {"a":"50%+20%","n":"[redacted]"}'),
        (b'{"a":"\\u00e9\\n","n":1e400,"a":2,"cvc":"123"}', '{"a":"\\u00e9\\n","n":1e400,"a":2,"cvc":"[redacted]"}'),
        (b'{"\\u0063vc":"987","b":"\\u0022"}', '{"cvc":"[redacted]","b":"\\u0022"}'),
        (b"a=50%25&n=4242%204242%204242%204242", "a=50%&n=[redacted]"),
        (b"a=50%25&b=1", "a=50%25&b=1"),
    ],
)
def test_a_body_is_shown_as_it_was_sent(body: bytes, shown: str) -> None:
    """A body is kept as it was sent, except for its secrets; a form is decoded only if it has some."""
    assert shown == redact_body(body)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ""),
        ("a=1&b=", "a=1&b="),
        ("access_token=x&a=1", "access_token=[redacted]&a=1"),
        ("%74oken=x", "%74oken=[redacted]"),
        ("token", "token"),
        (f"a={encoded(REAL)}", "a=[redacted]"),
        (f"{REAL}=1", "[redacted]=1"),
    ],
)
def test_query(query: str, shown: str) -> None:
    """Values of parameters that may be credentials are hidden, and values that contain a secret."""
    assert shown == redact_query(query)


@pytest.mark.parametrize(
    ("path", "shown"),
    [("/a%20b", "/a%20b"), (f"/x/{REAL}", "/x/[redacted]"), (f"/a%20b/{encoded(REAL)}", "/a b/[redacted]")],
)
def test_path(path: str, shown: str) -> None:
    """A path is decoded only if the encoding hides a secret."""
    assert shown == redact_path(path)


def test_value() -> None:
    """Texts are redacted at any depth; names and other values are kept."""
    value = {"a": [REAL, 1, None, {"b": "seti_1_secret_Zz1"}], "c": True}

    assert {"a": ["[redacted]", 1, None, {"b": "seti_1_secret_[redacted]"}], "c": True} == redact_value(value)


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("Authorization", True),
        ("Proxy-Authorization", True),
        ("WWW-Authenticate", False),
        ("Author", False),
        ("X-Api-Key", True),
        ("Idempotency-Key", False),
        ("Set-Cookie", True),
        ("app-session", True),
        ("access_token", True),
        ("Content-Type", False),
    ],
)
def test_secret_names(name: str, is_secret: bool) -> None:  # noqa: FBT001  # a table's column
    """The name of a header or parameter says whether it may hold a credential."""
    assert is_secret is is_secret_name(name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("pm_1", "pm_1"),
        ("x" * 200, "x" * 100),
        ("seti_1234567890", "seti_1234567890"),
        ("41111111", "41111111"),
        (REAL, "[redacted]"),
        (f"pm_{REAL}", "pm_[redacted]"),
        (f"{'x' * 92}{REAL}", f"{'x' * 92}[redacte"),
    ],
)
def test_name(name: str, shown: str) -> None:
    """A name is shortened, and a card number in it is hidden, also one that would be cut in two."""
    assert shown == redact_name(name)


def test_card_numbers() -> None:
    """A card number has 12 to 19 digits, and its check digit is right."""
    numbers = ["378282246310005", "4111111111111112", "42", "٤" * 16, "4242 4242"]

    assert [True, False, False, False, False] == list(map(is_card_number, numbers))


def test_printable() -> None:
    """Control characters cannot reach a terminal."""
    assert ("plain é", "a [2J b") == (printable("plain é"), printable("a\x1b[2J\nb"))
