"""Promise 16, the event loop is never blocked: others are answered while the first call of a kind is prepared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from mockserver.contract import Contract
from mockserver.contract.compiled.compiled_operation import CompiledOperation
from mockserver.contract.document.document import load_document
from mockserver.contract.document.shape import METHODS
from mockserver.contract.message_validator import MessageValidator
from mockserver.control.metrics_text import MetricsWriter
from mockserver.loading import load_engine
from mockserver.messages import Headers, Request
from mockserver.samples.sample_replies import SampleReplies
from mockserver.settings import Settings, bundled
from mockserver.web.apis import Apis
from tests.support.mock import Mock, mock_of

STRIPE_KEY = {"Authorization": "Bearer pk_test_1"}
CARD = {"card[number]": "4242424242424242", "card[exp_month]": "12", "card[exp_year]": "2030"}
TIMEOUT = 60.0

# An operation without a scenario, and one with a scenario that is not the default.
SPEC = """
openapi: 3.0.3
info: {title: pets, version: "1"}
paths:
  /pets:
    get:
      operationId: list_pets
      responses: {"200": {description: d, content: {application/json: {schema: {type: array}}}}}
  /owners:
    get:
      operationId: list_owners
      responses: {"200": {description: d, content: {application/json: {schema: {type: array}}}}}
"""
SCENARIO = "about: Owners.\nstubs: [{name: owners, operation: list_owners, reply: {body: []}}]\n"

Call = Callable[[Mock], httpx.Response]


def token(mock: Mock) -> httpx.Response:
    return mock.browser(STRIPE_KEY).post("/v1/tokens", data=CARD)


def health(mock: Mock) -> httpx.Response:
    return mock.http.get("/__mock/health")


@pytest.fixture(name="pets")
def _pets(tmp_path: Path) -> Settings:
    spec, scenarios = tmp_path / "pets.yaml", tmp_path / "scenarios"
    spec.write_text(SPEC)
    scenarios.mkdir()
    (scenarios / "owners.yaml").write_text(SCENARIO)
    return Settings(spec=spec, scenarios=scenarios, seed=1)


class Held:
    """A function that waits in the middle, and that counts its calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.begun, self.end = Event(), Event()
        self.calls = 0

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.calls += 1
        self.begun.set()
        assert self.end.wait(TIMEOUT)
        return self._function(*arguments, **named)

    def __get__(self, instance: object, owner: type) -> Callable[..., Any]:
        return lambda *arguments, **named: self(instance, *arguments, **named)


@pytest.fixture(name="hold")
def _hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[type, str], Held]]:
    """Replaces a method by one that waits."""
    held: list[Held] = []

    def hold(owner: type, name: str) -> Held:
        is_of_class = isinstance(owner.__dict__[name], classmethod | staticmethod)
        held.append(Held(getattr(owner, name)))
        monkeypatch.setattr(owner, name, held[-1].__call__ if is_of_class else held[-1])
        return held[-1]

    yield hold
    for each in held:
        each.end.set()


FIRST_CALLS: dict[str, tuple[type, str, Call, int]] = {
    "Stripe's contract": (Contract, "load", token, 200),
    "an operation of Stripe's": (CompiledOperation, "complete", token, 200),
    "the control API": (Contract, "load", health, 200),
    "a page": (Contract, "load", lambda mock: mock.http.get("/__mock/"), 200),
    "an operation of the control API": (CompiledOperation, "complete", health, 200),
    "the saved methods": (Contract, "load", lambda mock: mock.http.get("/v1/c/customer/C/payment/method"), 200),
    "openapi-core, for a refusal": (MessageValidator, "prepare", lambda mock: mock.create(address=None), 400),
    "prometheus-client": (MetricsWriter, "_written", lambda mock: mock.http.get("/__mock/metrics"), 200),
}


@pytest.mark.parametrize(("owner", "name", "call", "status"), FIRST_CALLS.values(), ids=FIRST_CALLS)
def test_promise_16_others_are_answered_while_a_first_call_is_prepared(
    hold: Callable[[type, str], Held], owner: type, name: str, call: Call, status: int
) -> None:
    """A request is answered while the first call of another kind waits for an import, a document or a compilation."""
    with mock_of() as mock, ThreadPoolExecutor() as pool:
        held = hold(owner, name)
        first = pool.submit(call, mock)
        assert held.begun.wait(TIMEOUT)
        assert 200 == mock.create().status_code
        assert not first.done()
        held.end.set()
        assert status == first.result().status_code


@pytest.mark.parametrize("path", ["/pets", "/owners"])
def test_promise_16_others_are_answered_while_samples_are_prepared(
    hold: Callable[[type, str], Held], pets: Settings, path: str
) -> None:
    """A request is answered while the first reply that is made from a schema waits for an import.

    The scenario of /owners is not in force unless a request names it.
    """
    with mock_of(pets) as mock, ThreadPoolExecutor() as pool:
        held = hold(SampleReplies, "__init__")
        first = pool.submit(mock.http.get, path)
        assert held.begun.wait(TIMEOUT)
        reply = mock.http.get("/owners", headers={"Mock-Scenario": "owners"})
        assert (200, "owners") == (reply.status_code, reply.headers["mock-scenario"])
        assert not first.done()
        held.end.set()
        assert 200 == first.result().status_code


def test_promise_16_others_are_answered_while_the_operation_of_a_large_request_is_compiled(
    hold: Callable[[type, str], Held], pets: Settings
) -> None:
    """A request is answered while a large request waits for the compilation of its operation."""
    with mock_of(pets) as mock, ThreadPoolExecutor() as pool:
        held = hold(CompiledOperation, "complete")
        first = pool.submit(mock.http.get, "/pets", params={"filler": "x" * 40_000})
        assert held.begun.wait(TIMEOUT)
        assert 200 == mock.http.get("/owners", headers={"Mock-Scenario": "owners"}).status_code
        assert not first.done()
        held.end.set()
        assert 200 == first.result().status_code


def test_first_calls_share_one_preparation(hold: Callable[[type, str], Held]) -> None:
    """Two calls of Stripe's API that come before its contract is read wait for the same reading."""
    with mock_of() as mock, ThreadPoolExecutor() as pool:
        held = hold(Contract, "load")
        calls = [pool.submit(token, mock) for _ in range(2)]
        assert held.begun.wait(TIMEOUT)
        assert 200 == mock.create().status_code
        held.end.set()
        assert [200, 200] == [call.result().status_code for call in calls]

    assert 1 == held.calls


def test_a_preparation_that_fails(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """The call that needs it is answered with an internal error, which is reported; the next one tries again."""

    def fail(*_: object, **__: object) -> Contract:
        raise OSError("the disk is gone")

    with mock_of() as mock:
        with monkeypatch.context() as patch:
            patch.setattr(Contract, "load", fail)
            assert 500 == token(mock).status_code
            assert 500 == health(mock).status_code
        assert 200 == token(mock).status_code
        assert 200 == health(mock).status_code

    assert 2 == caplog.text.count("OSError: the disk is gone")


@pytest.mark.parametrize("call", [token, Mock.create])
def test_a_request_is_checked_once(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    """The check of a request for slow steps is not repeated when it is answered."""
    with mock_of() as mock:
        call(mock)
        checked: list[Request] = []
        accepted_body = CompiledOperation.accepted_body

        def count(operation: CompiledOperation, request: Request, path: Any) -> Any:
            checked.append(request)
            return accepted_body(operation, request, path)

        monkeypatch.setattr(CompiledOperation, "accepted_body", count)
        assert 200 == call(mock).status_code

    assert 1 == len(checked)


def test_every_operation_is_prepared() -> None:
    """After all steps, nothing is missing for a call of any operation, and nothing is compiled later."""
    apis = Apis(load_engine(Settings()), Settings())
    for step in (*apis.preparations(), *apis.imports()):
        step()
    calls = {
        f"{operation['method']} {operation['path']}": Request(
            method=operation["method"], path=operation["path"], query="", headers=Headers(()), body=b""
        )
        for operation in documented_calls()
    }

    assert len(calls) > 40
    assert [] == [name for name, request in calls.items() if apis.of(request.path).missing(request) is not None]
    assert all(apis.of(request.path).is_prepared for request in calls.values())


def documented_calls() -> Iterator[dict[str, str]]:
    """The method and an example of the path of each operation in spec/."""
    for name in ("wingback", "stripe", "admin", "saved_methods"):
        for template, methods in load_document(bundled("spec") / f"{name}.yaml").data["paths"].items():
            for method in set(METHODS).intersection(methods):
                yield {"method": method.upper(), "path": re.sub("{.*?}", "x", template)}
