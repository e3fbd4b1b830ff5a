"""Redaction: no secret is left in a text, and everything else is."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest

from mockserver.redaction import card_numbers
from mockserver.redaction.card_numbers import is_card_number
from mockserver.redaction.credential_names import CredentialNames, is_secret_name
from mockserver.redaction.redact import redact, redact_body, redact_ends, redact_name, redact_path, redact_value
from mockserver.redaction.redactor import Redactor
from mockserver.redaction.session_tokens import short_token
from mockserver.redaction.terminal import printable, printable_json, printable_lines
from mockserver.settings import Settings
from tests.support.mock import SESSION, Mock, mock_of


@pytest.fixture
def mock() -> Iterator[Mock]:
    with mock_of(Settings(seed=1)) as running:
        yield running


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
        "PaySess_...9cf6",
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
    """In a text with too many groups of digits, the search stops, and the remaining groups are hidden."""
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
    assert shown == redact_body(body.decode())


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
        ("TENANT=x&tenants=x", "TENANT=[redacted]&tenants=x"),
        ("tenant%3Dx", "tenant=[redacted]"),
        ("tenant%3Dx=y", "tenant=[redacted]"),
        ("author=x&authorName=x", "author=x&authorName=x"),
    ],
)
def test_query(query: str, shown: str) -> None:
    """Values of parameters that are credentials, or may be, are hidden, and values that contain a secret."""
    names = CredentialNames.of([("query", "tenant")])

    assert shown == Redactor(names).of_exchange((), query).query(query)


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"/{REAL}", "/[redacted]"),
        ("x" * 2000, "x" * 2000),
        ("a" * 5000 + "b" * 5000, f"{'a' * 500}…{'b' * 500}"),
        (f"{'x' * 494}/{REAL}/{'y' * 5000}", f"{'x' * 494}/[reda…{'y' * 500}"),
        (f"{'x' * 5000}/{REAL}/{'y' * 494}", f"{'x' * 500}…cted]/{'y' * 494}"),
    ],
)
def test_promise_16_only_the_ends_of_a_long_text_are_searched(text: str, shown: str) -> None:
    """The middle of a long text is left out, and a card number is hidden, also one that would be cut in two."""
    assert shown == redact_ends(text)


@pytest.mark.parametrize("offset", range(-120, 4, 3))
def test_a_number_at_the_end_of_a_window(offset: int) -> None:
    """A long text is searched in windows. A number is found wherever it is."""
    number = encoded(GROUPED)
    text = "x" * (card_numbers._WINDOW + offset - 1) + "&"

    assert f"{text}[redacted]&{number[:-3]}y" == redact(f"{text}{number}&{number[:-3]}y")


def test_card_numbers() -> None:
    """A card number has 12 to 19 digits, and its check digit is right."""
    numbers = ["378282246310005", "4111111111111112", "42", "٤" * 16, "4242 4242"]

    assert [True, False, False, False, False] == list(map(is_card_number, numbers))


UNSAFE = {
    "escape": ("a\x1b[2Jb", "a\\x1b[2Jb"),
    "bell": ("a\x07b", "a\\x07b"),
    "line break": ("a\nb", "a\\nb"),
    "carriage return": ("a\rb", "a\\rb"),
    "C1": ("a\x9b2Jb", "a\\x9b2Jb"),
    "delete": ("a\x7fb", "a\\x7fb"),
    "bidirectional override": ("a\u202eb", "a\\u202eb"),
    "bidirectional isolate": ("a\u2066b", "a\\u2066b"),
    "line separator": ("a\u2028b", "a\\u2028b"),
    "tag": ("a\U000e0041b", "a\\U000e0041b"),
    "half of a surrogate pair": ("a\ud800b", "a\\ud800b"),
    "no-break space": ("a\u00a0b", "a b"),
    "letters": ("Grüße, 東京 €", "Grüße, 東京 €"),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_promise_7_control_characters_are_escaped(name: str) -> None:
    """No character that a terminal obeys, or that changes the order of a line, is left."""
    text, shown = UNSAFE[name]

    assert shown == printable(text)
    assert json.loads(f'"{text}"', strict=False) == json.loads(printable_json(f'"{text}"'), strict=False)
    assert "\n" in text or printable_json(text).isprintable()


def test_lines() -> None:
    """A text of several lines keeps its line breaks, and no other control characters."""
    assert "a\n\\x1bb\n\\x85c" == printable_lines("a\n\x1bb\n\x85c")


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        ("PaySess_be6ba765-4a8b-4a05-93b0-8084525d9cf6", "PaySess_...9cf6"),
        ("PaySess_...9cf6", "PaySess_...9cf6"),
        ("PaySess_12345678901", "PaySess_..."),
        ("PaySess_123456789012", "PaySess_...9012"),
        ("a-token-without-a-prefix", "...efix"),
        ("a_long_prefix_is_one_word", "a_...word"),
        ("averylongprefix_0123456789", "...6789"),
        ("short", "..."),
        ("", "..."),
        ("0123456789...", "...9..."),
    ],
)
def test_short_token(token: str, shown: str) -> None:
    """Two tokens can be told apart, and neither can be used."""
    assert shown == short_token(token)


TOKEN = "PaySess_be6ba765-4a8b-4a05-93b0-8084525d9cf6"
TOKEN_PLACES = {
    "path": (f"/v1/sessions/{TOKEN}", "/v1/sessions/PaySess_...9cf6"),
    "path, encoded": ("/v1/sessions/PaySess%5Fbe6ba765-4a8b-4a05-93b0-8084525d9cf6", "/v1/sessions/PaySess_...9cf6"),
    "path of the control API": (f"/__mock/payment-sessions/{TOKEN}", "/__mock/payment-sessions/PaySess_...9cf6"),
    "token of a scenario": ("/__mock/wingback/payment-sessions/mine", "/__mock/wingback/payment-sessions/..."),
    "token of a scenario, encoded": ("/__mock/payment-sessions/my%74oken/x", "/__mock/payment-sessions/..."),
    "query": (f"http://x/?id={TOKEN}&a=1", "http://x/?id=PaySess_...9cf6&a=1"),
    "query, token of a scenario": ("http://x/?token=mine&a=1", "http://x/?token=...&a=1"),
    "JSON": (f'{{"token": "{TOKEN}", "a": 1}}', '{"token": "PaySess_...9cf6", "a": 1}'),
    "JSON, token of a scenario": ('{"token":"mine","a":1}', '{"token":"...","a":1}'),
    "no token": ("/__mock/payment-sessions?token", "/__mock/payment-sessions?token"),
}


@pytest.mark.parametrize("name", TOKEN_PLACES)
def test_promise_10_tokens_are_shortened(name: str) -> None:
    """The token of a payment session is shortened in any text; to shorten it twice changes nothing."""
    text, shown = TOKEN_PLACES[name]

    assert shown == redact_path(text)
    assert shown == redact_path(shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://anna:hidden@host/a@b", "http://[redacted]@host/a@b"),
        ("http://hid@den@host:80/", "http://[redacted]@host:80/"),
        ("postgres://hidden@host", "postgres://[redacted]@host"),
        ('{"url":"http:\\/\\/anna:hidden@host\\/"}', '{"url":"http:\\/\\/[redacted]@host\\/"}'),
        ("http://host/path?mail=anna@example.com", "http://host/path?mail=anna@example.com"),
        ("anna@example.com", "anna@example.com"),
        ("//" * 50_000 + "@", "//" * 50_000 + "@"),
    ],
)
def test_promise_10_the_password_of_a_url(text: str, shown: str) -> None:
    """The user and the password in a URL are hidden (RFC 3986, section 3.2.1)."""
    assert shown == redact(text)


NAMES = CredentialNames.of([("header", "X-Author"), ("query", "tenant"), ("cookie", "sid")])


@pytest.mark.parametrize(
    ("place", "name", "is_hidden"),
    [
        ("header", "x-author", True),
        ("header", "X-AUTHOR", True),
        ("header", "author", False),
        ("header", "x-author-name", False),
        ("header", "tenant", False),
        ("header", "Authorization", True),
        ("header", "Proxy-Authorization", True),
        ("header", "Authentication-Info", True),
        ("header", "Proxy-Authentication-Info", True),
        ("header", "WWW-Authenticate", False),
        ("header", "Cookie", True),
        ("header", "Set-Cookie", True),
        ("header", "Mock-Admin-Token", True),
        ("header", "X-Api-Key", True),
        ("header", "Idempotency-Key", False),
        ("query", "Tenant", True),
        ("query", "key", True),
        ("query", "authorName", False),
        ("cookie", "theme", True),
        ("path", "tenant", False),
        ("body", "X-Author", False),
    ],
)
def test_promise_10_names_of_credentials(place: str, name: str, is_hidden: bool) -> None:  # noqa: FBT001  # a table's column
    """The contract and HTTP say which names are credentials; the pattern of names is an addition."""
    assert is_hidden is NAMES.hide(place, name)


def test_promise_10_copies_are_hidden() -> None:
    """A credential is hidden wherever it is repeated, in any encoding; short values and other cookies are not."""
    secret = 'a b/ü"c'
    headers = (
        ("X-Author", secret),
        ("Authorization", "Bearer hidden.jwt"),
        ("Cookie", "theme=darkblue; sid=hidden-sid"),
    )
    shown = Redactor(NAMES).of_exchange(headers, "tenant=hid%64en-tenant&x=1&key=abc")
    echoed = json.dumps({"a": secret, "b": "hidden.jwt", "c": "hidden-sid, hidden-tenant", "d": "darkblue abc"})

    assert {"a": "[redacted]", "b": "[redacted]", "c": "[redacted], [redacted]", "d": "darkblue abc"} == json.loads(
        shown.body(echoed.encode())
    )
    assert f"/[redacted]/{quote('é')}" == shown.text(f"/{quote(secret, safe='')}/{quote('é')}")
    assert {"x-copy": "[redacted]", "author": "Anna"} == shown.headers((("X-Copy", "hidden.jwt"), ("Author", "Anna")))


def test_promise_10_an_earlier_contract_still_counts() -> None:
    """After a reload, the names of the earlier contract and of the new one are hidden."""
    redactor = Redactor(NAMES)
    headers = (("X-Author", "one"), ("X-Editor", "two"), ("X-Reader", "three"))

    assert ["[redacted]", "two", "three"] == list(redactor.of_exchange((), "").headers(headers).values())

    redactor.learn(CredentialNames.of([("header", "X-Editor")]))

    assert ["[redacted]", "[redacted]", "three"] == list(redactor.of_exchange((), "").headers(headers).values())


def test_the_same_fields_are_shown_again() -> None:
    """Header fields that are shown repeatedly look the same, also if somebody has changed what was returned."""
    redactor = Redactor(NAMES)
    headers = (("Host", "one"), ("X-Author", "a-credential"))

    for _ in range(3):
        fields = redactor.of_exchange(headers, "").headers(headers)
        assert {"host": "one", "x-author": "[redacted]"} == fields
        fields.clear()


@pytest.mark.parametrize("length", [10, 400, 100_000])
def test_promise_13_what_is_remembered_for_exchanges_is_limited(length: int) -> None:
    """Thousands of clients with different header fields leave little in memory."""
    redactor = Redactor(NAMES)
    tracemalloc.start()
    try:
        for number in range(2000):
            headers = (("Host", f"{number}{'h' * length}"), ("X-Author", f"{number}{'a' * length}"))
            redactor.of_exchange(headers, "").headers(headers)
            redactor.of_exchange((), "").headers(headers)
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()

    assert kept < 500_000


# Header fields and queries of a request with secrets, and what is shown.
FIELDS = {
    "a URL": ("referer", "https://a.example/b?x=1&access_token=Zz111&y#id_token=Zz111", "access_token=[redacted]&y#id"),
    "a URL with an encoded name": ("x-back", "https://a.example/?access%5Ftoken=Zz111", "access%5Ftoken=[redacted]"),
    "a relative URL": ("x-back", "/b?x=1&y=2", "/b?x=1&y=2"),
    "a URL without secrets": ("referer", "https://a.example/b?x=1&y=2", "https://a.example/b?x=1&y=2"),
    "a user in Host": ("host", "bob:Zz111@localhost:80", "[redacted]@localhost:80"),
    "a host": ("host", "localhost:80", "localhost:80"),
}
QUERIES = {
    "sk_live_Zz111=1&a=2": "sk_live_[redacted]=1&a=2",
    "sk%5Flive%5FZz111=1": "sk_live_[redacted]=1",
    "sk_live_Zz111": "sk_live_[redacted]",
    "sk_live_Zz111=Zz111&token=Zz111": "sk_live_[redacted]=Zz111&token=[redacted]",
    "https%3A%2F%2Fbob%3AZz111%40x.example=1": "https%3A%2F%2F[redacted]%40x.example=1",
    "a%20b=1&c[d]=2": "a%20b=1&c[d]=2",
}


@pytest.mark.parametrize("name", FIELDS)
def test_secrets_in_header_fields(name: str) -> None:
    """Parameters of a URL that may hold credentials are hidden, and so is a user in Host."""
    field, value, expected = FIELDS[name]
    shown = Redactor().of_exchange(((field, value),), "").headers(((field, value),))

    assert expected in shown[field]
    assert "Zz111" not in shown[field]


@pytest.mark.parametrize("query", QUERIES)
def test_secrets_in_names_of_parameters(query: str) -> None:
    """A secret can be the name of a parameter, too."""
    assert QUERIES[query] == Redactor().of_exchange((), query).query(query)


def test_a_refusal_shows_no_credential(mock: Mock) -> None:
    """A violation quotes the body, and the body can repeat the credential; kind and title stay."""
    key = "Unknown path"
    reply = mock.http.post(SESSION, json={"operation": key, "address": True}, headers={"wb-key": key})
    (violation,) = reply.json()["violations"]
    other = mock.http.get("/nowhere", headers={"wb-key": key})
    host = mock.http.get("/", headers={"host": "bob:hunter2hunter2@localhost"})

    assert "[redacted]" in violation["message"]
    assert key not in violation["message"]
    assert ("urn:mockserver:unknown-path", key) == (other.json()["type"], other.json()["title"])
    assert "bad-host" == host.headers["mock-refused"]
    assert "hunter2" not in host.text
