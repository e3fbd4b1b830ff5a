"""Promise 4: replies to a caller with a namespace do not depend on other namespaces.

The same calls go to a quiet server and to one that others use as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from mockserver.settings import Settings
from tests.support.mock import CREATE, SESSION, Mock, mock_of
from tests.support.shop import prepared
from tests.support.state import memory_of

KEY = "api_key_one"
OTHERS = ("api_key_two", "api_key_three")
# What others have received. The quiet server is asked for it as well.
FOREIGN: dict[str, str] = {}


def use(mock: Mock, key: str) -> None:
    """Use most features of a namespace, with valid and invalid calls."""
    other = mock.caller(key)
    setup = prepared(other)
    FOREIGN["token"] = setup.token
    for name in ("card_declined", "rate_limited"):
        other.activate(name)
        other.create()
    other.create(address="no")
    other.http.put("/__mock/strict", json={"strict": True})
    other.http.get("/nowhere")
    other.verify(operation=CREATE, count=17)
    setup.http.get(f"/v1/setup_intents/{setup.id}", params={"client_secret": setup.secret})


@contextmanager
def server(*others: str) -> Iterator[Mock]:
    """A server that others have used."""
    with mock_of(Settings(seed=1)) as mock:
        for key in others:
            use(mock, key)
        yield mock


@pytest.fixture(scope="module")
def busy() -> Iterator[Mock]:
    with server(*OTHERS) as mock:
        yield mock


@pytest.fixture(scope="module")
def quiet(busy: Mock) -> Iterator[Mock]:
    assert memory_of(busy.engine).journal
    with server() as mock:
        yield mock


def first_events(mock: Mock, **headers: str) -> str:
    """The first bytes of an event stream."""
    with mock.http.stream("GET", "/__mock/events", headers=headers) as reply:
        mock.create()
        return next(reply.iter_text())


def stripe_call(mock: Mock) -> httpx.Response:
    """A page asks Stripe's API for its setup intent."""
    setup = prepared(mock)
    return setup.http.get(f"/v1/setup_intents/{setup.id}", params={"client_secret": setup.secret})


def call(method: str, path: str, **options: Any) -> Callable[[Mock], httpx.Response]:
    """A call, which is formatted with what the others have received."""
    return lambda mock: mock.http.request(method, path.format(**FOREIGN), **options)


CALLS: dict[str, Callable[[Mock], httpx.Response | str]] = {
    "a valid call": lambda mock: mock.create(),
    "a refused call": lambda mock: mock.create(address="no"),
    "an unknown path": call("GET", "/nowhere"),
    "an unknown scenario": call("POST", SESSION, json={}, headers={"mock-scenario": "hapy_path"}),
    "the health": call("GET", "/__mock/health"),
    "the scenarios and which of them are activated": call("GET", "/__mock/scenarios"),
    "an activation": call("PUT", "/__mock/scenario", json={"name": "card_declined"}),
    "an unknown activation": call("PUT", "/__mock/scenario", json={"name": "card_decline"}),
    "the strictness": call("PUT", "/__mock/strict", json={"strict": None}),
    "the journal": call("GET", "/__mock/journal"),
    "the journal of others": call("GET", "/__mock/journal", params={"namespace": "anonymous"}),
    "a page of the journal": lambda mock: [
        mock.create(),
        mock.create(),
        mock.http.get("/__mock/journal?after=0&limit=1"),
    ][2],
    "the payment sessions": call("GET", "/__mock/payment-sessions"),
    "a payment session of others": call("GET", "/__mock/payment-sessions/{token}"),
    "an unknown payment session": call("GET", "/__mock/payment-sessions/PaySess_0"),
    "the coverage": call("GET", "/__mock/coverage"),
    "the contract": call("GET", "/__mock/openapi.json"),
    "a failed verification": call("POST", "/__mock/verify", json={"operation": CREATE, "count": 99}),
    "a failed verification without any call": call("POST", "/__mock/verify", json={"body": {"x": 1}}),
    "a failed order": call("POST", "/__mock/verify", json={"in_order": [{"body": {"x": 1}}]}),
    "a verification": call("POST", "/__mock/verify", json={"count": 0}),
    "the first event": first_events,
    "the events since the start": lambda mock: first_events(mock, **{"last-event-id": "0"}),
    "the events since an unknown one": lambda mock: first_events(mock, **{"last-event-id": "1-1"}),
    "the reset": call("POST", "/__mock/reset"),
    "the saved payment methods": call("GET", "/v1/c/customer/Cust_1/payment/method"),
    "a setup intent": stripe_call,
}
TIMES = re.compile(r'(?<="at":)[0-9.e+-]+|(?<="duration":)[0-9.e-]+|(?<=^id: )\d+-\d+', re.MULTILINE)


def told(mock: Mock, name: str) -> tuple[object, ...]:
    """What a caller is told, without times: the status, the headers of the mock, and the body."""
    caller, host = mock.caller(KEY), mock.url.removeprefix("http://")
    assert 204 == caller.http.post("/__mock/reset").status_code
    answer = CALLS[name](caller)
    if isinstance(answer, str):
        return (TIMES.sub("", answer.replace(host, "")),)
    headers = {
        field: value for field, value in answer.headers.items() if field.startswith(("mock-", "request-", "link"))
    }
    return answer.status_code, headers, TIMES.sub("", answer.text.replace(host, ""))


@pytest.mark.parametrize("name", CALLS)
def test_promise_4_a_reply_does_not_depend_on_other_namespaces(quiet: Mock, busy: Mock, name: str) -> None:
    """The same call has the same reply, whether or not others use the server."""
    assert told(quiet, name) == told(busy, name)


def test_others_are_counted_on_request(quiet: Mock, busy: Mock) -> None:
    """The one exception is requested, and has only a number."""
    replies = [mock.caller("api_key_new").verify(hint=True).json()["detail"] for mock in (quiet, busy)]

    assert re.fullmatch(r".*; \d+ calls came with other credentials or without any\.", replies[1])
    assert [] == [key for key in OTHERS if key in replies[1]]
