"""No credential is stored in clear text, and the journal of a store shows what the journal in memory shows."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, unquote

import httpx
import pytest

from mockserver.settings import Settings
from tests.store.replicas import Replicas
from tests.store.test_same_as_memory import differences, without_passing
from tests.support.credentials import CREDENTIALS, EXPECTATION, exchanges, secrets, write_files
from tests.support.mock import SESSION, Mock, mock_of
from tests.support.needs import need
from tests.support.shop import CARD, card_data, prepared
from tests.support.stores import PREFIX, TEST_STORE, StoreServer, program_of

BODY = {"operation": "add_method", "address": True}


@pytest.fixture(scope="module")
def memory() -> Iterator[Mock]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TEST_STORE, raising=False)
        with mock_of(Settings(seed=1)) as mock:
            yield mock.caller(None)


@pytest.fixture(scope="module")
def own_store() -> Iterator[StoreServer]:
    """A Redis server. What is written does not depend on the server that stores it."""
    need(program_of("redis"), "redis-server is not installed")
    server = StoreServer("redis")
    yield server
    server.close()


@pytest.fixture(scope="module")
def servers(own_store: StoreServer) -> Iterator[list[Mock]]:
    with Replicas(own_store.url, count=2) as replicas:
        yield [mock.caller(None) for mock in replicas.all]


@pytest.mark.parametrize("place", CREDENTIALS)
def test_no_credential_is_stored(own_store: StoreServer, tmp_path: Path, place: str) -> None:
    """Wherever a contract expects a credential, neither its value nor a copy in the exchange is in the store."""
    own_store.client.flushall()
    spec, scenarios = write_files(tmp_path)
    with Replicas(own_store.url, count=1, spec=spec, scenarios=scenarios) as replicas:
        client = replicas[0].caller(None).http
        replies = exchanges(client, CREDENTIALS[place])
        client.post("/__mock/verify", json={**EXPECTATION, "count": 0})
        client.put("/__mock/scenario", json={"name": "picky"})
        shown = client.get("/__mock/journal", params={"limit": 100})

    hidden = [text for text in own_store.contents() for secret in secrets(CREDENTIALS[place]) if secret in text]
    # The scenario's own reply has made-up secrets, which no client has sent.
    assert [] == [
        text for text in hidden if any(secret in _own_removed(text) for secret in secrets(CREDENTIALS[place]))
    ]
    assert len(replies) == len(shown.json()["entries"])


def _own_removed(text: str) -> str:
    return text.replace("hidden-set-cookie", "").replace("hidden-info", "")


def test_stripe_keys_are_not_stored(own_store: StoreServer) -> None:
    """Secret keys of Stripe and the value of Idempotency-Key's caller are hidden, on success and on errors."""
    key = "sk_test_hunter2hunter2"
    own_store.client.flushall()
    with Replicas(own_store.url, count=1) as replicas:
        mock = replicas[0]
        setup = prepared(mock)
        secret = mock.browser({"authorization": f"Bearer {key}"})
        basic = httpx.BasicAuth(key, "")
        for path, fields in (
            (f"/v1/setup_intents/{setup.id}/confirm", {"payment_method": "pm_card_visa"}),
            (f"/v1/setup_intents/{setup.id}/confirm", {"payment_method": key}),
            ("/v1/setup_intents/seti_unknown", {"description": f"my key is {key}"}),
            ("/v1/nothing", {"key": key}),
        ):
            secret.post(path, data=fields, headers={"idempotency-key": "k1"})
            mock.caller(None).http.post(path, data=fields, auth=basic, headers={"idempotency-key": "k2"})
        assert 8 + 1 == mock.caller(None).get("journal")["count"]

    assert [] == [text for text in own_store.contents() if "hunter2" in text]


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_basic_credentials_in_another_charset(own_store: StoreServer, servers: list[Mock], charset: str) -> None:
    """User and password of Basic authentication are hidden wherever they are sent again, in UTF-8 and in Latin-1."""
    servers[0].restore()
    user, password = "hünter2-user", "hünter2-password"
    basic = b64encode(f"{user}:{password}".encode(charset)).decode()
    servers[0].http.post(
        SESSION,
        headers=[(b"authorization", f"Basic {basic}".encode()), (b"x-note", password.encode(charset))],
        json={**BODY, "detail": f"I am {user} with {password}"},
        params={"x": password},
    )

    assert 1 == servers[0].caller(None).get("journal")["count"]
    assert [] == [text for text in own_store.contents() if "nter2-" in text]


# Requests with a secret that is no credential by its place: what follows the name of the place.
HIDDEN = "hunter2hunter2"
URL = f"https://bob:{HIDDEN}@example.com/x"
PLACES: dict[str, dict[str, Any]] = {
    "a URL in a header field": {"headers": {"referer": URL}},
    "a URL in the query": {"params": {"next": URL}},
    "a URL in the query, not encoded": {"url": f"{SESSION}?next={URL}"},
    "a URL in the path": {"url": f"/proxy/{URL}"},
    "a URL in the body": {"json": {**BODY, "next": URL}},
    "a URL in the body, with escapes": {"content": json.dumps({**BODY, "next": URL}).replace("/", "\\/")},
    "a key of Stripe in the query": {"params": {"x": f"sk_live_{HIDDEN}"}},
    "a key of Stripe in the body": {"json": {**BODY, "x": f"my key is rk_test_{HIDDEN}!"}},
    "a key of Stripe as the name of a parameter": {"url": f"{SESSION}?sk_live_{HIDDEN}=1&a=2"},
    "a parameter of a URL in a header field": {
        "headers": {"referer": f"https://shop.example/back?page=1&access_token={HIDDEN}#id_token={HIDDEN}"}
    },
    "a user in Host": {"headers": {"host": f"bob:{HIDDEN}@localhost"}},
    "a code of a card in a form": {
        "url": "/v1/payment_methods",
        "data": {"type": "card", "card[number]": "4242424242424242", "card[cvc]": HIDDEN},
    },
    "an account in a form": {
        "url": "/v1/payment_methods",
        "data": {"type": "sepa_debit", "sepa_debit[iban]": HIDDEN},
    },
    "a code of a card in JSON": {"json": {**BODY, "card": {"cvc": HIDDEN}}},
    "a key of Stripe in the path, escaped needlessly": {"url": f"/v1/sk%5Flive%5F{HIDDEN}"},
    "a key of Stripe in the query, escaped needlessly": {"url": f"{SESSION}?x=s%6B%5flive%5F{HIDDEN}"},
    "a key of Stripe in a form, escaped needlessly": {
        "url": "/v1/payment_methods",
        "content": f"type=card&note=a%26b+sk%5Flive%5F{HIDDEN}",
    },
    "a key of Stripe in JSON, escaped needlessly": {
        "content": json.dumps({**BODY, "x": f"ä sk_live_{HIDDEN}"}).replace("sk_", "s\\u006b\\u005F")
    },
    "a copy of a credential in the query, escaped needlessly": {
        "headers": {"x-api-key": HIDDEN},
        "url": f"{SESSION}?x={HIDDEN.replace('h', '%68')}",
    },
    "a copy of a credential in the path, escaped needlessly": {
        "headers": {"x-api-key": HIDDEN},
        "url": f"/v1/nowhere/{HIDDEN.replace('2', '%32')}",
    },
    "a copy of a credential in JSON, escaped needlessly": {
        "headers": {"x-api-key": HIDDEN},
        "content": json.dumps({**BODY, "x": HIDDEN, "n": 1}).replace("h", "\\u0068"),
    },
    "a code of a card in a form, escaped needlessly": {
        "url": "/v1/payment_methods",
        "content": f"type=card&card[number]=4242424242424242&card[%63vc]={HIDDEN}",
    },
    "a part of another credential": {"headers": {"x-api-key": "hunter2", "x-auth": HIDDEN}, "params": {"x": HIDDEN}},
}


def plain_spelling(text: str) -> str:
    """A text without the escapes of URLs and JSON."""
    return re.sub(r"\\+u00(..)", lambda escape: chr(int(escape[1], 16)), unquote(text))


@pytest.mark.parametrize("place", PLACES)
def test_secrets_in_other_places(own_store: StoreServer, servers: list[Mock], memory: Mock, place: str) -> None:
    """A secret that the journal hides is not in the store, and the journal is the same as in memory."""
    memory.restore()
    servers[0].restore()
    journals = []
    for one in (memory, servers[0]):
        options = {"url": SESSION, "json": BODY, **PLACES[place]}
        if "content" in options or "data" in options:
            del options["json"]
        is_form = options["url"] == "/v1/payment_methods"
        kind = "application/x-www-form-urlencoded" if is_form else "application/json"
        headers = {"wb-key": "api_key_demo", "content-type": kind, **options.pop("headers", {})}
        one.http.post(headers=headers, **options)
        journals.append(without_passing(one.get("journal")["entries"]))

    assert [] == [text for text in own_store.contents() if HIDDEN in plain_spelling(text)]
    assert [] == list(differences(*journals))


# Spellings of a card number.
NUMBERS = ("4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "4242%204242%204242%204242")


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("place", ["path", "query", "header", "body", "number", "text"])
def test_card_numbers_are_not_stored(
    own_store: StoreServer, servers: list[Mock], memory: Mock, place: str, number: str
) -> None:
    """A card number anywhere in a request is not in the store, the journal is that of memory, and verify finds it."""
    own_store.client.flushall()
    memory.restore()
    servers[0].restore()
    written = unquote(number)
    value = int(written) if place == "number" and written.isdigit() else written
    requests: dict[str, dict[str, Any]] = {
        "path": {"url": f"/pay/{number}/now"},
        "query": {"url": f"{SESSION}?x={number}&y=1"},
        "header": {"headers": {"x-note": f"it is {written}"}},
        "body": {"content": json.dumps({**BODY, "card": {"number": written}})},
        "number": {"content": json.dumps({**BODY, "n": value})},
        "text": {"content": json.dumps({**BODY, "note": f"my card is {written}."})},
    }
    options = requests[place]
    matchers: dict[str, dict[str, Any]] = {
        "query": {"query": {"x": written}},
        "header": {"header": {"x-note": f"it is {written}"}},
        "body": {"body": {"card": {"number": written}}},
        "number": {"body": {"n": value}},
        "text": {"body": {"note": f"my card is {written}."}},
    }
    found = []
    for one in (memory, servers[0]):
        headers = {"wb-key": "api_key_demo", "content-type": "application/json", **options.get("headers", {})}
        one.http.post(options.get("url", SESSION), headers=headers, content=options.get("content", json.dumps(BODY)))
        verified = one.verify(**matchers[place], count=1).status_code if place in matchers else 200
        found.append((without_passing(one.get("journal")["entries"]), verified))

    assert 200 == found[0][1] == found[1][1]
    # In memory, a redacted number in JSON has no quotes.
    assert place == "number" or [] == list(differences(found[0][0], found[1][0]))
    assert [] == [text for text in own_store.contents() if number in text or written in text]


def test_the_card_of_a_setup_is_not_stored(own_store: StoreServer) -> None:
    """Number and code of an entered card are not in the journal of the store, and verify finds them."""
    own_store.client.flushall()
    card = {"number": CARD, "cvc": "987", "exp_month": "12", "exp_year": "2034"}
    form = {"payment_method_data": {"type": "card", "card": card}}
    with Replicas(own_store.url, count=2) as replicas:
        setup = prepared(replicas[0])
        confirmed = setup.call("confirm", form, idempotency_key="k1")
        again = setup.at(replicas[1]).call("confirm", form, idempotency_key="k1")
        fields = {"payment_method_data": {"card": {"number": CARD, "cvc": "987"}}}
        verified = replicas[1].caller(None).verify(operation="confirm_setup_intent", body=fields, at_least=1)

    assert (200, "succeeded") == (confirmed.status_code, confirmed.json()["status"])
    assert confirmed.json() == again.json()
    assert 200 == verified.status_code, verified.text
    # A payment method refers to its test card by the number.
    entries = str(own_store.client.hgetall(f"{PREFIX}entries"))
    assert [] == [part for part in (CARD, "cvc]=987", "cvc%5D=987", '"cvc":"987"') if part in entries]


KEY = "hunter2hunter2"
# Expectations that a request with this key in many places fulfils.
EXPECTED: dict[str, dict[str, Any]] = {
    "the key": {"header": {"wb-key": KEY}},
    "a scheme": {"header": {"authorization": f"Bearer {KEY}"}},
    "a text with the key": {"header": {"x-note": f"it is {KEY}"}},
    "a text with the key twice": {"header": {"x-twice": f"{KEY} and {KEY}."}},
    "all cookies": {"header": {"cookie": f'session={KEY}; theme=dark; sid="{KEY}"'}},
    "a cookie": {"cookie": {"session": KEY}},
    "a URL": {"header": {"referer": f"https://bob:{KEY}@example.com/x"}},
    "a repeated field": {"header": {"x-api-key": "first1, second2"}},
    "a member": {"body": {"x": KEY}},
    "a member with a text": {"body": {"y": f"my {KEY}!"}},
    "a list": {"body": {"l": [1, {"of": [KEY]}]}},
    "a number": {"body": {"n": 7654321}},
    "another number": {"body": {"m": 5}},
    "a text like an escape": {"body": {"p": "10%30", "b": "C:\\u0041bc"}},
    "a parameter": {"query": {"q": f"a {KEY}"}},
    "one of several": {"header": {"wb-key": {"one_of": ["other", KEY]}}},
}
UNEXPECTED: dict[str, dict[str, Any]] = {
    "another key": {"header": {"wb-key": f"{KEY}3"}},
    "another text": {"header": {"x-note": f"it was {KEY}"}},
    "a longer text": {"header": {"x-note": f"it is {KEY}!"}},
    "another list": {"body": {"l": [1, {"of": [f"{KEY}3"]}]}},
    "a shorter list": {"body": {"l": [1]}},
    "another number": {"body": {"n": 7654322}},
}


def test_verify_with_credentials(servers: list[Mock], memory: Mock) -> None:
    """A matcher with a credential, or with a text or a list that contains one, finds the call as in memory."""
    memory.restore()
    servers[0].restore()
    headers = [("wb-key", KEY), ("x-other-key", "7654321"), ("x-api-key", "first1"), ("x-api-key", "second2")]
    headers += [("authorization", f"Bearer {KEY}"), ("x-note", f"it is {KEY}"), ("x-twice", f"{KEY} and {KEY}.")]
    headers += [("cookie", f'session={KEY}; theme=dark; sid="{KEY}"'), ("referer", f"https://bob:{KEY}@example.com/x")]
    body = {**BODY, "x": KEY, "y": f"my {KEY}!", "l": [1, {"of": [KEY]}], "n": 7654321, "m": 5}
    body |= {"p": "10%30", "b": "C:\\u0041bc"}
    for mock in (memory, servers[0]):
        mock.http.post(SESSION, headers=headers, json=body, params={"q": f"a {KEY}"})

    for statuses, cases in ((200, EXPECTED), (409, UNEXPECTED)):
        for name, expectation in cases.items():
            found = [mock.verify(**expectation, count=1).status_code for mock in (memory, servers[1])]
            assert [statuses, statuses] == found, name


# Words of the mock that are long enough to be searched for copies, each with a call that finds a request by it.
WORDS = ("payment", "customer", "happy_path", "unknown-path", "c_create_payment_session", "payment session created")


@pytest.mark.parametrize("word", WORDS)
def test_a_credential_that_is_a_word_of_the_mock(servers: list[Mock], memory: Mock, word: str) -> None:
    """What the mock itself says of a request is not masked, so filters and expectations find it."""
    memory.restore()
    servers[0].restore()
    found = []
    for mock in (memory, servers[0]):
        mock.http.post(SESSION, headers={"wb-key": word, "mock-namespace": word.replace(" ", "_")}, json=BODY)
        mock.http.post("/nowhere", headers={"wb-key": word})
        counts = [
            mock.get("journal", **query)["count"]
            for query in (
                {"operation": "c_create_payment_session"},
                {"scenario": "happy_path"},
                {"refused": "unknown-path"},
                {"namespace": word.replace(" ", "_")},
            )
        ]
        path = mock.verify(path={"customer_id": SESSION.split("/")[4]}, count=1).status_code
        found.append([*counts, path, [entry["id"] for entry in mock.get("journal")["entries"]]])

    assert found[0] == found[1]
    assert [1, 1, 1, 1, 200] == found[0][:5]


# Words that a store contains in any case.
USED = {"Request", "headers", "Headers", "add_method", "wb-key", "{mockserver}:", "session:1"}
ODD = (
    *("Request", "headers", "Headers", "bytes", "of", "@", "mask", "null", "true", "0", "a", "Reply", "wb-key"),
    *("session:1", "{mockserver}:", "*", "mask-0123456789abcdef0123456789abcdef", "[redacted]", "add_method"),
    *(
        'quo"ted',
        "back\\slash",
        "per%cent",
        "plus+plus",
        "two words",
        "tab\tbed",
        "a&b=c",
        "x" * 4000,
        # These are sent as UTF-8. The server reads each byte of a header field as one character.
        "hünter-zwei",
        "ключ-\N{KEY}",
    ),
)


@pytest.mark.parametrize("credential", ODD, ids=lambda value: ascii(value[:40]))
def test_odd_credentials(own_store: StoreServer, servers: list[Mock], memory: Mock, credential: str) -> None:
    """A credential that equals a word of the format, or is hard to write, changes no reply and no journal."""
    memory.restore()
    servers[0].restore()
    sent = credential.encode()
    copies = {"cookie": sent, "x-note": b"it is " + sent}
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", SESSION, {"json": BODY, "headers": {"wb-key": sent}}),
        ("POST", SESSION, {"json": {**BODY, "detail": f"of {credential}!"}, "headers": {"app-session": sent}}),
        (
            "POST",
            SESSION,
            {
                "json": {**BODY, credential: [credential]},
                "headers": {"wb-key": sent, **copies},
            },
        ),
        ("POST", f"{SESSION}?api_key={quote(credential)}&x={quote_plus(credential)}", {"headers": {"wb-key": sent}}),
        ("GET", f"/{quote(credential, safe='')}", {"headers": {"wb-key": sent, "authorization": b"Bearer " + sent}}),
        (
            "POST",
            "/v1/payment_methods",
            {"data": {"type": credential}, "headers": {"authorization": b"Bearer " + sent}},
        ),
        ("GET", "/__mock/journal", {"headers": {}}),
        ("GET", "/__mock/journal", {"headers": {"wb-key": sent}}),
        ("POST", "/__mock/verify", {"json": {"header": {"wb-key": credential}, "count": 4}, "headers": {}}),
        ("POST", "/__mock/verify", {"json": {"header": {"wb-key": "other"}, "count": 0}, "headers": {}}),
        ("GET", "/__mock/payment-sessions", {"headers": {"wb-key": sent}}),
        ("GET", "/__mock/coverage", {"headers": {"wb-key": sent}}),
    ]
    for number, (method, path, options) in enumerate(requests):
        expected = memory.http.request(method, path, **options)
        found = servers[number % 2].http.request(method, path, **options)
        assert [] == list(differences(shown(expected), shown(found))), (method, path)
    if credential not in USED and len(credential) > 5:
        spellings = {credential, json.dumps(credential)[1:-1]}
        assert [] == [text for text in own_store.contents() if any(each in text for each in spellings)]


def shown(reply: httpx.Response) -> list[Any]:
    return [reply.status_code, without_passing(reply.json()) if reply.content else None]


def test_cards_are_shown_as_in_memory(servers: list[Mock], memory: Mock) -> None:
    """Card numbers and client secrets are as hidden as in memory."""
    memory.restore()
    servers[0].restore()
    journals = []
    for one, two in ((memory, memory), servers):
        setup = prepared(one.caller("api_key_demo"))
        setup.call("confirm", {"payment_method_data": card_data()})
        journals.append(without_passing(two.get("journal")["entries"]))
    assert [] == list(differences(*journals))
    assert "4242424242424242" not in json.dumps(journals)


# Credentials in every place. Some of them equal words of the format, or have characters that are escaped somewhere.
SECRETS = {
    "a key": "api_key_hunter2",
    "a short key": "hunt3",
    "a word of the format": "headers",
    "quotes and spaces": 'hun"ter \\2',
    "other letters": "hünter-zwei",
}


@pytest.mark.parametrize("case", SECRETS)
def test_promise_10_no_credential_is_stored(store: StoreServer, case: str) -> None:
    """Neither the value of a credential nor a copy of it is in the store, and the journal can be read."""
    secret = SECRETS[case]
    sent = secret.encode("utf-8").decode("latin-1")
    with Replicas(store.url, count=1) as replicas:
        http = replicas[0].caller(None).http
        copies = {**BODY, "detail": f"my key is {secret}"}
        for headers in ({"wb-key": sent}, {"app-session": sent}, {"wb-key": sent, "authorization": f"Bearer {sent}"}):
            raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
            http.post(SESSION, json=copies, headers=raw, params={"api_key": secret})
            http.get("/unknown", headers=[*raw, (b"cookie", b"session=" + sent.encode("latin-1"))])
        entries = http.get("/__mock/journal").json()["entries"]
    texts = list(store.contents())

    assert 6 == len(entries)
    assert all(each["operation"] in {"c_create_payment_session", None} for each in entries)
    if case not in {"a word of the format", "a short key"}:
        variants = {secret, sent, json.dumps(secret)[1:-1], json.dumps(sent)[1:-1], repr(secret)[1:-1]}
        assert [] == [text for text in texts for variant in variants if variant in text]
    assert [] == [text for text in texts if f'["wb-key","{secret}"]' in text]
