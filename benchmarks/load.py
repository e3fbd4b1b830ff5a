"""The load generator: keep-alive connections that send one request after another and parse every reply.

It is a bare asyncio protocol in its own process, because it must need less CPU time than the server that it measures.
The result contains its CPU time, so that a run with a busy load generator can be recognized.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from secrets import token_hex
from statistics import quantiles
from typing import cast

import uvloop
from raw_http import BODY, CUSTOMER, create_request, parse_reply, request_bytes

CONNECTIONS = 16
BLANKS = bytes.maketrans(b"01", b" \t")
INVALID_BODY = b'{"operation":"add_method"}'


def check_reply(status: int, body: bytes) -> None:
    """Raise RuntimeError unless the reply is a payment session of the customer."""
    if status != 200 or json.loads(body).get("customer_id") != CUSTOMER:
        raise RuntimeError(f"unexpected reply with status {status}: {body!r}")


class Requests:
    """The requests of a run, and what their replies must be.

    `kind` is one of KINDS: a valid POST, one that lacks a required member, one with a new API key or a new body each
    time, or a GET request to `path`, whose reply must have the status.
    """

    KINDS = ("valid", "refused", "new-keys", "new-bodies", "get")

    def __init__(self, kind: str, *, path: str, status: int) -> None:
        self.kind = kind
        self.status = 400 if kind == "refused" else status
        self.sent = 0
        # Every run has keys of its own, so that all are new to a server that has answered earlier runs.
        self.keys = f"api_key_{token_hex(4)}_".encode()
        get = request_bytes("GET", path, wb_key="api_key_demo", authorization="Bearer demo")
        self.request = get if kind == "get" else create_request(INVALID_BODY if kind == "refused" else BODY)

    def next(self) -> bytes:
        """The next request."""
        if self.kind not in {"new-keys", "new-bodies"}:
            return self.request
        self.sent += 1
        if self.kind == "new-bodies":
            # Spaces and tabs mean nothing in JSON, and the length stays the same: so the head is the same, too.
            return create_request(BODY.replace(b",", b"," + f"{self.sent:032b}".encode().translate(BLANKS)))
        return self.request.replace(b"api_key_demo", b"%b%d" % (self.keys, self.sent))

    def check(self, status: int, body: bytes) -> None:
        """Raise RuntimeError if this is not the expected reply."""
        if self.kind in {"valid", "new-keys", "new-bodies"}:
            check_reply(status, body)
        elif status != self.status or (self.kind == "refused" and json.loads(body).get("status") != status):
            raise RuntimeError(f"unexpected reply with status {status}: {body!r}")


class Connection(asyncio.Protocol):
    """One keep-alive connection; it sends the next request when it has parsed the reply."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.sent = 0.0
        self.received = b""
        self.transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self.transport = cast("asyncio.WriteTransport", transport)
        self.sent = time.perf_counter()
        self.transport.write(self.load.requests.next())

    def data_received(self, data: bytes) -> None:
        """Parse the reply when it is complete, and send the next request."""
        self.received += data
        try:
            reply = parse_reply(self.received)
            if reply is None:
                return
            self.load.requests.check(*reply)
        except Exception as error:  # noqa: BLE001 - any error in a reply ends the whole run
            self.load.fail(error)
            return
        self.received = b""
        now = time.perf_counter()
        self.load.delays.append(now - self.sent)
        if self.load.count(now) and self.transport is not None:
            self.sent = now
            self.transport.write(self.load.requests.next())

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail: the server must keep the connection open."""
        self.load.fail(exc or RuntimeError("the server closed the connection"))


class Load:
    """One run; it ends after this number of requests or seconds, whichever comes first."""

    def __init__(self, *, port: int, count: int, seconds: float, requests: Requests, connections: int) -> None:
        self.port = port
        self.requests = requests
        self.connections = connections
        self.delays: list[float] = []
        self.remaining = count
        self.replies = 0
        self.deadline = time.perf_counter() + seconds
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def count(self, now: float) -> bool:
        """Count one reply; return whether to send another request."""
        self.replies += 1
        self.remaining -= 1
        more = self.remaining > 0 and now < self.deadline
        if not more and not self.done.done():
            self.done.set_result(None)
        return more

    def fail(self, error: Exception) -> None:
        """End the run with an error, unless it has already ended."""
        if not self.done.done():
            self.done.set_exception(error)

    async def run(self) -> dict[str, float]:
        """Run; return the number of replies, the elapsed seconds, the CPU seconds of this process, and the delays.

        `p99` is how long 99 % of the requests took at most, `longest` how long a connection waited, in seconds.
        """
        start, cpu_start = time.perf_counter(), time.process_time()
        loop = asyncio.get_running_loop()
        opened = await asyncio.gather(
            *(loop.create_connection(lambda: Connection(self), "127.0.0.1", self.port) for _ in range(self.connections))
        )
        await self.done
        end = time.perf_counter()
        return {
            "replies": self.replies,
            "seconds": end - start,
            "cpu_seconds": time.process_time() - cpu_start,
            "p99": quantiles(self.delays, n=100)[-1],
            # A connection may still wait for a reply.
            "longest": max(*self.delays, *(end - connection.sent for _, connection in opened)),
        }


async def main() -> None:
    """Print the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--kind", choices=Requests.KINDS, default="valid")
    parser.add_argument("--path", default="/")
    parser.add_argument("--status", type=int, default=200)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    given = parser.parse_args()
    load = Load(
        port=given.port,
        count=given.count,
        seconds=given.seconds,
        requests=Requests(given.kind, path=given.path, status=given.status),
        connections=given.connections,
    )
    sys.stdout.write(json.dumps(await load.run()))


if __name__ == "__main__":
    uvloop.run(main())
