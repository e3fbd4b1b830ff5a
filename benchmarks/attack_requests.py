"""The attacks that `attacks.py` measures: what each sends to the server, and what it needs beforehand."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from raw_http import BODY, PATH, create_request, receive_reply, request_bytes

__all__ = ["FULL", "QUICK", "Attack", "Scale", "attacks"]

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How many journal entries and payment sessions are listed, and how many clients do not read."""

    entries: int
    sessions: int
    clients: int


FULL = Scale(entries=10_000, sessions=100_000, clients=300)
QUICK = Scale(entries=50, sessions=50, clients=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """An attack. `prepare` and `run` get the port of the server; sockets that `run` leaves open go onto the stack.

    `options` are those of the server's command line.
    """

    name: str
    run: Callable[[int, ExitStack], None]
    prepare: Callable[[int], None] = field(default=lambda _: None)
    options: tuple[str, ...] = ()


def attacks(scale: Scale) -> Iterator[Attack]:
    """Each attack of this scale."""
    long_name = "x" * 60_000
    yield Attack(name="the first refusal after the start", run=sends(post(b'{"operation":"add_method"}')))
    yield Attack(name="8,000 header names, one repeated", run=sends(get("/", "a:\r\na:\r\n" + repeated("{:x}:\r\n"))))
    yield Attack(name="a query of 30,000 parameters", run=sends(get(f"{PATH}?" + "a&" * 30_000)))
    yield Attack(name="a query of 10,000 different parameters", run=sends(post(query=repeated("{:x}&"))))
    yield Attack(name="10,000 cookies", run=sends(get(PATH, f"Cookie: {repeated('{:x}=1; ')}\r\n")))
    yield Attack(name="60 kB of commas in Accept", run=sends(get("/__mock/health", f"Accept: {',' * 60_000}\r\n")))
    yield Attack(name="a request head of 100 kB in one packet", run=sends(get("/", f"x: {long_name}{long_name}\r\n")))
    yield Attack(name="200 rejected keys of 60 kB", run=rejected_keys)
    yield Attack(name="200 different keys of 60 kB", run=different_keys)
    yield Attack(name="a body of 1 MB with undocumented members", run=sends(post(members(100_000))))
    yield Attack(name="a body of 600 kB that is an array", run=sends(post(b"[" + b"1," * 300_000 + b"1]")))
    yield Attack(name="a body of 1 MB with empty lists", run=sends(post(b"[" + b"[]," * 349_000 + b"[]]")))
    yield Attack(name="a body of 1 MB, the last number too large", run=sends(post(b"[" + b"1," * 520_000 + b"1e999]")))
    nested = b",".join([b"[" * 63 + b"]" * 63] * 8_000)
    yield Attack(name="a body of 1 MB with lists in 64 levels", run=sends(post(b"[" + nested + b"]")))
    yield from form_attacks()
    yield Attack(name="a form of 1 MB for Stripe's API", run=sends(stripe_form(b"%" * 1_000_000)))
    yield Attack(name="a body in chunks with empty lines", run=sends(chunks(b"4\r\n\r\n\r\n\r\n" * 100_000)))
    yield Attack(name="a body in chunks of one byte", run=sends(chunks(b"1\r\nx\r\n" * 200_000)))
    yield Attack(name="verify with 150 large patterns", run=sends(verify(patterns(150))))
    yield Attack(
        name=f"verify with 5,000 matchers over {min(scale.entries, 2_000):,} entries",
        prepare=calls(min(scale.entries, 2_000)),
        run=sends(verify({"body": {f"member_{number}": number for number in range(5_000)}})),
    )
    yield Attack(
        name=f"the journal with {scale.entries:,} entries",
        prepare=calls(scale.entries),
        run=sends(get("/__mock/journal?limit=10000"), get("/__mock/journal")),
    )
    digits = "4" * 40_000
    yield Attack(
        name="the journal with 100 entries of 40,000 digits",
        prepare=calls(100, post(json.dumps({"operation": "add_method", "address": True, "note": digits}).encode())),
        run=sends(get("/__mock/journal")),
    )
    yield Attack(
        name=f"the list of {scale.sessions:,} payment sessions",
        prepare=calls(scale.sessions),
        run=sends(get("/__mock/payment-sessions?limit=10000"), get("/__mock/payment-sessions")),
    )
    yield Attack(
        name=f"{scale.clients:,} clients that request the journal and read nothing",
        prepare=calls(scale.entries),
        run=unread("/__mock/journal?limit=10000", scale.clients),
    )
    yield Attack(
        name=f"{scale.clients:,} event listeners that read nothing",
        run=unread("/__mock/events", scale.clients),
    )


def form_attacks() -> Iterator[Attack]:
    """Attacks on an operation that takes a form without undocumented fields."""
    document = str(Path(__file__).with_name("forms.yaml"))
    options = ("--spec", document)
    percent, text, name = b"%" * 1_000_000, b"a=" + b"%" * 1_000_000, b"4242 " * 200_000
    for shown, body in (("percent signs", text), ("a name of percent signs", percent), ("a name of digits", name)):
        yield Attack(name=f"a form of 1 MB, {shown}", run=sends(form(URLENCODED, body)), options=options)
    yield Attack(
        name="the journal with 10 forms of 1 MB, percent signs",
        prepare=calls(10, form(URLENCODED, percent)),
        run=sends(get("/__mock/journal")),
        options=options,
    )
    delimiters = b"\r\n--bx" * 170_000
    yield Attack(
        name="a multipart form, no part of 1 MB",
        run=sends(form(f"{MULTIPART}; boundary=b", delimiters)),
        options=options,
    )
    yield Attack(
        name="a multipart form with a boundary of 60 kB",
        run=sends(form(f"{MULTIPART}; boundary={'-' * 60_000}", b"-" * 1_000_000)),
        options=options,
    )


def repeated(template: str) -> str:
    """60 kB of a template that is filled with numbers."""
    text = "".join(template.format(number) for number in range(16**3, 16**3 + 11_000))
    return text[: text.rindex(template[-1], 0, 60_000) + 1]


def get(path: str, fields: str = "") -> bytes:
    """A GET request with these header fields. Calls of the control API have no key, so they list all namespaces."""
    key = "" if path.startswith("/__mock/") else "wb-key: attacker\r\n"
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{key}{fields}\r\n".encode()


def post(body: bytes = BODY, query: str = "", key: str = "attacker") -> bytes:
    """A request that creates a payment session, or would if it were valid."""
    return request_bytes("POST", f"{PATH}?{query}", body, wb_key=key, content_type="application/json")


def stripe_form(body: bytes) -> bytes:
    """A form that confirms a setup intent, or would if it was valid."""
    path = "/v1/setup_intents/seti_1/confirm"
    return request_bytes("POST", path, body, content_type=URLENCODED)


def form(media_type: str, body: bytes) -> bytes:
    """A form for the operation of forms.yaml."""
    return request_bytes("POST", "/form", body, content_type=media_type)


def chunks(encoded: bytes) -> bytes:
    """A request with these chunks as its body."""
    head = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nwb-key: attacker\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head.encode() + encoded + b"0\r\n\r\n"


def members(count: int) -> bytes:
    """A JSON object with this number of members."""
    return json.dumps({f"m{number}": 1 for number in range(count)}, separators=(",", ":")).encode()[: 1024 * 1024]


def patterns(count: int) -> dict[str, object]:
    """An expectation with this number of different patterns that are large when they are compiled."""
    matchers = {f"member_{number}": {"matches": rf"\p{{L}}{{1,150}}{number}"} for number in range(count)}
    return {"body": matchers}


def verify(expectation: dict[str, object]) -> bytes:
    """A verify call for the whole server."""
    body = json.dumps({**expectation, "count": 1}).encode()
    return request_bytes("POST", "/__mock/verify", body, content_type="application/json")


def calls(count: int, request: bytes | None = None) -> Callable[[int], None]:
    """Send a request this number of times, in batches on one connection."""
    one = create_request() if request is None else request

    def send(port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            for _ in range(count):
                connection.sendall(one)
                receive_reply(connection)

    return send


def sends(*requests: bytes) -> Callable[[int, ExitStack], None]:
    """Send each request on a connection of its own, and read the reply until the server closes or pauses."""

    def run(port: int, _: ExitStack) -> None:
        for request in requests:
            with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
                connection.sendall(request)
                # The first part of the reply tells that the server has worked on the request.
                received = connection.recv(65536)
                connection.settimeout(0.3)
                try:
                    while received:
                        received = connection.recv(1 << 20)
                except TimeoutError:
                    pass

    return run


def rejected_keys(port: int, _: ExitStack) -> None:
    """Send keys to a path that does not exist, so that no key is accepted."""
    for number in range(200):
        key = f"{number}".ljust(60_000, "k")
        exchange(port, f"GET /unknown HTTP/1.1\r\nHost: 127.0.0.1\r\nwb-key: {key}\r\n\r\n".encode())


def different_keys(port: int, _: ExitStack) -> None:
    """Create payment sessions with different long keys."""
    for number in range(200):
        exchange(port, post(key=f"{number}".ljust(60_000, "k")))


def exchange(port: int, request: bytes) -> None:
    """Send one request and wait for its reply."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request)
        connection.recv(65536)


def unread(path: str, count: int) -> Callable[[int, ExitStack], None]:
    """Open connections that request a path and read nothing, while another client makes calls."""

    def run(port: int, stack: ExitStack) -> None:
        for _ in range(count):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", port))
            connection.sendall(get(path))
        calls(1_000)(port)

    return run
