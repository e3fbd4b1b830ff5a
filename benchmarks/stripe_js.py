"""Measure in Chromium how fast the mock's Stripe.js loads, compared with a script of one line.

    .venv/bin/python benchmarks/stripe_js.py            # print a table
    .venv/bin/python benchmarks/stripe_js.py --write    # also put it into benchmarks/README.md
    .venv/bin/python benchmarks/stripe_js.py --quick    # only check that it runs; ignore the figures

It needs Chromium and the Python package playwright.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

from commandline import MACHINE, CommandLine
from playwright.sync_api import Browser, Page, sync_playwright
from raw_http import PATH
from server import running_mock

FLOOR = "data:text/javascript,window.floor = 1"
# The sandbox does not work for root. The other flags prevent background traffic.
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

# Milliseconds from adding the script tag to the global that the script defines.
LOAD = """([url, name]) => new Promise((resolve, reject) => {
    const script = document.createElement("script"), started = performance.now();
    script.onload = () => name in window ? resolve(performance.now() - started) : reject(`there is no ${name}`);
    script.onerror = () => reject(url);
    script.src = url;
    document.head.append(script);
})"""
# Milliseconds from creating the payment element to its ready event.
FORM = """([key, stripeAccount, clientSecret]) => new Promise((resolve, reject) => {
    const place = document.body.appendChild(document.createElement("div")), started = performance.now();
    const payment = Stripe(key, {stripeAccount}).elements({clientSecret}).create("payment");
    payment.on("ready", () => resolve(performance.now() - started));
    payment.on("loaderror", ({error}) => reject(error.message));
    payment.mount(place);
})"""


class Empty(BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self) -> None:
        """Send the page."""
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>empty</title>")

    def log_message(self, *_: object) -> None:
        """Do not log."""


@contextmanager
def another_origin() -> Iterator[str]:
    """Serve empty pages from another origin than the mock's; yield the URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


def create_session(url: str) -> dict[str, Any]:
    """Create a payment session; return its Stripe data."""
    headers = {"wb-key": "api_key_demo", "content-type": "application/json"}
    with urlopen(Request(url + PATH, b'{"operation":"add_method","address":false}', headers)) as reply:
        stripe: dict[str, Any] = json.load(reply)["setup_intent"]["stripe"]
    return stripe


def open_page(browser: Browser, url: str) -> Page:
    """Open a page with an empty cache."""
    page = browser.new_context().new_page()
    page.goto(url)
    return page


def measure(browser: Browser, mock: str, other: str, rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each round; the measurements alternate."""
    figures: dict[str, list[float]] = {name: [] for name in ("floor", "first", "again", "form")}
    # The first round is the warm-up.
    for number in range(rounds + 1):
        stripe = create_session(mock)
        floor_page, page = open_page(browser, other), open_page(browser, other)
        times = {"floor": floor_page.evaluate(LOAD, [FLOOR, "floor"])}
        times["first"] = page.evaluate(LOAD, [f"{mock}/v3/", "Stripe"])
        times["form"] = page.evaluate(FORM, [stripe["pk_key"], stripe["connected_account_id"], stripe["client_secret"]])
        page.reload()
        times["again"] = page.evaluate(LOAD, [f"{mock}/v3/", "Stripe"])
        floor_page.context.close()
        page.context.close()
        for name, milliseconds in times.items() if number else ():
            figures[name].append(milliseconds)
    return figures


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="stripe_js")
    rounds = 2 if command_line.read().quick else 25
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with running_mock() as mock, another_origin() as other, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        figures = measure(browser, mock, other, rounds)
        browser.close()
        with urlopen(f"{mock}/v3/") as reply:
            size = len(reply.read())
    times = {name: median(each) for name, each in figures.items()}
    rows = [
        "| what | measured | limit |",
        "|---|---|---|",
        f"| size of the script, uncompressed | {size / 1000:.1f} kB | 60 kB |",
        f"| from the script tag to `window.Stripe` | {times['first']:.1f} ms | 100 ms |",
        f"| the same with a cached script | {times['again']:.1f} ms | |",
        f"| floor: a script of one line, without a request | {times['floor']:.1f} ms | |",
        f'| from `create("payment")` to a form that can be filled in | {times["form"]:.1f} ms | |',
        "",
        f"{MACHINE}; Chromium, headless; medians of {rounds} alternating rounds.",
    ]
    command_line.show(rows)


if __name__ == "__main__":
    main()
