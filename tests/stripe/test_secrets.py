"""Card numbers, codes and keys appear in no reply, journal or log, and real card numbers are not stored."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from mockserver.loading import load_engine
from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import AccessLog, create_app
from tests.support.mock import Mock
from tests.support.shop import SECRET_KEY, Setup, card_data, flat, prepared
from tests.support.state import memory_of

REAL = "4111111111111111"
GROUPED = "4111 1111 1111 1111"
IBAN = "GB29NWBK60161331926819"


def journal_of(mock: Mock) -> str:
    """The journal without times and durations, whose digits may contain any number by chance."""
    journal = mock.get("journal")
    for entry in journal["entries"]:
        del entry["at"], entry["duration"]
    return json.dumps(journal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A mock with an access log."""

    mock: Mock
    log: AccessLog
    stream: io.StringIO

    def clear(self) -> None:
        self.mock.restore()
        self.log.close()
        self.stream.seek(0)
        self.stream.truncate()

    @property
    def text(self) -> str:
        """All lines of the log."""
        self.log.close()
        return self.stream.getvalue()


@pytest.fixture(scope="module", params=["text", "json"])
def logged(request: pytest.FixtureRequest) -> Iterator[Logged]:
    """A mock that logs in either format."""
    form: Literal["text", "json"] = request.param
    stream = io.StringIO()
    log = AccessLog(form, stream)
    settings = Settings(seed=1)
    engine = load_engine(settings)
    with BackgroundServer(create_app(settings, engine=engine, log=log)) as server, ExitStack() as stack:
        yield Logged(mock=Mock(server.url, engine, stack), log=log, stream=stream)


def real_number_request(way: str, setup: Setup) -> tuple[str, dict[str, Any]]:
    """The path and the fields of a request with a real card number or a real IBAN."""
    data = card_data(GROUPED, cvc="737")
    match way:
        case "payment method":
            return "/v1/payment_methods", data
        case "token":
            return "/v1/tokens", {"card": data["card"]}
        case "account":
            return "/v1/payment_methods", {"type": "sepa_debit", "sepa_debit": {"iban": IBAN}}
        case "unknown parameter":
            return "/v1/tokens", {"card": {REAL: GROUPED}}
    fields = {"client_secret": setup.secret, "payment_method_data": data}
    return f"/v1/setup_intents/{setup.id}/confirm", fields


@pytest.mark.parametrize("way", ["confirm", "confirm, JSON", "payment method", "token", "account", "unknown parameter"])
def test_promise_10_a_real_number_goes_nowhere(logged: Logged, way: str) -> None:
    """A real card number is in no reply, not in the journal, not in the log and not in a stored request."""
    logged.clear()
    setup = prepared(logged.mock)
    path, fields = real_number_request(way, setup)
    reply = setup.http.post(path, json=fields) if "JSON" in way else setup.http.post(path, data=flat(fields))
    requests = [
        entry.request
        for entry in memory_of(logged.mock.engine).journal
        if entry.operation != "c_create_payment_session"
    ]
    text = "\n".join([reply.text, journal_of(logged.mock), logged.text, *map(repr, requests)])

    assert reply.status_code in {400, 402}
    assert [] == [secret for secret in ("41111111", "1111 1111", "1111+1111", "737&", '"737"', IBAN) if secret in text]


def test_a_real_number_is_not_stored(mock: Mock) -> None:
    """After the reply, no stored request contains a real card number."""
    number = "5454" + "5454" + "5454" + "5454"
    setup = prepared(mock)
    setup.http.post("/v1/payment_methods", data=flat(card_data(number)))
    stored = [entry.request.body for entry in memory_of(mock.engine).journal]

    assert [] == [body for body in stored if number.encode() in body]


def test_promise_10_keys_are_not_shown(mock: Mock) -> None:
    """A secret key from a header or the query is not in the journal."""
    setup = prepared(mock)
    basic = b64encode(f"{SECRET_KEY}:".encode()).decode()
    bearer = {"authorization": f"Bearer {SECRET_KEY}"}
    for headers, query in ((bearer, {}), ({"authorization": f"Basic {basic}"}, {}), ({}, {"key": SECRET_KEY})):
        reply = mock.browser(headers).get(f"/v1/setup_intents/{setup.id}", params=query)
        assert 200 == reply.status_code
    journal = journal_of(mock)

    assert [] == [secret for secret in (SECRET_KEY, basic, setup.secret) if secret in journal]


CARD_NUMBER = "payment_method_data[type]=card&payment_method_data[card][number]="
SPELLINGS = {
    "two spaces": f"{CARD_NUMBER}4111++1111++1111++1111",
    "no-break spaces": f"{CARD_NUMBER}4111%C2%A01111%C2%A01111%C2%A01111",
    "dots": f"{CARD_NUMBER}4111.1111.1111.1111",
    "tabs": f"{CARD_NUMBER}4111%091111%091111%091111",
    "as a token": "payment_method_data[type]=card&payment_method_data[card][token]=4111111111111111",
    "as a payment method": "payment_method=4111.1111.1111.1111",
    "as a member to expand": "payment_method=pm_card_visa&expand[]=4111111111111111",
    "encoded name": "payment_method_data[type]=sepa_debit&payment_method_data[sepa_debit][%69ban]=DE754111111111111111",
    "unknown parameter": "iban2=DE754111111111111111",
}


@pytest.mark.parametrize("body", SPELLINGS.values(), ids=SPELLINGS)
def test_promise_10_every_spelling_of_a_number(mock: Mock, body: str) -> None:
    """A refused body is neither stored nor repeated, because it may contain a number in an unknown spelling."""
    setup = prepared(mock)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    content = f"client_secret={setup.secret}&{body}"
    reply = setup.http.post(f"/v1/setup_intents/{setup.id}/confirm", content=content, headers=headers)

    assert 400 <= reply.status_code < 500
    assert "1111" not in reply.text.replace(setup.id, "")
    assert "4111" not in journal_of(mock).replace(setup.id, "")


CARD = {
    "payment_method_data[type]": "card",
    "payment_method_data[card][exp_month]": "12",
    "payment_method_data[card][exp_year]": "34",
}


def form(**more: str) -> str:
    return "&".join(f"{name}={value}" for name, value in {**CARD, **more}.items())


def escaped(text: str) -> str:
    """A text with every character as a JSON escape."""
    return "".join(f"\\u{ord(each):04x}" for each in text)


# Accepted bodies whose secrets are encoded, so that no pattern finds them; {id} and {rest} make the client secret.
HIDDEN = {
    "client secret, an encoded letter": form(client_secret="{id}_%73ecret_{rest}")
    + "&payment_method_data[card][number]=4242424242424242",
    "client secret, an escape": '{{"client_secret":"{id}\\u005fsecret_{rest}","payment_method":"pm_card_visa"}}',
    "key, encoded": "client_secret={id}_secret_{rest}&payment_method=pm_card_visa&key=sk%5ftest%5fHIDDENKEY",
    "number, two spaces": form(client_secret="{id}_secret_{rest}")
    + "&payment_method_data[card][number]=4242++4242++4242++4242",
    "number, no-break spaces": form(client_secret="{id}_secret_{rest}")
    + "&payment_method_data[card][number]=4242%C2%A04242%C2%A04242%C2%A04242",
    "number, hyphens around": form(client_secret="{id}_secret_{rest}")
    + "&payment_method_data[card][number]=-4242424242424242-",
    "number and code, escaped": '{{"client_secret":"{id}_secret_{rest}",'
    '"payment_method_data":{{"type":"card","card":{{"number":"'
    + escaped("4242424242424242")
    + '","\\u0063vc":"987","exp_month":12,"exp_year":34}}}}}}',
}


@pytest.mark.parametrize("name", HIDDEN)
def test_promise_10_an_encoding_hides_nothing(mock: Mock, name: str) -> None:
    """The journal shows an encoded body decoded and without its secrets."""
    setup = prepared(mock)
    rest = setup.secret.partition("_secret_")[2]
    body = HIDDEN[name].format(id=setup.id, rest=rest)
    kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
    credentials = {"authorization": f"Bearer {setup.key}", "stripe-account": setup.account}
    client = mock.browser({**credentials, "content-type": kind})
    if "key," in name:
        del client.headers["authorization"]
    reply = client.post(f"/v1/setup_intents/{setup.id}/confirm", content=body)
    journal = journal_of(mock).replace(setup.id, "")

    assert 200 == reply.status_code, reply.text
    assert [] == [
        secret
        for secret in (rest, "HIDDENKEY", '987\\"', "4242424242424242", "4242++", "%A0", escaped("42"))
        if secret in journal
    ]


PLACES = {
    "glued to an id": ("GET", "/v1/setup_intents/seti_{number}", {}, None),
    "glued to a letter": ("GET", "/v1/c/customer/x{number}/payment/method", {}, None),
    "before a hyphen": ("GET", "/v1/{number}-", {}, None),
    "with an underscore": ("GET", "/v1/x?{number}_x=1", {}, None),
    "in a header": ("GET", "/v1/x", {"x-note": "order{number}"}, None),
    "as a key of JSON, twice": (
        "POST",
        "/v1/tokens",
        {"content-type": "application/json"},
        '{{"{number}":1,"{number}":2}}',
    ),
    "as a media type": ("POST", "/v1/c/customer/Cust_1/payment/session", {"content-type": "text/x{number}"}, "{{}}"),
    "as a scenario": ("POST", "/v1/c/customer/Cust_1/payment/session", {"mock-scenario": "x{number}"}, "{{}}"),
    "as a value that breaks the contract": (
        "POST",
        "/v1/c/customer/Cust_1/payment/session",
        {},
        '{{"operation":"{number}","address":true}}',
    ),
    "as an origin": ("GET", "/v1/x", {"origin": "https://x{number}.example"}, None),
    "as a scenario to activate": (
        "PUT",
        "/__mock/scenario",
        {"content-type": "application/json"},
        '{{"name":"x{number}"}}',
    ),
    "as an operation to verify": (
        "POST",
        "/__mock/verify",
        {"content-type": "application/json"},
        '{{"operation":"x{number}"}}',
    ),
}
NUMBERS = ["4111111111111111", "4111.1111.1111.1111", "501234567896"]


@pytest.mark.parametrize("place", PLACES)
def test_promise_10_a_number_in_any_place(logged: Logged, place: str) -> None:
    """A number in any part of a request is in no reply, not in the journal and not in the log."""
    method, path, headers, body = PLACES[place]
    shown = []
    for number in NUMBERS:
        logged.clear()
        reply = logged.mock.http.request(
            method,
            path.format(number=number),
            headers={name: value.format(number=number) for name, value in headers.items()},
            content=None if body is None else body.format(number=number),
        )
        texts = {"reply": reply.text, "journal": journal_of(logged.mock), "log": logged.text}
        shown += [(number, where) for where, text in texts.items() if number in text]
        assert texts["log"]

    assert [] == shown


HOSTILE = {
    "many numbers": "_".join(["4242424242424242"] * 58_000),
    "many numbers, hyphens": "-".join(["4242424242424242"] * 58_000),
    "many digits": "4_" * 500_000,
    "many groups": "4111.1111.1111.1111," * 50_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_promise_15_no_text_takes_long(mock: Mock, name: str) -> None:
    """The mock removes secrets from a body of one megabyte in linear time; otherwise this test would not end."""
    headers = {"content-type": "application/json"}
    body = json.dumps({"operation": "add_method", "address": True, "plan_id": HOSTILE[name]})[: 1024 * 1024]
    mock.http.post("/v1/c/customer/Cust_1/payment/session", content=body, headers=headers)
    journal = journal_of(mock)

    assert "4242424242424242" not in journal
    assert "4111.1111" not in journal
