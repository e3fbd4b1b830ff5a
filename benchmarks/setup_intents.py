"""Measure the Stripe API: retrieving and confirming a setup intent, relative to creating its payment session.

    .venv/bin/python benchmarks/setup_intents.py            # print a table
    .venv/bin/python benchmarks/setup_intents.py --write    # also put it into benchmarks/README.md
    .venv/bin/python benchmarks/setup_intents.py --quick    # only check that it runs; ignore the figures

It sends one request after the other over one keep-alive connection.
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
from raw_http import create_request, receive_reply, request_bytes
from server import running_mock

CARD = {
    "payment_method_data[type]": "card",
    "payment_method_data[card][number]": "4242424242424242",
    "payment_method_data[card][exp_month]": "12",
    "payment_method_data[card][exp_year]": "2034",
    "payment_method_data[card][cvc]": "123",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The number of rounds and of requests per round."""

    rounds: int
    requests: int


FULL = Plan(rounds=15, requests=1_000)
QUICK = Plan(rounds=2, requests=20)


def retrieve_request(stripe: dict[str, Any]) -> bytes:
    """Retrieve the setup intent."""
    query = urlencode({"client_secret": stripe["client_secret"]})
    return request_bytes("GET", f"{path_of(stripe)}?{query}", b"", **credentials(stripe))


def confirm_request(stripe: dict[str, Any]) -> bytes:
    """Confirm the setup intent with a card, as a browser does."""
    body = urlencode(CARD | {"client_secret": stripe["client_secret"]}).encode()
    headers = {**credentials(stripe), "content_type": "application/x-www-form-urlencoded"}
    return request_bytes("POST", f"{path_of(stripe)}/confirm", body, **headers)


def credentials(stripe: dict[str, Any]) -> dict[str, str]:
    """The headers of a page: the publishable key and the connected account."""
    return {"authorization": f"Bearer {stripe['pk_key']}", "stripe_account": stripe["connected_account_id"]}


def path_of(stripe: dict[str, Any]) -> str:
    """The path of the setup intent."""
    return f"/v1/setup_intents/{stripe['client_secret'].partition('_secret_')[0]}"


def send(connection: socket.socket, requests: list[bytes]) -> tuple[float, list[bytes]]:
    """Send the requests one after the other; return the microseconds per request and the bodies of the replies."""
    replies = []
    start = perf_counter()
    for request in requests:
        connection.sendall(request)
        replies.append(receive_reply(connection))
    microseconds = (perf_counter() - start) / len(requests) * 1e6
    assert {200} == {status for status, _ in replies}, replies
    return microseconds, [body for _, body in replies]


def measure(connection: socket.socket, plan: Plan) -> dict[str, list[float]]:
    """Return the microseconds per request of each round; the kinds alternate, so a slow second affects all of them."""
    figures: dict[str, list[float]] = {"create": [], "retrieve": [], "confirm": []}
    # The first round is the warm-up.
    for number in range(plan.rounds + 1):
        create, bodies = send(connection, [create_request()] * plan.requests)
        sessions = [json.loads(body)["setup_intent"]["stripe"] for body in bodies]
        retrieve, _ = send(connection, [*map(retrieve_request, sessions)])
        confirm, _ = send(connection, [*map(confirm_request, sessions)])
        for rounds, microseconds in zip(figures.values(), (create, retrieve, confirm), strict=True):
            if number:
                rounds.append(microseconds)
    return figures


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="setup_intents")
    arguments = command_line.read()
    plan = QUICK if arguments.quick else FULL
    with running_mock() as url, socket.create_connection(("127.0.0.1", urlsplit(url).port or 0)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        figures = measure(connection, plan)
    create = median(figures["create"])
    rows = [
        "| request | time | relative to create |",
        "|---|---|---|",
        *(f"| {name} | {median(rounds):.0f} µs | {median(rounds) / create:.2f} |" for name, rounds in figures.items()),
        "",
        f"{MACHINE}; median of {plan.rounds} alternating rounds of {plan.requests:,} requests.",
    ]
    command_line.show(rows)


if __name__ == "__main__":
    main()
