"""The Stripe API follows spec/stripe.yaml, in both directions, for every operation and for random input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract import Contract
from mockserver.errors import REFUSALS
from mockserver.loading import load_engine
from mockserver.messages import Fault, Headers, Reply, Request
from mockserver.settings import Settings, bundled
from mockserver.stripe import StripeApi
from mockserver.stripe.stripe_operations import OPERATIONS
from mockserver.web.stripe_paths import SERVED, stripe_resource
from tests.support.cases import generated
from tests.support.mock import Mock, mock_of
from tests.support.shop import SECRET_KEY, Setup, card_data, prepared
from tests.support.state import memory_of

SPEC = bundled("spec") / "stripe.yaml"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.load(SPEC)


def test_the_operations_are_those_of_the_spec(contract: Contract) -> None:
    """The API has exactly the operations of spec/stripe.yaml."""
    assert sorted(contract.operations) == sorted(OPERATIONS)


def test_every_path_is_found(contract: Contract) -> None:
    """Every path of spec/stripe.yaml is sent to the Stripe API."""
    assert SERVED == {stripe_resource(path) for path in contract.document.data["paths"]}


def test_operations_of_the_mock_are_named_so(contract: Contract) -> None:
    """An operation that Stripe does not have is named mock_ in its operationId and path."""
    own = {name for name in contract.operations if name.startswith("mock_")}

    assert own == {each.id for each in contract.operations.values() if "/mock_" in each.template}
    assert [True] * len(own) == ["mock's own" in contract.operations[name].spec["description"] for name in own]


def exercise(setup: Setup, mock: Mock) -> list[httpx.Response]:
    """A reply of each operation, successes and errors."""
    bank = mock.browser({})
    path = f"/v1/setup_intents/{setup.id}"
    merchant = mock.browser({"authorization": f"Bearer {SECRET_KEY}"})
    fields = {"client_secret": setup.secret, "outcome": "pass", "return_url": "https://shop.example.com/"}
    challenge = setup.confirm("4000002500003155", return_url="https://shop.example.com/")
    return [
        setup.retrieve(),
        merchant.post(path, json={"metadata": {"a": "1"}}),
        challenge,
        bank.get(challenge.json()["next_action"]["redirect_to_url"]["url"]),
        bank.post(f"{path}/mock_challenge", data=fields),
        bank.post(f"{path}/mock_authenticate", data={"client_secret": setup.secret, "outcome": "fail"}),
        setup.call("cancel", {}),
        setup.http.post("/v1/payment_methods", json=card_data()),
        setup.http.post("/v1/tokens", json={"card": card_data()["card"]}),
        token := setup.http.post("/v1/confirmation_tokens", json={"payment_method_data": card_data()}),
        merchant.post("/v1/test_helpers/confirmation_tokens", json={"payment_method": "pm_success_de"}),
        merchant.get(f"/v1/confirmation_tokens/{token.json()['id']}"),
    ]


def test_promise_2_replies_are_in_contract(mock: Mock, contract: Contract) -> None:
    """Success and error of every operation follow spec/stripe.yaml; the test checks the sent bytes."""
    replies = exercise(prepared(mock), mock)
    entries = [entry for entry in memory_of(mock.engine).journal if entry.operation in OPERATIONS]

    assert set(OPERATIONS) == {entry.operation for entry in entries}
    assert [200, 200, 200, 200, 303, 400, 400, *[200] * 5] == [reply.status_code for reply in replies]
    assert [] == [
        violation
        for entry, reply in zip(entries, replies, strict=True)
        for violation in contract.reply_violations(
            str(entry.operation),
            Reply(status=reply.status_code, headers=tuple(reply.headers.items()), body=reply.content),
        )
    ]


def test_refusals_are_in_the_table(mock: Mock) -> None:
    """Every refusal is one that docs/refusals.md lists."""
    setup = prepared(mock)
    replies = [
        setup.retrieve(colour="red"),
        mock.browser({"authorization": "Bearer sk_live_1"}).get(f"/v1/setup_intents/{setup.id}"),
        setup.http.get("/v1/setup_intents"),
    ]

    assert [] == [reply.headers["mock-refused"] for reply in replies if reply.headers["mock-refused"] not in REFUSALS]
    assert [REFUSALS[reply.headers["mock-refused"]].status for reply in replies] == [
        reply.status_code for reply in replies
    ]


def test_a_reply_that_breaks_the_contract_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply that breaks spec/stripe.yaml is replaced by an error in Stripe's format."""
    side = StripeApi(load_engine(Settings(seed=1)), max_body=1 << 20)
    wrong = Reply(status=200, headers=(("content-type", "application/json"),), body=b'{"id": 1}')
    monkeypatch.setattr(side, "_operations", {"create_token": lambda call, caller: wrong})
    request = Request(
        method="POST",
        path="/v1/tokens",
        headers=Headers([("authorization", "Bearer sk_test_1")]),
        body=b"card[number]=4242424242424242",
    )
    reply = side.handle(request)
    assert isinstance(reply, Reply)

    assert (500, "api_error") == (reply.status, json.loads(reply.body)["error"]["type"])
    assert ("mock-refused", "reply-violates-contract") in reply.headers


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "client_secret",
        "payment_method",
        "payment_method_data",
        "payment_method_data[type]",
        "payment_method_data[card]",
        "payment_method_data[card][number]",
        "payment_method_data[card][exp_month]",
        "payment_method_data[sepa_debit][iban]",
        "card",
        "card[number]",
        "card[exp_month]",
        "card[exp_year]",
        "card[token]",
        "type",
        "billing_details[address]",
        "return_url",
        "confirmation_token",
        "shipping[address]",
        "shipping[name]",
        "payment_method_options[card]",
        "payment_method_options[card][request_three_d_secure]",
        "expand",
        "expand[]",
        "expand[0]",
        "outcome",
        "key",
        "_stripe_account",
        "[",
        "a[]b",
    ]
)
VALUES = st.sampled_from(
    [
        "",
        "card",
        "sepa_debit",
        "4242424242424242",
        "12",
        "2034",
        "x://y",
        "tok_visa",
        "pm_card_visa",
        "\x00",
        "%",
        "\u0663",
    ]
) | st.text(max_size=20)
TOKENS = ("/v1/confirmation_tokens", "/v1/confirmation_tokens/ctoken_1", "/v1/test_helpers/confirmation_tokens")
FIELDS = st.lists(st.tuples(NAMES | st.text(max_size=8), VALUES), max_size=8)
BODIES = (
    st.binary(max_size=60)
    | JSON.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))
    | st.fixed_dictionaries(
        {},
        optional={
            "payment_method_data": JSON,
            "payment_method": JSON,
            "expand": JSON,
            "card": JSON,
            "type": st.sampled_from(["card", "sepa_debit"]),
            "return_url": JSON,
            "client_secret": JSON,
            "key": JSON,
        },
    ).map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))
    | FIELDS.map(lambda pairs: urlencode(pairs).encode())
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "authorization": st.sampled_from(["Bearer sk_test_1", "Bearer", "Basic c2tfdGVzdF8xOg==", "Basic ///", "x"]),
        "content-type": st.sampled_from(
            ["application/json", "application/x-www-form-urlencoded", "text/plain", "x", ""]
        ),
        "stripe-account": st.text("abc_", max_size=5),
        "stripe-version": st.sampled_from(["2026-09-30.endive", "2020-08-27", "x", ""]),
        "idempotency-key": st.text("ab", max_size=3),
        "mock-namespace": st.text("ab", max_size=2),
        "host": st.sampled_from(["localhost", ""]),
    },
)


@pytest.fixture(scope="module")
def side() -> StripeApi:
    engine = load_engine(Settings(seed=1))
    return StripeApi(engine, max_body=1 << 20)


@generated(1 / 5)
@given(data=st.data())
def test_promise_1_never_a_surprise(side: StripeApi, data: st.DataObject) -> None:
    """No input causes a status of 500 or above, or an exception; every error is an error object."""
    engine = side._engine
    created = engine.handle(
        Request(
            method="POST",
            path="/v1/c/customer/Cust_1/payment/session",
            headers=Headers([("wb-key", "k"), ("content-type", "application/json")]),
            body=b'{"operation":"add_method","address":true}',
        )
    )
    assert isinstance(created, Reply)
    stripe = json.loads(created.body)["setup_intent"]["stripe"]
    name = stripe["client_secret"].partition("_secret_")[0]
    action = data.draw(st.sampled_from(["", "/confirm", "/cancel", "/mock_authenticate", "/mock_challenge", "/x", "/"]))
    path = data.draw(
        st.sampled_from([f"/v1/setup_intents/{name}{action}", "/v1/payment_methods", "/v1/tokens", "/v1/", *TOKENS])
    )
    headers = data.draw(HEADERS)
    if data.draw(st.booleans()):
        headers["authorization"] = "Bearer " + stripe["pk_key"]
    query = urlencode(data.draw(FIELDS))
    body = data.draw(BODIES).replace(b"SECRET", stripe["client_secret"].encode())
    if data.draw(st.booleans()):
        query = f"client_secret={stripe['client_secret']}&{query}"
    outcome = side.handle(
        Request(
            method=data.draw(st.sampled_from(["GET", "POST", "POST", "POST", "DELETE"])),
            path=path,
            query=query,
            headers=Headers(headers.items()),
            body=body,
        )
    )

    assert not isinstance(outcome, Fault)
    assert outcome.status < 500
    if outcome.status >= 400:
        assert json.loads(outcome.body)["error"]["message"]


def described(path: str) -> dict[str, Any]:
    """A contract with one of Stripe's own paths."""
    reply = {"content": {"application/json": {"schema": {"type": "string", "enum": ["ours"]}}}, "description": "fine"}
    return {
        "openapi": "3.0.3",
        "info": {"title": "ours", "version": "1"},
        "paths": {path: {"get": {"operationId": "ours", "responses": {"200": reply}}}},
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/v1/setup_intents/{id}", (200, 200, "unknown-path"), id="the path"),
        pytest.param("/v1/setup_intents/{id}/more", (404, 200, "unknown-path"), id="another path"),
        pytest.param("/{a}/{b}/{c}", (200, 200, None), id="any path"),
    ],
)
def test_the_contract_comes_first(tmp_path: Path, path: str, expected: tuple[int, int, str | None]) -> None:
    """The served contract answers its own paths, and the Stripe API answers the rest of Stripe's paths."""
    (tmp_path / "ours.json").write_text(json.dumps(described(path)), "utf-8")
    with mock_of(Settings(seed=1, spec=tmp_path / "ours.json")) as mock:
        client = mock.browser({"authorization": "Bearer sk_test_1"})
        ours = client.get("/v1/setup_intents/seti_1")
        stripes = client.post("/v1/payment_methods", json=card_data())
        other = client.get("/v1/charges/ch_1")

        assert expected == (ours.status_code, stripes.status_code, other.headers.get("mock-refused"))


@pytest.mark.parametrize(
    ("path", "called", "is_stripes"),
    [
        pytest.param("/v1/customers/{id}", "/v1/customers", False, id="a longer path"),
        pytest.param("/v1/customers", "/v1/customers/cus_1", False, id="a shorter path"),
        pytest.param("/v1/{resource}/{id}", "/v1/customers", False, id="any resource"),
        pytest.param("/v1/customers/{id}", "/v1/charges", True, id="another resource"),
        pytest.param("/customers", "/v1/customers", True, id="without the version"),
    ],
)
def test_the_contract_keeps_its_resources(tmp_path: Path, path: str, called: str, is_stripes: bool) -> None:  # noqa: FBT001  # a table's column
    """An unknown path below a path of the served contract is refused by the contract, otherwise by the Stripe API."""
    (tmp_path / "ours.json").write_text(json.dumps(described(path)), "utf-8")
    with mock_of(Settings(seed=1, spec=tmp_path / "ours.json")) as mock:
        reply = mock.browser({"authorization": "Bearer sk_test_1"}).get(called)

        assert (404, is_stripes) == (reply.status_code, "error" in reply.json())


def test_a_page_may_call(mock: Mock) -> None:
    """CORS lets a page send and read every header that Stripe's clients use."""
    setup = prepared(mock)
    origin = {"origin": "http://localhost:5173"}
    wanted = "authorization,content-type,idempotency-key,stripe-account"
    preflight = origin | {"access-control-request-method": "POST", "access-control-request-headers": wanted}
    allowed = mock.browser(preflight).request("OPTIONS", f"/v1/setup_intents/{setup.id}/confirm")
    reply = mock.browser(origin).get(
        f"/v1/setup_intents/{setup.id}",
        params={"key": setup.key, "client_secret": setup.secret, "_stripe_account": setup.account},
    )
    exposed = reply.headers["access-control-expose-headers"].split(", ")

    assert wanted == allowed.headers["access-control-allow-headers"].replace(" ", "")
    assert ("http://localhost:5173", 200) == (reply.headers["access-control-allow-origin"], reply.status_code)
    assert {
        "Request-Id",
        "Idempotency-Key",
        "Idempotent-Replayed",
        "Original-Request",
        "Mock-Refused",
        "Mock-Entry",
    } <= set(exposed)
