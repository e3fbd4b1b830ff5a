"""docs/choices.md: the cases with several possible results, compared with what the mock does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from mockserver.settings import Settings
from tests.support.calls import BODY, PATH
from tests.support.markdown import rows
from tests.support.mock import Mock, mock_of
from tests.support.shop import SECRET_KEY, prepared

DOCUMENT = "docs/choices.md"


def statuses(caller: Mock, count: int, scenario: str = "retry_after_503") -> list[int]:
    """The statuses of calls with this scenario; it refuses two calls and then answers."""
    headers = {"mock-scenario": scenario}
    body = {"operation": "add_method", "address": True}
    return [caller.http.post(PATH, json=body, headers=headers).status_code for _ in range(count)]


def restarted(mock: Mock, name: str | None, *, server_wide: bool) -> tuple[bool, bool]:
    """Whether an activation restarts a sequence that is used up: in the namespace, and in another one."""
    other = mock.caller("api_key_other")
    for caller in (mock, other):
        assert [503, 503, 200] == statuses(caller, 3)
    assert 200 == (mock.caller(None) if server_wide else mock).activate(name).status_code
    first, second = ([503] == statuses(caller, 1) for caller in (mock, other))
    return first, second


def activation(mock: Mock) -> bool:
    own = restarted(mock, "retry_after_503", server_wide=False)
    mock.restore()
    every = restarted(mock, "retry_after_503", server_wide=True)
    mock.restore()
    of_another = restarted(mock, "card_declined", server_wide=True)
    return (own, every, of_another) == ((True, False), (True, True), (False, False))


def deactivation(mock: Mock) -> bool:
    own = restarted(mock, None, server_wide=False)
    mock.restore()
    return (own, restarted(mock, None, server_wide=True)) == ((True, False), (True, True))


def stripe_namespaces(mock: Mock, path: str, headers: list[dict[str, str]]) -> list[str]:
    """The namespaces of calls of Stripe's API, as the journal shows them."""
    for each in headers:
        mock.browser(each).get(path)
    return [entry["namespace"] for entry in mock.caller(None).get("journal")["entries"][-len(headers) :]]


def namespaces_of_setup_intents(mock: Mock) -> bool:
    setup = prepared(mock)
    (own,) = {entry["namespace"] for entry in mock.get("journal")["entries"]}
    bearers = ({"authorization": f"Bearer {key}"} for key in (setup.key, SECRET_KEY, "pk_test_foreign"))
    headers = [{}, *bearers, {"mock-namespace": "another"}, {"wb-key": "api_key_other"}]
    return stripe_namespaces(mock, f"/v1/setup_intents/{setup.id}", headers) == [own] * len(headers)


def namespaces_of_other_calls(mock: Mock) -> bool:
    key = {"authorization": f"Bearer {prepared(mock).key}"}
    (own,) = {entry["namespace"] for entry in mock.get("journal")["entries"]}
    cases = [
        (key, own),
        ({**key, "mock-namespace": "mine"}, "mine"),
        ({"mock-namespace": "mine"}, "mine"),
        ({}, "anonymous"),
        ({"authorization": "Bearer pk_test_foreign"}, "anonymous"),
        ({"authorization": f"Bearer {SECRET_KEY}", "wb-key": "api_key_demo"}, "anonymous"),
    ]
    return all(
        stripe_namespaces(mock, path, [headers for headers, _ in cases]) == [expected for _, expected in cases]
        for path in ("/v1/setup_intents/seti_unknown", "/v1/payment_methods")
    )


def error_after_cancellation(mock: Mock) -> bool:
    canceled, expired_later = prepared(mock), prepared(mock, scenario="session_expired")
    canceled.confirm("4000000000000002")
    errors = [canceled.call("cancel", {}).json()["last_setup_error"], canceled.retrieve().json()["last_setup_error"]]
    expired_later.confirm("4242424242424241")
    before = expired_later.retrieve().json()["last_setup_error"]["code"]
    expired_later.confirm()
    after = expired_later.retrieve().json()
    return (
        [error["decline_code"] for error in errors] == ["generic_decline"] * 2
        and all(error["payment_method"]["card"]["last4"] == "0002" for error in errors)
        and (before, after["status"], after["last_setup_error"]) == ("incorrect_number", "canceled", None)
    )


def confirmed_again(mock: Mock) -> bool:
    one, two = prepared(mock), prepared(mock)
    found = []
    for setup, number in ((one, "4242424242424242"), (two, "4000000000000002")):
        found.append(setup.confirm("4000002500003155").json()["status"])
        setup.confirm(number)
        found.append(setup.retrieve().json()["status"])
        answer = setup.call("mock_authenticate", {"outcome": "pass"})
        found.append(answer.json()["error"]["code"])
    action, unexpected = "requires_action", "setup_intent_unexpected_state"
    return found == [action, "succeeded", unexpected, action, "requires_payment_method", unexpected]


def canceled_while_processing(mock: Mock) -> bool:
    setup = prepared(mock, scenario="confirm_processing")
    setup.confirm()
    reply = setup.call("cancel", {})
    return (reply.status_code, reply.json()["error"]["code"], setup.retrieve().json()["status"]) == (
        400,
        "setup_intent_unexpected_state",
        "processing",
    )


def one_key_on_two_paths(mock: Mock) -> bool:
    setup = prepared(mock)
    first = setup.call("confirm", {"payment_method": "pm_card_chargeDeclined"}, idempotency_key="k")
    second = setup.call("cancel", {}, idempotency_key="k")
    status = setup.retrieve().json()["status"]
    third = setup.call("confirm", {"payment_method": "pm_card_chargeDeclined"}, idempotency_key="k")
    return (
        (second.status_code, second.json()["error"]["type"], status)
        == (400, "idempotency_error", "requires_payment_method")
        and third.headers["idempotent-replayed"] == "true"
        and third.json() == first.json()
    )


def replays(mock: Mock) -> bool:
    def counted() -> int:
        cells = mock.get("coverage")["cells"]
        return sum(cell["count"] for cell in cells if cell["operation"] == "confirm_setup_intent")

    setup, before = prepared(mock), counted()
    for _ in range(3):
        assert 200 == setup.call("confirm", {"payment_method": "pm_card_visa"}, idempotency_key="k").status_code
    return (
        counted() - before == 3
        and len(setup.saved()) == 1
        and len(mock.get("journal", operation="confirm_setup_intent")["entries"]) == 3
        and mock.verify(operation="confirm_setup_intent", count=3).status_code == 200
    )


def refused_calls(mock: Mock) -> bool:
    mock.create(address="yes")
    mock.create()
    expectations: list[tuple[dict[str, object], int]] = [
        ({}, 2),
        ({"body": {"address": "yes"}}, 1),
        ({"scenario": "happy_path"}, 1),
        ({"scenario": "happy_path", "body": {"address": "yes"}}, 0),
    ]
    return all(
        mock.verify(operation="c_create_payment_session", count=count, **expectation).status_code == 200
        for expectation, count in expectations
    )


def numeric_tokens(_: Mock) -> bool:
    # The last path is the one that WingbackMock calls.
    def found(token: object) -> list[int]:
        paths = (f"/__mock/payment-sessions/{token}", f"/__mock/wingback/payment-sessions/{token}")
        return [mock.http.get(path).status_code for path in paths]

    values = {"5": 5, "-1.5": -1.5, "123456789012345678901": 123456789012345678901}
    others: list[object] = [True, None, [5], {"a": 5}]
    with TemporaryDirectory() as folder:
        for number, value in enumerate([*values.values(), *others]):
            scenario = {
                "about": "The token is no text.",
                "stubs": [
                    {
                        "name": "a",
                        "operation": "c_create_payment_session",
                        "reply": {"payment_session": {"token": value}, "off_contract": "a test"},
                    }
                ],
            }
            (Path(folder) / f"token_{number}.yaml").write_text(yaml.safe_dump(scenario), "utf-8")
        with mock_of(Settings(scenarios=Path(folder))) as mock:
            sent = [
                mock.http.post(PATH, json=json.loads(BODY), headers={"mock-scenario": f"token_{number}"}).json()[
                    "token"
                ]
                for number in range(len(values) + len(others))
            ]
            listed = [each["payment_session"]["token"] for each in mock.get("payment-sessions")["payment_sessions"]]
            return (
                sent == listed == [*values.values(), *others]
                and [found(text) for text in values] == [[200, 200]] * len(values)
                and [found(text) for text in ("true", "null", "[5]")] == [[404, 404]] * 3
            )


CASES: dict[str, Callable[[Mock], bool]] = {
    "`PUT /__mock/scenario` with a name": activation,
    "`PUT /__mock/scenario` with null": deactivation,
    "a call of Stripe's API for a known setup intent": namespaces_of_setup_intents,
    "another call of Stripe's API": namespaces_of_other_calls,
    "`last_setup_error` after a cancellation": error_after_cancellation,
    "a confirmation during `requires_action`": confirmed_again,
    "a cancellation during `processing`": canceled_while_processing,
    "the same `Idempotency-Key` on two paths": one_key_on_two_paths,
    "a replay": replays,
    "refused calls in `verify`": refused_calls,
    "a `token` that is a number (`off_contract`)": numeric_tokens,
}


def test_every_case_with_several_results_is_tested() -> None:
    """The table lists the cases that are tested below, and no other."""
    assert list(CASES) == [what for what, _ in rows(DOCUMENT, "Cases with several possible results")]


@pytest.mark.parametrize("what", CASES)
def test_cases_with_several_results(mock: Mock, what: str) -> None:
    """The mock does what the table says."""
    assert CASES[what](mock)
