"""Idempotency-Key: a repeated request gets the same reply, and takes effect once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.settings import Settings
from tests.support.mock import Mock, mock_of
from tests.support.shop import card_data, prepared

DECLINED = {"payment_method_data": card_data("4000000000000002")}
VISA = {"payment_method": "pm_card_visa"}


@pytest.mark.parametrize("fields", [VISA, DECLINED], ids=["success", "decline"])
def test_a_repeated_confirmation_is_replayed(mock: Mock, fields: dict[str, object]) -> None:
    """The same key and parameters get the same bytes, marked as a replay; the payment method is saved once."""
    setup = prepared(mock)
    first, second = (setup.call("confirm", fields, idempotency_key="k1") for _ in range(2))

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert (None, "true") == (first.headers.get("idempotent-replayed"), second.headers.get("idempotent-replayed"))
    assert first.headers["request-id"] == second.headers["original-request"] != second.headers["request-id"]
    assert (1 if fields == VISA else 0) == len(setup.saved())


ECHOED: dict[str, tuple[str, Mapping[str, Any], int]] = {
    "success": ("/confirm", VISA, 200),
    "decline": ("/confirm", DECLINED, 402),
    "an unknown parameter": ("/confirm", VISA | {"colour": "red"}, 400),
    "an unknown payment method": ("/confirm", {"payment_method": "pm_none"}, 400),
    "an unknown path": ("/nothing", VISA, 404),
}


@pytest.mark.parametrize("name", ECHOED)
def test_the_key_is_echoed(mock: Mock, name: str) -> None:
    """The reply has the key that was sent, also on an error and on a replay."""
    action, fields, status = ECHOED[name]
    setup = prepared(mock)
    replies = [setup.call(action[1:], fields, idempotency_key="k 1-~") for _ in range(2)]

    assert [(status, "k 1-~")] * 2 == [(each.status_code, each.headers.get("idempotency-key")) for each in replies]


def test_a_misused_key_is_echoed(mock: Mock) -> None:
    """The error about a key that was used for another request has the key, too."""
    setup = prepared(mock)
    replies = [setup.call("confirm", fields, idempotency_key="k1") for fields in (DECLINED, VISA)]

    assert [(402, "k1"), (400, "k1")] == [(each.status_code, each.headers.get("idempotency-key")) for each in replies]


def test_no_key_is_made_up(mock: Mock) -> None:
    """A reply to a request without a key, or to a GET request, has no key."""
    setup = prepared(mock)
    read = setup.http.get(
        f"/v1/setup_intents/{setup.id}", params={"client_secret": setup.secret}, headers={"Idempotency-Key": "k1"}
    )

    assert [200, 200] == [read.status_code, (confirmed := setup.confirm()).status_code]
    assert [False, False] == ["idempotency-key" in each.headers for each in (read, confirmed)]


def test_form_and_json_are_the_same_request(mock: Mock) -> None:
    """The same parameters as a form and as JSON are the same request."""
    setup = prepared(mock)
    setup.call("confirm", VISA, idempotency_key="k1")
    again = setup.http.post(
        f"/v1/setup_intents/{setup.id}/confirm",
        json=VISA | {"client_secret": setup.secret},
        headers={"Idempotency-Key": "k1"},
    )

    assert "true" == again.headers.get("idempotent-replayed")


def test_other_parameters_are_an_error(mock: Mock) -> None:
    """A key with other parameters, another operation or another setup intent is an error."""
    one, two = prepared(mock), prepared(mock)
    one.call("confirm", DECLINED, idempotency_key="k1")
    replies = [
        one.call("confirm", VISA, idempotency_key="k1"),
        one.call("cancel", {}, idempotency_key="k1"),
        two.call("confirm", DECLINED, idempotency_key="k1"),
    ]

    assert [(400, "idempotency_error")] * 3 == [(reply.status_code, reply.json()["error"]["type"]) for reply in replies]
    assert "succeeded" == one.call("confirm", VISA, idempotency_key="k2").json()["status"]


def test_a_refused_request_can_be_corrected(mock: Mock) -> None:
    """A refused request does not use up its key."""
    setup = prepared(mock)
    assert 400 == setup.call("confirm", VISA | {"colour": "red"}, idempotency_key="k1").status_code

    assert 200 == setup.call("confirm", VISA, idempotency_key="k1").status_code


def test_callers_do_not_share_keys(mock: Mock) -> None:
    """Each namespace has its own keys, and a reset deletes them."""
    one, two = prepared(mock), prepared(mock.caller("api_key_other"))
    one.call("confirm", VISA, idempotency_key="k1")

    assert None is two.call("confirm", VISA, idempotency_key="k1").headers.get("idempotent-replayed")
    mock.http.post("/__mock/reset")
    again = prepared(mock)
    assert None is again.call("confirm", VISA, idempotency_key="k1").headers.get("idempotent-replayed")
    assert "true" == two.call("confirm", VISA, idempotency_key="k1").headers.get("idempotent-replayed")


def test_a_payment_method_is_replayed(mock: Mock) -> None:
    """Creating a payment method can be repeated too."""
    setup = prepared(mock)
    headers = {"Idempotency-Key": "k1"}
    replies = [setup.http.post("/v1/payment_methods", json=card_data(), headers=headers) for _ in range(2)]

    assert replies[0].json() == replies[1].json()


@pytest.mark.parametrize("key", ["", "k" * 256], ids=["empty", "too long"])
def test_an_invalid_key(mock: Mock, key: str) -> None:
    """An empty key, or one with more than 255 characters, is refused, as by Stripe."""
    reply = prepared(mock).call("confirm", VISA, idempotency_key=key)

    assert (400, "contract-violation") == (reply.status_code, reply.headers["mock-refused"])


@pytest.fixture
def cut(tmp_path: Path) -> Iterator[Mock]:
    """A mock that resets the connection on every confirmation."""
    stub = {
        "name": "payment session created",
        "operation": "c_create_payment_session",
        "reply": {"payment_session": {}, "on_confirm": {"fault": "connection_reset"}},
    }
    (tmp_path / "cut.yaml").write_text(json.dumps({"about": "The answer is lost.", "stubs": [stub]}), "utf-8")
    with mock_of(Settings(seed=1, scenarios=tmp_path, scenario="cut")) as mock:
        yield mock


def test_a_lost_reply_is_replayed(cut: Mock) -> None:
    """After a fault, the same key gets the lost reply."""
    setup = prepared(cut)
    with pytest.raises(httpx.NetworkError):
        setup.call("confirm", VISA, idempotency_key="k1")
    found = setup.call("confirm", VISA, idempotency_key="k1")

    assert ("true", "succeeded") == (found.headers["idempotent-replayed"], found.json()["status"])


def test_a_browser_gets_the_fault_every_time(cut: Mock) -> None:
    """A browser repeats a request when the connection breaks, so each attempt gets the fault."""
    setup = prepared(cut)
    for _ in range(3):
        with pytest.raises(httpx.NetworkError):
            setup.call("confirm", VISA, idempotency_key="k1", origin="http://localhost:3000")

    assert "succeeded" == setup.retrieve().json()["status"]
    assert 1 == len(setup.saved())
