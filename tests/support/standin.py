"""A stand-in for the engine, so that the web face can be tested without contract and scenarios."""

from __future__ import annotations

import json
from collections.abc import Callable

from mockserver.errors import Refusal
from mockserver.messages import Fault, Reply, Request

__all__ = ["StandIn"]


class StandIn:
    """Echoes each request, unless `answer` is set; keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.refusals: list[Refusal] = []
        self.answer: Callable[[Request], Reply | Fault] = echo

    def handle(self, request: Request) -> Reply | Fault:
        self.requests.append(request)
        if request.oversized:
            return self.refuse(request, Refusal("too-large", "Too long."))
        return self.answer(request)

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        self.refusals.append(refusal)
        headers = (("Content-Type", "application/problem+json"), ("Mock-Refused", refusal.kind), *refusal.headers)
        return Reply(status=refusal.status, headers=headers, body=json.dumps(refusal.as_json()).encode())


def echo(request: Request) -> Reply:
    """What came in, as JSON."""
    told = {
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "headers": request.headers.pairs,
        "length": len(request.body),
        "body": request.body[:1000].decode("latin-1"),
    }
    return Reply(status=200, headers=(("Content-Type", "application/json"),), body=json.dumps(told).encode())
