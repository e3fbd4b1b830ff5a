"""Verification: expectations that hold, and the explanation of those that fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.mock import CREATE, SESSION, Mock
from tests.support.shop import card_data, flat, prepared


@pytest.fixture
def called(mock: Mock) -> Mock:
    """A mock after four calls: two plain ones, one for Authorize.net, and one that breaks the contract."""
    mock.create()
    mock.create(path=SESSION.replace("Cust_1", "Cust_2"), plan_id="PP1")
    mock.create(provider="authorize")
    mock.create(address="yes")
    return mock


@pytest.mark.parametrize(
    ("expectation", "holds"),
    [
        ({}, True),
        ({"operation": CREATE}, True),
        ({"operation": CREATE, "count": 4}, True),
        ({"operation": CREATE, "count": 3}, False),
        ({"operation": CREATE, "at_least": 4}, True),
        ({"operation": CREATE, "at_least": 5}, False),
        ({"operation": CREATE, "at_most": 4}, True),
        ({"operation": CREATE, "at_most": 3}, False),
        ({"operation": CREATE, "at_least": 1, "at_most": 4}, True),
        ({"path": {"customer_id": "Cust_2"}, "count": 1}, True),
        ({"path": {"customer_id": {"matches": "^Cust_"}}, "count": 4}, True),
        ({"path": {"customer_id": "Cust_3"}, "count": 0}, True),
        ({"header": {"Content-Type": {"matches": "json"}}, "count": 4}, True),
        ({"header": {"wb-key": {"present": True}}, "count": 4}, True),
        ({"header": {"x-none": {"absent": True}}, "count": 4}, True),
        ({"query": {"page": "1"}, "count": 0}, True),
        ({"cookie": {"app-session": {"absent": True}}, "count": 4}, True),
        ({"body": {"provider": "authorize"}, "count": 1}, True),
        ({"body": {"provider": {"absent": True}}, "count": 3}, True),
        ({"body": {"provider": {"one_of": ["authorize", None]}}, "count": 1}, True),
        ({"body": {"address": True}, "count": 3}, True),
        ({"body": {"address": "yes"}, "count": 1}, True),
        ({"scenario": "happy_path", "count": 3}, True),
        ({"scenario": "card_declined", "count": 0}, True),
        ({"in_order": [{"path": {"customer_id": "Cust_2"}}, {"body": {"provider": "authorize"}}]}, True),
        ({"in_order": [{"body": {"provider": "authorize"}}, {"path": {"customer_id": "Cust_2"}}]}, False),
        ({"in_order": [{"scenario": "happy_path"}] * 3}, True),
        ({"in_order": [{"scenario": "happy_path"}] * 4}, False),
    ],
    ids=str,
)
def test_expectations(called: Mock, expectation: dict[str, Any], *, holds: bool) -> None:
    """Matchers of the scenario files, with a number of calls or an order."""
    reply = called.verify(**expectation)

    assert (200 if holds else 409) == reply.status_code, reply.text


def test_a_failure_shows_the_nearest_calls(called: Mock) -> None:
    """A failure shows the calls, the nearest first, with expected and actual values."""
    problem = called.verify(operation=CREATE, path={"customer_id": "Cust_2"}, body={"plan_id": "PP2"}).json()
    nearest = problem["nearest"]

    assert "Expected at least 1 call; 0 of 4 calls match." == problem["detail"]
    assert [{"where": "body /plan_id", "expected": '"PP2"', "actual": '"PP1"'}] == nearest[0]["misses"]
    assert SESSION.replace("Cust_1", "Cust_2") == nearest[0]["request"]["path"]
    assert [1, 2, 2, 2] == [len(each["misses"]) for each in nearest]
    assert {"operation": CREATE, "path": {"customer_id": "Cust_2"}, "body": {"plan_id": "PP2"}} == problem["expected"]


def test_promise_10_a_failure_shows_no_secrets(called: Mock) -> None:
    """A failure shows the expectation without keys, cookies and card numbers."""
    expectation = {
        "header": {"wb-key": "hunter2", "x-trace": "seen"},
        "cookie": {"anything": {"matches": "hunter2"}},
        "query": {"access_token": "hunter2", "page": "seen"},
        "body": {"plan_id": {"one_of": ["4242424242424242", "seen"]}},
    }
    texts = [called.verify(**expectation).text, called.verify(in_order=[expectation]).text]

    assert [(3, False, False)] * 2 == [
        (text.partition('"nearest"')[0].count("seen"), "hunter2" in text, "4242424242424242" in text) for text in texts
    ]


def test_a_failure_shows_the_calls_that_are_too_many(called: Mock) -> None:
    """If there are too many calls, the failure shows the matching ones."""
    problem = called.verify(body={"address": True}, count=2).json()

    assert "Expected exactly 2 calls; 3 of 4 calls match." == problem["detail"]
    assert [[], [], []] == [each["misses"] for each in problem["nearest"][:3]]
    assert sorted(problem["found"]) == sorted(each["entry"] for each in problem["nearest"][:3])


def test_a_broken_order(called: Mock) -> None:
    """A broken order names the missing call, the call before it, and an earlier match."""
    expectation = [{"body": {"provider": "authorize"}}, {"path": {"customer_id": "Cust_2"}}]
    problem = called.verify(in_order=expectation).json()

    assert (
        "Expected 2 calls in this order; number 2 was not made after the call that matches number 1; "
        "a call that matches was made earlier." == problem["detail"]
    )
    assert [{"where": "path customer_id", "expected": '"Cust_2"', "actual": '"Cust_1"'}] == problem["nearest"][0][
        "misses"
    ]


@pytest.mark.parametrize("expectation", [{"operation": CREATE}, {"in_order": [{"operation": CREATE}]}])
def test_a_hint_counts_calls_with_other_credentials(called: Mock, expectation: dict[str, Any]) -> None:
    """Only on request, a failure says how many calls came with other credentials, and never with which."""
    other = called.caller("api_key_other")
    (shown,) = {entry["namespace"] for entry in called.get("journal")["entries"]}
    hinted, plain = (other.verify(**expectation, hint=hint).json() for hint in (True, False))

    assert hinted["detail"].endswith("; 4 calls came with other credentials or without any.")
    assert "other" not in plain["detail"]
    assert shown not in str(hinted)
    assert plain == other.verify(**expectation).json() == hinted | {"detail": plain["detail"]}
    assert expectation == hinted["expected"]


@pytest.mark.parametrize(
    ("expectation", "pointer", "message"),
    [
        ({"operation": "c_create_payment_sesion"}, "/operation", f"did you mean '{CREATE}'?"),
        ({"scenario": "card_decline"}, "/scenario", "did you mean 'card_declined'?"),
        ({"body": {"a": {"matches": "("}}}, "/body/a/matches", "cannot be used"),
        ({"header": {"a": 3}}, "/header/a", "expected text or one of the operators"),
        ({"path": {"a": {"like": "b"}}}, "/path/a/like", "unknown key"),
        ({"count": 2, "at_least": 1}, "/at_least", "not allowed beside count"),
        ({"at_least": 3, "at_most": 1}, "/at_least", "no number of calls"),
        ({"in_order": [{}, {"operation": "x"}]}, "/in_order/1/operation", "there is no operation 'x'"),
        ({"in_order": [{}], "operation": CREATE}, "/operation", "not allowed beside in_order"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_invalid_expectations(mock: Mock, expectation: dict[str, Any], pointer: str, message: str) -> None:
    """An expectation with only one possible result is refused, with the place of the mistake."""
    reply = mock.verify(**expectation)
    (violation,) = reply.json()["violations"]

    assert (400, "contract-violation") == (reply.status_code, reply.headers["mock-refused"])
    assert pointer == violation["pointer"]
    assert message in violation["message"]


SENT: dict[str, tuple[dict[str, Any], int, dict[str, Any], bool]] = {
    "a form": ({"data": {"payment_method": "pm_card_visa"}}, 200, {"payment_method": "pm_card_visa"}, True),
    "a form with members": (
        {"data": flat({"payment_method_data": card_data()})},
        200,
        {"payment_method_data": {"type": "card", "card": {"exp_year": "2034"}}},
        True,
    ),
    "JSON": ({"json": {"payment_method": "pm_card_visa"}}, 200, {"payment_method": "pm_card_visa"}, True),
    "a decline": (
        {"data": {"payment_method": "pm_card_chargeDeclined"}},
        402,
        {"payment_method": {"matches": "Declined$"}},
        True,
    ),
    "a decline of a card": (
        {"json": {"payment_method_data": card_data("4000000000000002")}},
        402,
        {"payment_method_data": {"type": "card"}},
        True,
    ),
    "a real card": (
        {"json": {"payment_method_data": card_data("4111111111111111")}},
        402,
        {"payment_method_data": {"type": "card"}},
        False,
    ),
}


@pytest.mark.parametrize("name", SENT)
def test_requests_to_the_stripe_api(mock: Mock, name: str) -> None:
    """Matchers see the fields of a form; a number that may be a real card matches nothing."""
    sent, status, body, fits = SENT[name]
    setup = prepared(mock)
    backend = mock.browser({"authorization": "Bearer sk_test_1"})

    assert status == backend.post(f"/v1/setup_intents/{setup.id}/confirm", **sent).status_code
    question = {"operation": "confirm_setup_intent", "body": body}
    assert (200 if fits else 409) == mock.verify(**question, count=1).status_code
    assert (409 if fits else 200) == mock.verify(**question, count=0).status_code
    assert "41111111" not in mock.verify(**question, count=7).text
