"""Which way a message is judged: by what was compiled, or by openapi-core alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.cli.greeting import greeting
from mockserver.contract.compiled.compiled_operation import CompiledOperation
from mockserver.loading import load_engine
from mockserver.messages import Headers, Reply, Request
from mockserver.parsing.json_writer import write_json_exactly
from mockserver.settings import Settings
from tests.support.documents import body_of, contract_of, described, response_of

PATH = "/v1/c/customer/Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670/payment/session"
FIELDS = (("content-type", "application/json"), ("wb-key", "api_key_demo"))


def post(body: Any) -> Request:
    return Request(method="POST", path=PATH, headers=Headers(FIELDS), body=json.dumps(body).encode())


@pytest.mark.parametrize("body", [{"operation": "add_method", "address": True}, {"operation": "add_method"}, [], None])
def test_both_ways_answer_alike(body: Any) -> None:
    """`--validation openapi-core` changes who is asked, never what is answered."""
    engines = [load_engine(Settings(seed=1, validation=way)) for way in ("compiled", "openapi-core")]
    replies = [engine.handle(post(body)) for engine in engines]

    assert replies[0] == replies[1]


@pytest.mark.parametrize(("validation", "asked"), [("compiled", 0), ("openapi-core", 1)])
def test_who_is_asked(monkeypatch: pytest.MonkeyPatch, validation: Any, asked: int) -> None:
    """A valid message needs openapi-core only where it is to be asked about every one."""
    engine = load_engine(Settings(seed=1, validation=validation))
    judge = engine.contract._validator.openapi_core
    calls: list[str] = []
    monkeypatch.setattr(judge, "reply", lambda *_: calls.append("reply") or [])  # type: ignore[func-returns-value]  # so that it gives the list
    reply = engine.handle(post({"operation": "add_method", "address": True}))

    assert isinstance(reply, Reply)
    assert (200, asked) == (reply.status, len(calls))


def test_what_scenarios_name_is_compiled_at_load() -> None:
    """The first request waits for no compiler."""
    engine = load_engine(Settings(seed=1))

    assert ["c_create_payment_session"] == [
        name for name in (engine.contract._validator._compiled or ()) if name.startswith("c_create")
    ]


def test_the_start_tells_what_is_not_compiled() -> None:
    """What only openapi-core can judge is named, with its operation; of the bundled contract it is nothing."""
    pattern = {"type": "string", "pattern": "(?=a)b"}
    parameter = {"name": "p", "in": "query", "schema": pattern}
    contract = contract_of(described({"parameters": [parameter]} | body_of(pattern) | response_of({})))
    contract.compile(["x"])
    engine = load_engine(Settings(seed=1))

    assert {"x": ["the parameter p", "the request application/json"]} == contract.uncompiled()
    assert {} == engine.contract.uncompiled()
    assert "openapi-core" not in greeting(Settings(), engine, "http://127.0.0.1:8080")


def test_a_payment_session_is_checked_as_it_is_written() -> None:
    """A value that is given beside the body decides as the body would, for only what is written exactly is given."""
    contract = contract_of(described(response_of({"type": "object", "required": ["a"]})))
    acceptance = CompiledOperation(contract.document, contract.operations["x"])
    reply = Reply(status=200, headers=(FIELDS[0],), body=b"{}")

    assert [True, False] == [acceptance.reply(reply, value) for value in ({"a": "1"}, {})]
    assert [b'{"a":"1"}', None] == [write_json_exactly({"a": text}) for text in ("1", "\ud800")]
