"""An engine that echoes requests, so that the HTTP layer can be tested on its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

from mockserver.engine.engine import Engine
from mockserver.engine.mock_headers import refusal_reply
from mockserver.engine.snapshot import Snapshot
from mockserver.errors import Refusal
from mockserver.loading import load_snapshot
from mockserver.messages import Fault, Reply, Request
from mockserver.settings import Settings

__all__ = ["EchoEngine"]


class EchoEngine(Engine):
    """Echoes each request unless `answer` is set; keeps the requests and refusals that it gets."""

    def __init__(self) -> None:
        super().__init__(snapshot=_snapshot(), seed=1)
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
        return refusal_reply(refusal)


@cache
def _snapshot() -> Snapshot:
    return load_snapshot(Settings())


def echo(request: Request) -> Reply:
    """The request as JSON."""
    received = {
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "headers": request.headers.pairs,
        "length": len(request.body),
        "body": request.body[:1000].decode("latin-1"),
    }
    return Reply(status=200, headers=(("Content-Type", "application/json"),), body=json.dumps(received).encode())
