"""Injects faults: deliberate misbehaviour of the connection."""

import asyncio
from dataclasses import dataclass, replace
from time import monotonic

from starlette.types import Receive, Send

from mockserver.messages import Fault, Reply
from mockserver.web.reply_messages import head_message, sent_body
from mockserver.web.wire import Wire, pause

# What a client library would raise. Without a wire the app runs in the client's process and raises it itself.
_RAISED: dict[str, type[OSError]] = {
    "connection_reset": ConnectionResetError,
    "empty_reply": ConnectionAbortedError,
    "truncated_body": ConnectionAbortedError,
    "hang": TimeoutError,
}

# Event loops do not wait for less; in seconds.
_TICK = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultInjector:
    """Injects faults into the reply to one request.

    `headers` are added to the reply. `wire` is None under other servers; a fault that needs a wire then raises the
    OSError that a client would see.
    """

    method: str
    headers: tuple[tuple[str, str], ...]
    wire: Wire | None
    receive: Receive
    send: Send

    async def inject(self, fault: Fault) -> None:
        """Inject a fault."""
        wire = self.wire
        if fault.kind == "malformed_json":
            await self._dribble(malformed(fault.reply), chunks=1, over=0.0)
        elif fault.kind == "dribble":
            await self._dribble(fault.reply, chunks=max(1, fault.chunks), over=fault.over)
        elif wire is None:
            raise _RAISED[fault.kind](f"fault {fault.kind}")
        elif fault.kind == "connection_reset":
            wire.reset()
        else:
            if fault.kind == "truncated_body":
                await self._truncate(fault.reply)
            elif fault.kind == "hang":
                await self._hang(wire)
            wire.close()

    async def _dribble(self, reply: Reply, *, chunks: int, over: float) -> None:
        """Send the body in pieces: the first at once, the last at the end. Pieces that are due together do not wait."""
        body = sent_body(reply, self.method)
        await self.send(head_message(reply, headers=self.headers))
        started = monotonic()
        for number in range(1, chunks):
            start, end = len(body) * (number - 1) // chunks, len(body) * number // chunks
            await self.send({"type": "http.response.body", "body": body[start:end], "more_body": True})
            wait = started + over * number / (chunks - 1) - monotonic()
            if wait > _TICK or number == chunks - 1:
                await pause(self.wire, max(0.0, wait))
        await self.send({"type": "http.response.body", "body": body[len(body) * (chunks - 1) // chunks :]})

    async def _truncate(self, reply: Reply) -> None:
        body = sent_body(reply, self.method)
        await self.send(head_message(reply, headers=self.headers))
        await self.send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})

    async def _hang(self, wire: Wire) -> None:
        """Wait until the client disconnects or the server stops. The request has been read completely."""
        tasks = [asyncio.ensure_future(self.receive()), asyncio.ensure_future(wire.stopping.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()


def malformed(reply: Reply) -> Reply:
    """The reply with a body that is not JSON: half of it and a comma, which ends no JSON text."""
    return replace(reply, body=reply.body[: len(reply.body) // 2] + b",")
