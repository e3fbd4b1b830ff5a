"""Which validator checks a message: the compiled schemas, or openapi-core."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.cli.greeting import greeting
from mockserver.contract.compiled.compiled_operation import CompiledOperation
from mockserver.loading import load_engine
from mockserver.messages import Headers, Reply, Request
from mockserver.parsing.json_writer import write_json_exactly
from mockserver.server import ServerAddress
from mockserver.settings import Settings
from tests.support.documents import contract_for, document_with, request_body, response_body

PATH = "/v1/c/customer/Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670/payment/session"
FIELDS = (("content-type", "application/json"), ("wb-key", "api_key_demo"))


def post(body: Any) -> Request:
    return Request(method="POST", path=PATH, headers=Headers(FIELDS), body=json.dumps(body).encode())


@pytest.mark.parametrize("body", [{"operation": "add_method", "address": True}, {"operation": "add_method"}, [], None])
def test_both_validators_give_the_same_reply(body: Any) -> None:
    """`--validation openapi-core` changes the validator, but not the replies."""
    engines = [load_engine(Settings(seed=1, validation=name)) for name in ("compiled", "openapi-core")]
    replies = [engine.handle(post(body)) for engine in engines]

    assert replies[0] == replies[1]


@pytest.mark.parametrize(("validation", "calls_expected"), [("compiled", 0), ("openapi-core", 1)])
def test_which_validator_is_used(monkeypatch: pytest.MonkeyPatch, validation: Any, calls_expected: int) -> None:
    """A valid reply is checked by openapi-core only with `--validation openapi-core`."""
    engine = load_engine(Settings(seed=1, validation=validation))
    openapi_core = engine.contract._validator.openapi_core
    calls: list[str] = []
    monkeypatch.setattr(openapi_core, "reply", lambda *_: calls.append("reply") or [])  # type: ignore[func-returns-value]  # so that it gives the list
    reply = engine.handle(post({"operation": "add_method", "address": True}))

    assert isinstance(reply, Reply)
    assert (200, calls_expected) == (reply.status, len(calls))


def test_operations_of_scenarios_are_compiled_at_load() -> None:
    """Operations in scenarios are compiled at load, so that the first request does not wait."""
    engine = load_engine(Settings(seed=1))

    assert ["c_create_payment_session"] == [
        name for name in (engine.contract._validator._compiled or ()) if name.startswith("c_create")
    ]


def test_what_is_not_compiled_is_listed() -> None:
    """The parts that only openapi-core can check are listed by operation. The bundled contract has none."""
    pattern = {"type": "string", "pattern": "(?=a)b"}
    parameter = {"name": "p", "in": "query", "schema": pattern}
    contract = contract_for(document_with({"parameters": [parameter]} | request_body(pattern) | response_body({})))
    contract.compile(["x"])
    engine = load_engine(Settings(seed=1))

    assert {"x": ["the parameter p", "the request application/json"]} == contract.uncompiled()
    assert {} == engine.contract.uncompiled()
    assert "openapi-core" not in greeting(Settings(), engine, ServerAddress(url="http://127.0.0.1:8080"))


def test_a_known_value_is_checked_in_place_of_the_body() -> None:
    """A known value is checked in place of the body. It is known only if reading the body returns it."""
    contract = contract_for(document_with(response_body({"type": "object", "required": ["a"]})))
    compiled = CompiledOperation(contract.document, contract.operations["x"])
    reply = Reply(status=200, headers=(FIELDS[0],), body=b"{}")

    assert [True, False] == [compiled.reply(reply, value) for value in ({"a": "1"}, {})]
    assert [b'{"a":"1"}', None] == [write_json_exactly({"a": text}) for text in ("1", "\ud800")]
