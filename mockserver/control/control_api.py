"""One control call in, one reply out: held against spec/admin.yaml both ways, as the API itself is against its contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from hmac import compare_digest
from typing import Any, Final

from mockserver.contract import Contract
from mockserver.control.control_calls import CALLS, CallResult
from mockserver.control.event_stream import EventStream
from mockserver.engine.engine import Engine
from mockserver.engine.mock_headers import refusal_reply, summary
from mockserver.engine.reply_renderer import as_json
from mockserver.errors import Refusal
from mockserver.messages import ABSENT, Headers, Reply, Request
from mockserver.parsing.strict_json import write_exactly
from mockserver.settings import Settings, own

__all__ = ["PREFIX", "TOKEN_HEADER", "ControlApi"]

PREFIX: Final = "/__mock/"
TOKEN_HEADER: Final = "mock-admin-token"  # noqa: S105 - the name of a header

_COMMON: Final = (("cache-control", "no-store"), ("x-content-type-options", "nosniff"))
_JSON: Final = ("content-type", "application/json")
_EVENTS: Final = ("content-type", "text/event-stream")


class ControlApi:
    """The control API of one engine; Host, Origin and the size of bodies were checked before it is asked."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._token = settings.admin_token
        self._max_body = settings.max_body

    @cached_property
    def _contract(self) -> Contract:
        # Read on the first call: no start should wait for it.
        return Contract.load(own("admin.yaml"), max_body=self._max_body)

    def handle(self, request: Request) -> Reply | tuple[Reply, EventStream]:
        """Answer one call; with the events that follow the head, where the call asks for them."""
        asked = replace(request, method="GET") if request.method == "HEAD" else request
        try:
            operation, told = self._told(asked)
        except Refusal as refusal:
            return _refused(refusal)
        if isinstance(told, EventStream):
            head = Reply(status=200, headers=(_EVENTS, *_COMMON))
            if request.method != "HEAD":
                return head, told
            told.close()
            return head
        reply, written = _reply(told)
        if violations := self._contract.reply_violations(operation, reply, written=written):
            raise RuntimeError(f"a reply of {operation} breaks spec/admin.yaml at: {summary(violations)}")
        return reply

    def _told(self, request: Request) -> tuple[str, CallResult | EventStream]:
        """The operation that a call asks for, and what it tells. Raises Refusal."""
        self._authenticate(request.headers)
        route = self._contract.route(request)
        understood = self._contract.understand(request, route)
        if understood.violations:
            detail = f"The call breaks spec/admin.yaml at: {summary(understood.violations)}."
            raise Refusal("contract-violation", detail, violations=understood.violations)
        return route.operation.id, CALLS[route.operation.id](self._engine, understood.call)

    def _authenticate(self, headers: Headers) -> None:
        if self._token is None:
            return
        sent = headers.get(TOKEN_HEADER)
        if sent is None or not compare_digest(sent.encode("utf-8", "replace"), self._token.encode()):
            said = "is another" if sent is not None else "is missing"
            raise Refusal(
                "not-authenticated",
                f"The control API of this server is guarded, and the token {said}: send --admin-token's in the header "
                "Mock-Admin-Token.",
                headers=(("WWW-Authenticate", 'ApiKey in="header", name="Mock-Admin-Token"'),),
            )


def _reply(told: CallResult) -> tuple[Reply, Any]:
    """The reply, and the value of which its body was written, where the text says exactly that."""
    if told.body is None:
        return Reply(status=told.status, headers=_COMMON), ABSENT
    headers = (_JSON, *_COMMON)
    text = write_exactly(told.body)
    if text is None:
        return Reply(status=told.status, headers=headers, body=as_json(told.body)), ABSENT
    return Reply(status=told.status, headers=headers, body=text), told.body


def _refused(refusal: Refusal) -> Reply:
    headers: Mapping[str, str] = dict(refusal.headers)
    if "GET" in headers.get("Allow", "").split(", "):
        headers = {**headers, "Allow": headers["Allow"].replace("GET", "GET, HEAD")}
    refusal.headers = tuple(headers.items())
    return refusal_reply(refusal, headers=_COMMON)
