"""Promise 10: WingbackMock gives a page the payment session that its backend created, never that of another caller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.settings import Settings
from tests.support.mock import Mock, mock_of
from tests.support.scenario_files import write_replies

CHOSEN_KEY = "pk_test_chosen"
SCENARIOS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "token": {"token": "PaySess_chosen"},
    "key": {"setup_intent": {"stripe": {"pk_key": CHOSEN_KEY}}},
    "both": {"token": "PaySess_chosen", "setup_intent": {"stripe": {"pk_key": CHOSEN_KEY}}},
    "number": {"token": 42},
}
UNKNOWN, UNCLEAR = "There is no payment session", "A scenario chose this token"

# What the scenario chooses, what the page of A sends besides the token of A, and what it gets: the session of A or of
# B, or a refusal. In the rows with "alone", B has no payment session.
LOOKUPS: dict[str, tuple[str, dict[str, str], str]] = {
    "a made-up token": ("nothing", {}, "A"),
    "a made-up token, the key of A": ("nothing", {"key": "A"}, "A"),
    "a made-up token, the key of B": ("nothing", {"key": "B"}, UNKNOWN),
    "a made-up token, an unknown key": ("nothing", {"key": "pk_test_x"}, UNKNOWN),
    "a made-up token, the credential of A": ("nothing", {"wb-key": "A"}, "A"),
    "a made-up token, the credential of B": ("nothing", {"wb-key": "B"}, UNKNOWN),
    "a made-up token, another namespace": ("nothing", {"mock-namespace": "other"}, UNKNOWN),
    "a chosen token": ("token", {}, UNCLEAR),
    "a chosen token, alone": ("token", {}, UNCLEAR),
    "a chosen token, the key of A": ("token", {"key": "A"}, "A"),
    "a chosen token, the key of B": ("token", {"key": "B"}, "B"),
    "a chosen token, the key of B, alone": ("token", {"key": "B"}, UNKNOWN),
    "a chosen token, an unknown key": ("token", {"key": "pk_test_x"}, UNKNOWN),
    "a chosen token, the credential of A": ("token", {"wb-key": "A"}, "A"),
    "a chosen token, the credential of B": ("token", {"wb-key": "B"}, "B"),
    "a chosen token, the credential of B, alone": ("token", {"wb-key": "B"}, UNKNOWN),
    "a chosen token, another namespace": ("token", {"mock-namespace": "other"}, UNKNOWN),
    "a chosen token, the key of A, the credential of B": ("token", {"key": "A", "wb-key": "B"}, UNKNOWN),
    "a chosen key": ("key", {}, "A"),
    "a chosen key, which is sent": ("key", {"key": CHOSEN_KEY}, "A"),
    "a chosen key, another one is sent": ("key", {"key": "pk_test_x"}, UNKNOWN),
    "both chosen": ("both", {}, UNCLEAR),
    "both chosen, the key": ("both", {"key": CHOSEN_KEY}, UNCLEAR),
    "both chosen, the key, alone": ("both", {"key": CHOSEN_KEY}, UNCLEAR),
    "both chosen, the credential of A": ("both", {"wb-key": "A"}, "A"),
    "both chosen, the key, the credential of B": ("both", {"key": CHOSEN_KEY, "wb-key": "B"}, "B"),
    "a chosen number": ("number", {}, UNCLEAR),
    "a chosen number, the credential of A": ("number", {"wb-key": "A"}, "A"),
}


@pytest.fixture(scope="module")
def shared_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    replies = {
        name: {"payment_session": members, "off_contract": "a test's own"} for name, members in SCENARIOS.items()
    }
    folder = write_replies(tmp_path_factory.mktemp("scenarios"), replies)
    with mock_of(Settings(seed=1, scenarios=folder)) as mock:
        yield mock


@pytest.fixture
def mock(shared_mock: Mock) -> Mock:
    """A mock in its initial state."""
    shared_mock.restore()
    return shared_mock


def created(mock: Mock, caller: str, scenario: str) -> Any:
    caller_of = mock.caller(f"api_key_{caller}")
    caller_of.http.headers["mock-scenario"] = scenario
    reply = caller_of.create()
    assert 200 == reply.status_code, reply.text
    return reply.json()


@pytest.mark.parametrize("name", LOOKUPS)
def test_promise_10_no_page_gets_the_session_of_another_caller(mock: Mock, name: str) -> None:
    """The session has to be shown by something that only its caller has; the refusal says what to pass."""
    scenario, sends, expected = LOOKUPS[name]
    keys = {caller: created(mock, caller, "nothing")["setup_intent"]["stripe"]["pk_key"] for caller in "AB"}
    callers = "A" if name.endswith("alone") else "AB"
    sessions = {caller: created(mock, caller, scenario) for caller in callers}
    headers = {header: f"api_key_{value}" if header == "wb-key" else value for header, value in sends.items()}
    key = headers.pop("key", None)
    reply = mock.caller(None).http.get(
        f"/__mock/wingback/payment-sessions/{sessions['A']['token']}",
        params={} if key is None else {"publishable_key": keys.get(key, key)},
        headers=headers,
    )

    if expected in sessions:
        assert (200, sessions[expected]) == (reply.status_code, reply.json())
    else:
        assert (404, "unknown-payment-session") == (reply.status_code, reply.headers["mock-refused"])
        assert reply.json()["detail"].startswith(expected)
        assert "_secret_" not in reply.text


def test_a_named_namespace(mock: Mock) -> None:
    """A page can pass the namespace that its backend named; each has its own session, also with the same credential."""
    sent = {}
    for name in ("t1", "t2"):
        caller = mock.caller("api_key_A")
        caller.http.headers.update({"mock-namespace": name, "mock-scenario": "both"})
        sent[name] = caller.create().json()
    page = mock.caller(None).http
    read = {
        name: page.get("/__mock/wingback/payment-sessions/PaySess_chosen", headers={"mock-namespace": name}).json()
        for name in sent
    }

    assert sent == read
