"""A scenario may give several callers the same client secret or key. Each caller still has its own setup intent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.settings import Settings
from tests.support.mock import Mock, mock_of
from tests.support.shop import SECRET_KEY, Setup, card_data, prepared

SECRET = "seti_Fixed_secret_Fixed"
STRIPE = {
    "same_secret": {"client_secret": SECRET},
    "same_key": {"pk_key": "pk_test_mine"},
    "same_both": {"client_secret": SECRET, "pk_key": "pk_test_mine"},
}


@pytest.fixture(scope="module")
def shared_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    folder: Path = tmp_path_factory.mktemp("scenarios")
    for name, stripe in STRIPE.items():
        reply = {"payment_session": {"setup_intent": {"stripe": stripe}}}
        stub = {"name": "created", "operation": "c_create_payment_session", "reply": reply}
        Path(folder, f"{name}.yaml").write_text(json.dumps({"about": "A test's own.", "stubs": [stub]}), "utf-8")
    with mock_of(Settings(seed=1, scenarios=folder)) as mock:
        yield mock


def two(mock: Mock, scenario: str) -> tuple[Setup, Setup]:
    """Two callers, each with a payment session."""
    one, other = (prepared(mock.caller(f"api_key_{name}"), scenario=scenario) for name in ("A", "B"))
    return one, other


def test_the_key_identifies_the_caller(mock: Mock) -> None:
    """A page sends the publishable key of its session, which identifies its setup intent."""
    one, other = two(mock, "same_secret")
    replies = [one.retrieve(), one.confirm(), other.retrieve()]

    assert [200, 200, 200] == [reply.status_code for reply in replies]
    assert ("succeeded", "created") == (one.status, other.status)
    assert (1, 0) == (len(one.saved()), len(other.saved()))
    seen = [[entry["operation"] for entry in each.mock.get("journal")["entries"]] for each in (one, other)]
    assert (True, False) == tuple("confirm_setup_intent" in operations for operations in seen)


@pytest.mark.parametrize("scenario", ["same_secret", "same_both"])
def test_the_namespace_identifies_the_caller(mock: Mock, scenario: str) -> None:
    """A backend can send its namespace or its key for Wingback. Without either, the latest setup intent is meant."""
    one, other = two(mock, scenario)
    path = "/v1/setup_intents/seti_Fixed"
    backend = {"authorization": f"Bearer {SECRET_KEY}"}
    mock.browser({**backend, "wb-key": "api_key_A"}).post(f"{path}/confirm", json={"payment_method": "pm_card_visa"})

    assert ("succeeded", "created") == (one.status, other.status)
    assert "requires_payment_method" == mock.browser(backend).get(path).json()["status"]
    other.mock.http.post("/__mock/reset")
    assert "succeeded" == mock.browser(backend).get(path).json()["status"]
    one.mock.http.post("/__mock/reset")
    assert 404 == mock.browser(backend).get(path).status_code


def test_methods_from_a_shared_key_have_no_owner(mock: Mock) -> None:
    """A payment method that was created with a shared key stays when one caller resets its state."""
    one, other = two(mock, "same_key")
    made = one.http.post("/v1/payment_methods", json=card_data()).json()
    other.mock.http.post("/__mock/reset")

    assert "succeeded" == one.confirm_with(made["id"]).json()["status"]


def test_a_named_namespace_has_its_own_key(mock: Mock) -> None:
    """Namespaces with the same credential have different keys, so that a page's calls belong to the right namespace."""
    keys = []
    for name in ("t1", "t2"):
        mock.http.headers["mock-namespace"] = name
        setup = prepared(mock)
        setup.http.post("/v1/payment_methods", json=card_data())
        keys.append((setup.key, setup.account, [entry["operation"] for entry in mock.get("journal")["entries"]]))
        del mock.http.headers["mock-namespace"]
    (one, account, seen), (other, same, _) = keys

    assert one != other
    assert account == same
    assert ["c_create_payment_session", "create_payment_method"] == seen


@pytest.mark.parametrize("way", ["form", "encoded form", "JSON", "query"])
def test_the_key_can_be_sent_in_several_ways(mock: Mock, way: str) -> None:
    """The key is found in a form, percent-encoded or not, in JSON and in the query."""
    setup = prepared(mock)
    card = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=34"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    client = mock.browser({})
    match way:
        case "form":
            reply = client.post("/v1/payment_methods", content=f"{card}&key={setup.key}", headers=kind)
        case "encoded form":
            key = setup.key.replace("_", "%5f")
            reply = client.post("/v1/payment_methods", content=f"{card}&%6bey={key}", headers=kind)
        case "JSON":
            reply = client.post("/v1/payment_methods", json=card_data() | {"key": setup.key})
        case _:
            reply = client.post(f"/v1/payment_methods?key={setup.key}", content=card, headers=kind)

    assert 200 == reply.status_code, reply.text
    assert "create_payment_method" == mock.get("journal")["entries"][-1]["operation"]


def test_a_repeated_secret_is_not_replayed(mock: Mock) -> None:
    """An idempotency key does not carry over to a new session with the same secret."""
    confirm = {"payment_method": "pm_card_visa"}
    first = prepared(mock, scenario="same_both")
    first.call("confirm", confirm, idempotency_key="1")
    again = prepared(mock, scenario="same_both")
    reply = again.call("confirm", confirm, idempotency_key="1")

    assert None is reply.headers.get("idempotent-replayed")
    assert ("succeeded", "succeeded") == (reply.json()["status"], again.status)
