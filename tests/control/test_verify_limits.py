"""Promises 13, 15 and 16: a verification neither blocks the server nor fills its memory, whatever is compared."""

from __future__ import annotations

import gc
import json
import threading
from typing import Any

import pytest

from mockserver.contract.patterns.compiled_pattern import CompiledPattern
from mockserver.contract.patterns.pattern_cache import PatternCache
from mockserver.control import ControlApi
from mockserver.engine.engine import Engine
from mockserver.limits import slices
from mockserver.limits.slices import finish
from mockserver.loading import load_engine
from mockserver.messages import ABSENT, Call, Headers, Reply, Request
from mockserver.scenarios import matchers
from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.format.matcher_formats import MATCHERS
from mockserver.scenarios.format.scenario_format import condition_format
from mockserver.settings import Settings
from tests.support.mock import CREATE, SESSION, Mock
from tests.support.state import memory_of

HEADERS = Headers([("wb-key", "api_key_demo"), ("content-type", "application/json")])
ATTACK = {"body": {f"a{number}": number for number in range(900)}}


def fill(engine: Engine, count: int, **members: Any) -> None:
    """Add calls to the journal."""
    memory_of(engine)
    body = json.dumps({"operation": "add_method", "address": True, **members}).encode()
    for _ in range(count):
        engine.handle(Request(method="POST", path=SESSION, headers=HEADERS, body=body))


@pytest.fixture(scope="module")
def engine() -> Engine:
    """An engine whose journal has 200 calls."""
    engine = load_engine(Settings(seed=1))
    fill(engine, 200, plan_id="PP1")
    return engine


def verification(expectation: dict[str, Any]) -> Request:
    """The request that verifies an expectation."""
    body = json.dumps(expectation).encode()
    return Request(method="POST", path="/__mock/verify", headers=HEADERS, body=body)


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "5,000 matchers": ({"body": {f"a{n}": n for n in range(5000)}}, "/body/a999", "more than 1000 matchers and values"),
    "1,001 values": ({"body": {"a": {"one_of": list(range(1000))}}}, "/body/a/one_of/999", "more than 1000 matchers"),
    "1,001 values in a list": ({"body": [[1] * 1000]}, "/body/0/999", "more than 1000 matchers and values"),
    "1,001 empty lists": ({"body": [[]] * 1000}, "/body/999", "more than 1000 matchers and values"),
    "1,001 calls": ({"in_order": [{}] * 1001}, "/in_order/1000", "more than 1000 matchers and values"),
    "501 calls with a matcher": ({"in_order": [{"body": 1}] * 501}, "/in_order/500", "more than 1000 matchers"),
    "150 patterns with many states": (
        {"body": {f"a{n}": {"matches": rf"\p{{L}}{{1,150}}N{n}"} for n in range(150)}},
        "/body/a0/matches",
        "it has about 15003 states, at most 1000 are allowed",
    ),
    "a long pattern": ({"body": {"a": {"matches": "a" * 1001}}}, "/body/a/matches", "it has 1001 characters"),
    "many patterns": (
        {"body": {f"a{n}": {"matches": f"[a-z]{{1,400}}{n}"} for n in range(10)}},
        "/body/a7/matches",
        "together have more than 3000 characters or states",
    ),
    "many invalid patterns": (
        {"header": {f"a{n}": {"matches": "(" * 900} for n in range(10)}},
        "/header/a3/matches",
        "together have more than 3000 characters or states",
    ),
    "patterns of several calls": (
        {"in_order": [{"body": {"matches": f"[a-z]{{1,800}}{n}"}} for n in range(4)]},
        "/in_order/3/body/matches",
        "together have more than 3000 characters or states",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_promise_15_a_large_expectation_is_refused(mock: Mock, name: str) -> None:
    """The refusal says what is too large, where, and what the limit is."""
    expectation, pointer, message = REFUSED[name]
    reply = mock.verify(**expectation)
    violations = {each["pointer"]: each["message"] for each in reply.json()["violations"]}

    assert (400, "contract-violation") == (reply.status_code, reply.headers["mock-refused"])
    assert message in violations[pointer]


@pytest.mark.parametrize(
    "expectation",
    [
        {"body": {f"a{n}": n for n in range(999)}},
        {"body": {"a": {"one_of": list(range(999))}}},
        {"body": {"plan_id": {"matches": r"^\p{L}{1,150}$"}}},
        {"body": {"plan_id": {"matches": r"^(?!.*x)\p{L}+-\d{4}$"}}},
        {"in_order": [{"operation": CREATE}] * 500},
    ],
    ids=["matchers", "values", "a count as the whole pattern", "a lookahead", "calls"],
)
def test_an_expectation_within_the_limits(mock: Mock, expectation: dict[str, Any]) -> None:
    """An expectation at a limit is compared."""
    mock.create()

    assert 409 == mock.verify(**expectation).status_code


@pytest.mark.parametrize("call", ["verify", "scenario", "strict", "reset"])
def test_promise_16_a_long_body_of_a_control_call_is_refused(mock: Mock, call: str) -> None:
    """A call of the control API is refused before a body of more than 100,000 bytes is read."""
    body = json.dumps({"in_order": [{}] * 100_000})
    method = "PUT" if call in {"scenario", "strict"} else "POST"
    reply = mock.http.request(method, f"/__mock/{call}", content=body, headers={"content-type": "application/json"})

    assert (413, "too-large") == (reply.status_code, reply.headers["mock-refused"])
    assert "100000 bytes" in reply.json()["detail"]


def test_promise_16_a_complex_pattern_for_a_long_text_is_refused(mock: Mock) -> None:
    """A pattern that could search a text for long is refused; a simple one searches any text."""
    mock.create(plan_id="ab" * 100_000)
    complex_, simple, short = (
        mock.verify(body={"plan_id": {"matches": pattern}})
        for pattern in ("(?:[ab]{0,9}a[ab]{9})+c", "(ab)+$", "^.{1,10}$")
    )

    assert (422, "too-much-to-compare") == (complex_.status_code, complex_.headers["mock-refused"])
    assert "200000 characters" in complex_.json()["detail"]
    assert [200, 409] == [simple.status_code, short.status_code]


def test_promise_16_the_work_of_a_call_is_limited(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verification that takes too many steps is refused, and the refusal says what to change."""
    monkeypatch.setattr("mockserver.control.verify.MAX_STEPS", 1000)
    for _ in range(3):
        mock.create()
    within, beyond = (mock.verify(body={f"a{n}": n for n in range(count)}) for count in (300, 400))

    assert (409, 422) == (within.status_code, beyond.status_code)
    assert "3 calls" in beyond.json()["detail"]


def test_promise_16_misses_are_written_only_for_the_nearest_calls(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 200 calls with 900 misses each, five are shown with 50 misses, and the number of the others."""
    written: list[object] = []

    def shown(value: object) -> str:
        written.append(value)
        return str(value)

    monkeypatch.setattr(matchers, "shown", shown)
    reply = finish(ControlApi(engine, Settings()).handle(verification(ATTACK)))
    assert isinstance(reply, Reply)
    nearest = json.loads(reply.body)["nearest"]

    assert [(50, 850)] * 5 == [(len(each["misses"]), each["misses_omitted"]) for each in nearest]
    assert len(written) == 2 * 5 * 50


def test_promise_16_a_verification_is_done_in_slices(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """However fast the machine is, a verification pauses after each 1,000 comparisons."""
    monkeypatch.setattr(slices, "SLICE_SECONDS", 3600.0)
    pauses = sum(1 for _ in ControlApi(engine, Settings()).handle(verification(ATTACK)))

    assert pauses >= 200 * 900 // 1000


def test_a_long_body_is_shown_in_part(mock: Mock) -> None:
    """A failure shows the beginning of a long body, and no part of a secret in it."""
    mock.create(plan_id="x 4242424242424242 y " * 3000)
    (call,) = mock.verify(count=0).json()["nearest"]

    assert 10_001 == len(call["request"]["body"])
    assert "42" not in call["request"]["body"]


def test_promise_13_patterns_of_calls_are_not_kept(mock: Mock) -> None:
    """The patterns of a verification are not kept after it."""
    mock.create()
    alive = []
    for number in range(3):
        mock.verify(body={f"a{n}": {"matches": f"[a-z]+{number}-{n}"} for n in range(20)})
        gc.collect()
        alive.append(sum(isinstance(each, CompiledPattern) for each in gc.get_objects()))

    assert alive[0] == alive[-1]


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        ("abc", 3),
        ("abcdefgh", 5),
        (["a" * 60, "b" * 60], 1),
        (["a" * 60, "b" * 30], 2),
        (["a" * 500], 1),
        (["a", "b", "c" * 500, "d"], 1),
        ("aaaaaaa", 1),
    ],
)
def test_promise_13_kept_patterns_are_bounded(texts: list[str], kept: int) -> None:
    """The compiled patterns of documents are bounded in number and in size; the oldest are dropped."""
    cache: PatternCache[str] = PatternCache(lambda text: (text.upper(), len(text)), max_number=5, max_size=100)

    assert [text.upper() for text in texts] == [cache.get(text) for text in texts]
    assert kept == len(cache)


REQUEST = Request(
    method="POST", path="/", query="a=1&a=2&b=3", headers=Headers([("x-one", "1"), ("cookie", "c=1; d=2")])
)
BODIES: list[Any] = [ABSENT, None, 1, "text", [1, 2], {}, {"a": 1, "b": {"c": "d"}}, {"a": None, "b": 2}]
CONDITIONS: list[dict[str, Any]] = [
    {"path": {"id": "1", "other": {"matches": "x"}}},
    {"query": {"a": "2", "b": {"one_of": ["1", "2"]}, "c": {"absent": True}, "d": "1"}},
    {"query": {"a": "9", "b": "9"}, "header": {"X-One": {"present": True}, "x-two": "2"}},
    {"cookie": {"c": "1", "d": "1", "e": {"present": True}}},
    {"body": {"a": 1, "b": {"c": {"matches": "^d"}, "e": {"absent": True}}}},
    {"body": {"a": {"one_of": [1, None]}, "b": {"c": {"d": {"e": 1}, "f": 2}}}},
    {"body": {}},
    {"body": [1, 2]},
    {"body": {"matches": "te"}},
    {"body": {"present": True}},
    {"body": {"a": {}, "b": {"absent": True}}},
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_misses_are_counted_as_they_are_written(condition: dict[str, Any]) -> None:
    """The number of misses, which is counted without writing them, is the number of those that are written."""
    parsed: Condition = condition_format(MATCHERS).parse(condition)
    for body in BODIES:
        call = Call(request=REQUEST, operation="", path={"id": "1"}, body=body)
        assert sum(parsed.differences(call)) == len(parsed.misses(call))
        assert parsed.fits(call) == (sum(parsed.differences(call)) == 0)


def test_promise_16_others_are_answered_during_a_verification(mock: Mock) -> None:
    """While three callers verify with 900 matchers and 1,500 calls, another one gets replies."""
    fill(mock.engine, 1500)
    callers = [mock.caller("api_key_demo") for _ in range(3)]
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda caller=caller: statuses.append(caller.verify(**ATTACK).status_code))
        for caller in callers
    ]
    for thread in threads:
        thread.start()
    answered = 0
    while all(thread.is_alive() for thread in threads):
        assert 404 == mock.http.get("/nowhere").status_code
        answered += 1
    for thread in threads:
        thread.join(60)

    assert [409] * 3 == statuses
    assert answered >= 10
