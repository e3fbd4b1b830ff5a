"""Measure what Stripe's side costs: retrieving and confirming a setup intent beside creating its payment session.

    .venv/bin/python benchmarks/setups.py            # print a table
    .venv/bin/python benchmarks/setups.py --write    # and put it into benchmarks/README.md
    .venv/bin/python benchmarks/setups.py --quick    # does it still run? Its figures mean nothing

Over HTTP, on one keep-alive connection to a server of its own, one request after the other.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlencode, urlsplit

from commandline import MACHINE, CommandLine
from server import served

PATH = "/v1/c/customer/Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670/payment/session"
CARD = {
    "payment_method_data[type]": "card",
    "payment_method_data[card][number]": "4242424242424242",
    "payment_method_data[card][exp_month]": "12",
    "payment_method_data[card][exp_year]": "2034",
    "payment_method_data[card][cvc]": "123",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured."""

    rounds: int
    requests: int


FULL = Plan(rounds=15, requests=1_000)
QUICK = Plan(rounds=2, requests=20)


class Client:
    """One connection, and as little work as it takes to read an answer."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> bytes:
        """The body of the answer, which must be 200."""
        self._socket.sendall(request)
        data = self._socket.recv(65536)
        while b"\r\n\r\n" not in data:
            data += self._socket.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), data
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._socket.recv(65536)
        return body


def message(method: str, path: str, body: str = "", **fields: str) -> bytes:
    """A request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode()


def create() -> bytes:
    """Create a payment session."""
    body = '{"operation":"add_method","address":true}'
    return message("POST", PATH, body, wb_key="api_key_demo", content_type="application/json")


def retrieve(stripe: dict[str, Any]) -> bytes:
    """Look up its setup intent."""
    query = urlencode({"client_secret": stripe["client_secret"]})
    return message("GET", f"{where(stripe)}?{query}", authorization=f"Bearer {stripe['pk_key']}")


def confirm(stripe: dict[str, Any]) -> bytes:
    """Confirm it with a card, as a browser does."""
    body = urlencode(CARD | {"client_secret": stripe["client_secret"]})
    fields = {"authorization": f"Bearer {stripe['pk_key']}", "content_type": "application/x-www-form-urlencoded"}
    return message("POST", f"{where(stripe)}/confirm", body, **fields)


def where(stripe: dict[str, Any]) -> str:
    """The path of a setup intent."""
    return f"/v1/setup_intents/{stripe['client_secret'].partition('_secret_')[0]}"


def cost(client: Client, requests: list[bytes]) -> tuple[float, list[bytes]]:
    """Microseconds a request, and the answers."""
    begin = perf_counter()
    answers = [client.ask(request) for request in requests]
    return (perf_counter() - begin) / len(requests) * 1e6, answers


def measure(client: Client, plan: Plan) -> dict[str, list[float]]:
    """Microseconds a request by round; the three take turns, so that a slow second meets all of them."""
    figures: dict[str, list[float]] = {"create": [], "retrieve": [], "confirm": []}
    # The first round warms the server and does not count.
    for number in range(plan.rounds + 1):
        taken, answers = cost(client, [create()] * plan.requests)
        sessions = [json.loads(answer)["setup_intent"]["stripe"] for answer in answers]
        costs = (taken, cost(client, [*map(retrieve, sessions)])[0], cost(client, [*map(confirm, sessions)])[0])
        for rounds, each in zip(figures.values(), costs, strict=True):
            if number:
                rounds.append(each)
    return figures


def main() -> None:
    """The command line."""
    command_line = CommandLine(__doc__, block="setups")
    arguments = command_line.read()
    plan = QUICK if arguments.quick else FULL
    with served() as url:
        figures = measure(Client(urlsplit(url).port or 0), plan)
    base = median(figures["create"])
    rows = [
        "| request | time | relative to create |",
        "|---|---|---|",
        *(f"| {name} | {median(rounds):.0f} µs | {median(rounds) / base:.2f} |" for name, rounds in figures.items()),
        "",
        (f"{MACHINE}; median of {plan.rounds} alternating rounds of {plan.requests:,} requests."),
    ]
    command_line.show(rows)


if __name__ == "__main__":
    main()
