"""Idempotency-Key: the same request is answered the same, and nothing is done twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mockserver.settings import Settings
from tests.support.mock import Mock, mock_of
from tests.support.shop import card_data, prepared

DECLINED = {"payment_method_data": card_data("4000000000000002")}
VISA = {"payment_method": "pm_card_visa"}


@pytest.mark.parametrize("fields", [VISA, DECLINED], ids=["success", "decline"])
def test_a_repeated_confirmation_is_replayed(mock: Mock, fields: dict[str, object]) -> None:
    """Same key, same parameters: the same status and bytes, marked as a replay; one payment method is saved at most."""
    setup = prepared(mock)
    first, second = (setup.call("confirm", fields, idempotency_key="k1") for _ in range(2))

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert (None, "true") == (first.headers.get("idempotent-replayed"), second.headers.get("idempotent-replayed"))
    assert first.headers["request-id"] == second.headers["original-request"] != second.headers["request-id"]
    assert (1 if fields == VISA else 0) == len(setup.saved())


def test_form_and_json_mean_the_same(mock: Mock) -> None:
    """What counts is what is said, not how."""
    setup = prepared(mock)
    setup.call("confirm", VISA, idempotency_key="k1")
    again = setup.http.post(
        f"/v1/setup_intents/{setup.id}/confirm",
        json=VISA | {"client_secret": setup.secret},
        headers={"Idempotency-Key": "k1"},
    )

    assert "true" == again.headers.get("idempotent-replayed")


def test_other_parameters_are_an_error(mock: Mock) -> None:
    """A key belongs to what it was first sent with: parameters, operation and setup intent."""
    one, two = prepared(mock), prepared(mock)
    one.call("confirm", DECLINED, idempotency_key="k1")
    replies = [
        one.call("confirm", VISA, idempotency_key="k1"),
        one.call("cancel", {}, idempotency_key="k1"),
        two.call("confirm", DECLINED, idempotency_key="k1"),
    ]

    assert [(400, "idempotency_error")] * 3 == [(reply.status_code, reply.json()["error"]["type"]) for reply in replies]
    assert "succeeded" == one.call("confirm", VISA, idempotency_key="k2").json()["status"]


def test_what_was_refused_can_be_mended(mock: Mock) -> None:
    """A request that never began uses no key up."""
    setup = prepared(mock)
    assert 400 == setup.call("confirm", VISA | {"colour": "red"}, idempotency_key="k1").status_code

    assert 200 == setup.call("confirm", VISA, idempotency_key="k1").status_code


def test_callers_do_not_share_keys(mock: Mock) -> None:
    """Each namespace has its own, and a reset forgets them."""
    one, two = prepared(mock), prepared(mock.caller("api_key_other"))
    one.call("confirm", VISA, idempotency_key="k1")

    assert None is two.call("confirm", VISA, idempotency_key="k1").headers.get("idempotent-replayed")
    mock.http.post("/__mock/reset")
    again = prepared(mock)
    assert None is again.call("confirm", VISA, idempotency_key="k1").headers.get("idempotent-replayed")
    assert "true" == two.call("confirm", VISA, idempotency_key="k1").headers.get("idempotent-replayed")


def test_payment_methods_too(mock: Mock) -> None:
    """Everything that is posted can be repeated."""
    setup = prepared(mock)
    headers = {"Idempotency-Key": "k1"}
    made = [setup.http.post("/v1/payment_methods", json=card_data(), headers=headers) for _ in range(2)]

    assert made[0].json() == made[1].json()


@pytest.mark.parametrize("key", ["", "k" * 256], ids=["empty", "too long"])
def test_a_key_that_is_none(mock: Mock, key: str) -> None:
    """Stripe takes keys of up to 255 characters."""
    reply = prepared(mock).call("confirm", VISA, idempotency_key=key)

    assert (400, "contract-violation") == (reply.status_code, reply.headers["mock-refused"])


@pytest.fixture
def cut(tmp_path: Path) -> Iterator[Mock]:
    """A mock whose answers to confirmations are lost."""
    stub = {
        "name": "payment session created",
        "operation": "c_create_payment_session",
        "reply": {"payment_session": {}, "on_confirm": {"fault": "connection_reset"}},
    }
    (tmp_path / "cut.yaml").write_text(json.dumps({"about": "The answer is lost.", "stubs": [stub]}), "utf-8")
    with mock_of(Settings(seed=1, scenarios=tmp_path, scenario="cut")) as mock:
        yield mock


def test_a_lost_answer_is_found_again(cut: Mock) -> None:
    """After a fault the same key gets the answer that was lost: that is what the keys are for."""
    setup = prepared(cut)
    with pytest.raises(httpx.NetworkError):
        setup.call("confirm", VISA, idempotency_key="k1")
    found = setup.call("confirm", VISA, idempotency_key="k1")

    assert ("true", "succeeded") == (found.headers["idempotent-replayed"], found.json()["status"])


def test_a_browser_loses_every_answer(cut: Mock) -> None:
    """It sends a request again without a word when the connection breaks, and its page is to hear of the fault."""
    setup = prepared(cut)
    for _ in range(3):
        with pytest.raises(httpx.NetworkError):
            setup.call("confirm", VISA, idempotency_key="k1", origin="http://localhost:3000")

    assert "succeeded" == setup.retrieve().json()["status"]
    assert 1 == len(setup.saved())
