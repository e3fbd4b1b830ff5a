"""The load: 16 keep-alive connections that send one POST after another, valid or not, and parse every answer.

It must cost less than the server it measures, or it measures itself; so it is a bare asyncio protocol, in a process of
its own, and it says what share of the time it was busy.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import cast

import uvloop

CONNECTIONS = 16
CUSTOMER = "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670"
BODY = b'{"operation":"add_method","address":true}'
LACKING = b'{"operation":"add_method"}'


def request_to(port: int, body: bytes = BODY) -> bytes:
    """The POST, as bytes; valid with the usual body."""
    head = (
        f"POST /v1/c/customer/{CUSTOMER}/payment/session HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        "wb-key: api_key_demo\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def is_whole(received: bytes, *, refused: bool = False) -> bool:
    """Whether one whole answer has come; raises RuntimeError when it is no session for the customer, or no refusal."""
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return False
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    if len(body) < length:
        return False
    answer = json.loads(body)
    found = (head[9:12], answer.get("status") if refused else answer.get("customer_id"))
    if found != ((b"400", 400) if refused else (b"200", CUSTOMER)):
        raise RuntimeError(f"not what was expected: {received!r}")
    return True


class Connection(asyncio.Protocol):
    """One keep-alive connection: the next request goes out when the answer has been parsed."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.received = b""
        self.transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self.transport = cast("asyncio.WriteTransport", transport)
        self.transport.write(self.load.request)

    def data_received(self, data: bytes) -> None:
        """Parse what came; once it is whole, send the next request."""
        self.received += data
        try:
            whole = is_whole(self.received, refused=self.load.refused)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with an answer ends the whole run
            self.load.fail(error)
            return
        if whole:
            self.received = b""
            if self.load.count() and self.transport is not None:
                self.transport.write(self.load.request)

    def connection_lost(self, exc: Exception | None) -> None:
        """A server that hangs up in the middle has failed."""
        self.load.fail(exc or RuntimeError("the server closed the connection"))


class Load:
    """One run: so many requests, or so many seconds, whichever ends first."""

    def __init__(self, *, port: int, requests: int, seconds: float, refused: bool) -> None:
        self.port = port
        self.refused = refused
        self.request = request_to(port, LACKING if refused else BODY)
        self.left = requests
        self.answered = 0
        self.deadline = time.perf_counter() + seconds
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def count(self) -> bool:
        """Note one answer; true while more are wanted."""
        self.answered += 1
        self.left -= 1
        more = self.left > 0 and time.perf_counter() < self.deadline
        if not more and not self.done.done():
            self.done.set_result(None)
        return more

    def fail(self, error: Exception) -> None:
        """End the run with an error, unless it has ended."""
        if not self.done.done():
            self.done.set_exception(error)

    async def run(self) -> dict[str, float]:
        """The number of answers, and how long the run took in wall and in processor time."""
        wall, busy = time.perf_counter(), time.process_time()
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            *(loop.create_connection(lambda: Connection(self), "127.0.0.1", self.port) for _ in range(CONNECTIONS))
        )
        await self.done
        return {
            "answered": self.answered,
            "seconds": time.perf_counter() - wall,
            "busy": time.process_time() - busy,
        }


async def main() -> None:
    """Print the result as JSON: `load.py PORT REQUESTS SECONDS [refused]`; refused requests lack a member."""
    port, requests, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    load = Load(port=port, requests=requests, seconds=seconds, refused="refused" in sys.argv[4:])
    sys.stdout.write(json.dumps(await load.run()))


if __name__ == "__main__":
    uvloop.run(main())
