"""What the web face asks of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mockserver.errors import Refusal
from mockserver.exchange import Fault, Reply, Request

__all__ = ["Core"]


class Core(Protocol):
    """The engine, as the web face sees it: it answers at once, and nothing it is given makes it raise."""

    def handle(self, request: Request) -> Reply | Fault:
        """The answer to a request that has passed the edge."""

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """The answer to a request that the edge refused; journalled like every other."""

    def health(self) -> Mapping[str, object]:
        """What is served: the members `spec` and `scenarios` of `GET /__mock/health`."""
