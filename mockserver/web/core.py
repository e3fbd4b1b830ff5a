"""What the web face asks of the engine, and of the control API."""

from __future__ import annotations

from typing import Protocol

from mockserver.errors import Refusal
from mockserver.messages import Fault, Reply, Request
from mockserver.web.streaming import Source

__all__ = ["ControlPart", "Core"]


class Core(Protocol):
    """The engine, as the web face sees it: it answers at once, and nothing it is given makes it raise."""

    def handle(self, request: Request) -> Reply | Fault:
        """The answer to a request that has passed the edge."""

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """The answer to a request that the edge refused; journalled like every other."""


class ControlPart(Protocol):
    """The control API, as the web face sees it."""

    def handle(self, request: Request) -> Reply | tuple[Reply, Source]:
        """The answer to a call that has passed the edge; with what is streamed after it, if anything is."""
