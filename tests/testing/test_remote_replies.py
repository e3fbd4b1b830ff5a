"""A server at --mockserver-url may be of another version, or no mock server: no reply aborts a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mockserver.errors import UsageError
from mockserver.testing import MockServer, VerificationError, running_server
from mockserver.testing.reply_value import UnexpectedReplyError
from tests.support.command import run_pytest
from tests.support.fake_server import fake_server

REQUEST = {"method": "POST", "path": "/v1/x", "query": "", "headers": {"host": "x"}, "body": "{}"}
REPLY = {"status": 400, "headers": {}, "body": "{}"}
ENTRY = {
    "id": "abc-1",
    "at": 1.5,
    "namespace": "abc",
    "request": REQUEST,
    "operation": "order",
    "scenario": None,
    "stub": None,
    "off_contract": None,
    "refused": "contract-violation",
    "nearest": {"scenario": "happy_path", "stub": "the first"},
    "misses": [{"where": "body /a", "expected": "1", "actual": "2"}],
    "violations": [{"in": "body", "pointer": "/a", "message": "it is wrong", "keyword": "type"}],
    "warnings": [{"in": "body", "pointer": "/b", "message": "it is unknown", "suggestion": "a"}],
    "reply": REPLY,
    "fault": None,
    "delay": 0.0,
    "duration": 0.001,
}
CELL = {"operation": "order", "scenario": None, "outcome": "200", "count": 0, "expected": True}
NEAR: Mapping[str, Any] = {
    "entry": "abc-1",
    "request": REQUEST,
    "operation": "order",
    "scenario": None,
    "refused": None,
    "misses": [],
}
NOT_VERIFIED = {"detail": "Expected 1 call.", "expected": {"operation": "order"}, "found": [], "nearest": [NEAR]}
SOUND: Mapping[str, Any] = {
    "health": {"status": "ok", "version": "9.9.9"},
    "openapi.json": {
        "openapi": "3.0.3",
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    },
    "scenarios": {"scenarios": [], "activated": {"namespace": None, "server": None}},
    "scenario": {"name": None},
    "journal": {"entries": [], "count": 0},
    "payment-sessions": {"payment_sessions": [{"namespace": "abc", "payment_session": {"token": "x"}}]},
    "coverage": {"cells": [CELL]},
    "verify": {"found": []},
}


def changed(value: Any, path: str, new: Any) -> Any:
    """A JSON value with another value at a path such as `entries/0/id`; ABSENT removes a member."""
    step, _, rest = path.partition("/")
    key: Any = int(step) if isinstance(value, list) else step
    inner = changed(value[key], rest, new) if rest else new
    if isinstance(value, list):
        return [inner if index == key else item for index, item in enumerate(value)]
    return {name: item for name, item in {**value, key: inner}.items() if item is not ...}


def status(code: int, body: bytes, *headers: str) -> bytes:
    head = [f"HTTP/1.1 {code} X", f"content-length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


JOURNAL = {"entries": [ENTRY], "count": 1}
DEEP = b"[" * 100_000
HTML = b"<!doctype html><title>hello</title>"

# The reply to one call, and what the error says about it.
UNEXPECTED: Mapping[str, tuple[str, Any, str]] = {
    "not JSON": ("journal", HTML, "the body is not JSON"),
    "not UTF-8": ("journal", b'{"entries": "\xff"}', "the body is not JSON"),
    "empty": ("journal", b"", "the body is null, not an object"),
    "nested deeply": ("journal", DEEP, "the body is nested too deeply"),
    "nested deeply, closed": ("journal", DEEP + b"]" * 100_000, "the body is nested too deeply"),
    "huge": ("journal", b"HTTP/1.1 200 OK\r\ncontent-length: 1099511627776\r\n\r\n{", "the body is larger than"),
    "a huge number": ("journal", b'{"entries": ' + b"9" * 10_000 + b"}", "the body is not JSON"),
    "cut": ("journal", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", "the body is not JSON"),
    "a redirect": ("journal", status(302, HTML, "location: /"), "status 302, the body is not JSON"),
    "an error page": ("journal", status(502, HTML), "status 502, the body is not JSON"),
    "an error without detail": ("journal", status(500, b"{}"), "status 500, detail is missing"),
    "a list": ("journal", [], "the body is a list, not an object"),
    "no entries": ("journal", {"count": 1}, "entries is missing"),
    "entries are an object": ("journal", {"entries": {}}, "entries is an object, not a list"),
    "an entry is a text": ("journal", {"entries": ["x"]}, "entries[0] is a text, not an object"),
    "pages without end": ("journal", status(200, b'{"entries": []}', 'link: </x?after=0>; rel="next"'), "no end"),
    "a member is missing": ("journal", changed(JOURNAL, "entries/0/request/method", ...), "request.method is missing"),
    "an id is a number": ("journal", changed(JOURNAL, "entries/0/id", 1), "entries[0].id is a number, not a text"),
    "a time is a text": ("journal", changed(JOURNAL, "entries/0/at", "x"), "entries[0].at is a text, not a number"),
    "a status is true": (
        "journal",
        changed(JOURNAL, "entries/0/reply", {**REPLY, "status": True}),
        "reply.status is true or false",
    ),
    "headers are a list": ("journal", changed(JOURNAL, "entries/0/request/headers", []), "headers is a list"),
    "a header is null": ("journal", changed(JOURNAL, "entries/0/reply/headers", {"a": None}), "headers.a is null"),
    "nearest is a text": ("journal", changed(JOURNAL, "entries/0/nearest", "x"), "nearest is a text, not an object"),
    "misses are null": ("journal", changed(JOURNAL, "entries/0/misses", None), "misses is null, not a list"),
    "no pointer": ("journal", changed(JOURNAL, "entries/0/violations/0/pointer", "a"), "is not a JSON pointer"),
    "a warning": ("journal", changed(JOURNAL, "entries/0/warnings/0/suggestion", 1), "suggestion is a number"),
    "sessions": ("payment-sessions", {"payment_sessions": [{}]}, "payment_sessions[0].payment_session is missing"),
    "scenarios": ("scenarios", {"activated": None}, "activated is null, not an object"),
    "an activated scenario": ("scenarios", changed(SOUND["scenarios"], "activated/namespace", 1), "is a number"),
    "coverage": ("coverage", {"cells": [changed(CELL, "expected", 1)]}, "cells[0].expected is a number"),
    "not verified, no detail": ("verify", status(409, b"{}"), "status 409, detail is missing"),
    "not verified, deep": (
        "verify",
        status(409, b'{"detail": "x", "nearest": [], "expected": ' + b"[" * 900 + b"]" * 900 + b"}"),
        "",
    ),
    "not verified, nearest": (
        "verify",
        status(409, json.dumps(changed(NOT_VERIFIED, "nearest/0/request", 1)).encode()),
        "nearest[0].request is a number, not an object",
    ),
    "the contract is a list": ("openapi.json", [], "the body is a list, not an object"),
    "the contract is none": ("openapi.json", {}, "openapi is missing"),
    "components": ("openapi.json", {"openapi": "3.0.3", "components": 1}, "components is a number, not an object"),
    "schemes": ("openapi.json", {"openapi": "3.0.3", "components": {"securitySchemes": []}}, "is a list"),
    "a reference to nowhere": (
        "openapi.json",
        {"openapi": "3.0.3", "components": {"securitySchemes": {"a": {"$ref": "#/x"}}}},
        "$ref '#/x' leads nowhere",
    ),
}


def use(mock: MockServer) -> None:
    """Call everything that the plugin calls."""
    mock.scenario(None)
    mock.watch().update()
    assert mock.in_force
    assert mock.payment_sessions
    assert mock.coverage
    mock.verify(operation="order")
    mock.check()
    assert mock.expected_cells


def replies(call: str = "", reply: Any = None) -> dict[str, bytes]:
    """Sound replies to all calls, except for one."""
    values = {**SOUND, call: reply} if call else SOUND
    return {name: each if isinstance(each, bytes) else json.dumps(each).encode() for name, each in values.items()}


@pytest.mark.parametrize("name", UNEXPECTED)
def test_an_unexpected_reply(name: str) -> None:
    """The error is one line with the call, the part that is wrong, and the versions of server and client."""
    call, reply, problem = UNEXPECTED[name]
    with fake_server(replies(call, reply)) as url, pytest.raises((UsageError, VerificationError)) as caught:
        use(MockServer(url=url).start())
    text = str(caught.value)

    if isinstance(caught.value, UnexpectedReplyError):
        assert "\n" not in text
        assert f"unexpected reply of the server at {url} (version 9.9.9) to" in text
        assert f"/__mock/{call}: status" in text or call in {"openapi.json", "journal"}
    assert problem in text
    assert isinstance(caught.value, UnexpectedReplyError) or name == "not verified, deep"


VERSIONS: Mapping[str, tuple[Any, str]] = {
    "of a text": ({"status": "ok", "version": "1.2.3"}, "(version 1.2.3)"),
    "long": ({"status": "ok", "version": "1" * 1000}, f"(version {'1' * 40})"),
    "control characters": ({"status": "ok", "version": "1\x1b[2J\n"}, "(version 1\\x1b[2J\\n)"),
    "missing": ({"status": "ok"}, "(unknown version)"),
    "of a number": ({"status": "ok", "version": 1}, "(unknown version)"),
}


@pytest.mark.parametrize("name", VERSIONS)
def test_the_version_of_the_server(name: str) -> None:
    """The error has the version from health, if there is one."""
    health, shown = VERSIONS[name]
    with fake_server(replies("health", health) | {"journal": b"{}"}) as url, pytest.raises(UsageError) as caught:
        assert MockServer(url=url).start().journal

    assert shown in str(caught.value)


@pytest.mark.parametrize("health", [HTML, DEEP, b"[]", b"", b'{"status": 1}', status(204, b""), b"HTTP/1.1 x\r\n\r\n"])
def test_no_health(health: bytes) -> None:
    """A server without health is not a mock server."""
    with fake_server({"health": health}) as url, pytest.raises(UsageError) as caught:
        MockServer(url=url).start()

    assert "is not a healthy mock server" in str(caught.value) or "no mock server answers" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_long_reply_without_a_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body is read up to the limit, also if its length is not announced."""
    monkeypatch.setattr(running_server.RunningServer.page, "__kwdefaults__", {"max_size": 1000})
    monkeypatch.setattr(running_server.RunningServer.call, "__kwdefaults__", {"max_size": 1000})
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 2000
    with fake_server(replies("journal", endless)) as url, pytest.raises(UnexpectedReplyError, match="larger than 1000"):
        assert MockServer(url=url).start().journal


def with_unknown_members(value: Any) -> Any:
    if isinstance(value, dict):
        return {**{name: with_unknown_members(member) for name, member in value.items()}, "new": {"deep": [1]}}
    return [with_unknown_members(item) for item in value] if isinstance(value, list) else value


def test_unknown_members_are_ignored() -> None:
    """A newer server may send more than this client knows."""
    values = {**SOUND, "journal": JOURNAL}
    known = {"headers": {"host": "x"}}
    sent = {name: with_unknown_members(value) for name, value in values.items() if name != "openapi.json"}
    sent["journal"]["entries"][0]["request"] |= known
    sent["journal"]["entries"][0]["reply"]["headers"] = {}
    with fake_server(replies() | {name: json.dumps(value).encode() for name, value in sent.items()}) as url:
        mock = MockServer(url=url).start()
        (entry,) = mock.journal
        mock.verify(operation="order")

        assert ("abc-1", "/v1/x", ("happy_path", "the first")) == (entry.id, entry.request.path, entry.nearest)
        assert "happy_path" == mock.in_force
        assert [("order", "", "200")] == mock.expected_cells


ONE = """
def test_one(mockserver, mockserver_client):
    pass


def test_two(mockserver):
    mockserver.verify(operation="order")


def test_three(mockserver):
    assert not mockserver.journal
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("remote")
    (folder / "test_one.py").write_text(ONE)
    return folder


@pytest.mark.parametrize(
    "name",
    ["not JSON", "nested deeply", "huge", "a list", "a member is missing", "coverage", "the contract is a list", "cut"],
)
def test_promise_1_no_reply_aborts_a_run(project: Path, name: str) -> None:
    """Pytest reports the error of each test in one line, and no INTERNALERROR."""
    call, reply, problem = UNEXPECTED[name]
    with fake_server(replies(call, reply)) as url:
        result = run_pytest(project, f"--mockserver-url={url}")
    output = result.stdout + result.stderr

    assert "INTERNALERROR" not in output
    assert result.returncode == (0 if call == "coverage" else 1)
    assert [line for line in output.splitlines() if problem in line and "(version 9.9.9)" in line], output


HOSTILE = "\x1b]0;owned\x07\x9b2J\u202e\u2028\x85\r\nforged line\x7f"


def hostile(value: Any) -> Any:
    """The value with every text in it, except those that a client compares, followed by control characters."""
    if isinstance(value, dict):
        return {name: member if name in {"pointer", "status"} else hostile(member) for name, member in value.items()}
    if isinstance(value, list):
        return list(map(hostile, value))
    return f"{value}{HOSTILE}" if isinstance(value, str) else value


def unsafe(text: str) -> list[str]:
    """The characters of a text that a terminal obeys, and lines that were forged."""
    lines = text.split("\n")
    found = [character for line in lines for character in line if not (character.isprintable() or character == "\t")]
    return found + [line for line in lines if line.startswith("forged")]


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "xdist"])
def test_promise_7_no_control_characters_in_reports(project: Path, workers: list[str]) -> None:
    """What a remote server sends reaches the terminal and the JUnit file without control characters."""
    values = {**SOUND, "journal": JOURNAL, "coverage": {"cells": [CELL, {**CELL, "scenario": "other"}]}}
    sent = {name: hostile(value) for name, value in values.items() if name != "openapi.json"}
    texts = replies() | {name: json.dumps(value).encode() for name, value in sent.items()}
    texts["verify"] = status(409, json.dumps(hostile(NOT_VERIFIED)).encode())
    texts["scenarios"] = json.dumps({"activated": {"namespace": f"\ud800{HOSTILE}", "server": None}}).encode()
    with fake_server(texts) as url:
        result = run_pytest(project, f"--mockserver-url={url}", "--junitxml=report.xml", *workers)

    assert "3 failed" in result.stdout, result.stdout
    assert [] == unsafe(result.stdout + result.stderr)
    assert "\\x1b]0;owned\\x07" in result.stdout
    assert [] == unsafe((project / "report.xml").read_text("utf-8"))
