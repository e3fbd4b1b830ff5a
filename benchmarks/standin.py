"""Measure how soon the stand-in for Stripe.js is there, in Chromium, beside a script that does next to nothing.

    .venv/bin/python benchmarks/standin.py            # print a table
    .venv/bin/python benchmarks/standin.py --write    # and put it into benchmarks/README.md
    .venv/bin/python benchmarks/standin.py --quick    # does it still run? Its figures mean nothing

Needs Chromium, and Playwright's client for Python.
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
from server import served

CREATE = "/v1/c/customer/Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670/payment/session"
FLOOR = "data:text/javascript,window.floor = 1"
# As root it has no sandbox; the rest keeps it from calling home.
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

# Milliseconds from the tag to what it defines.
LOAD = """([url, name]) => new Promise((resolve, reject) => {
    const script = document.createElement("script"), started = performance.now();
    script.onload = () => name in window ? resolve(performance.now() - started) : reject(`there is no ${name}`);
    script.onerror = () => reject(url);
    script.src = url;
    document.head.append(script);
})"""
# Milliseconds from there to a form that can be filled in.
FORM = """([key, clientSecret]) => new Promise((resolve, reject) => {
    const place = document.body.appendChild(document.createElement("div")), started = performance.now();
    const payment = Stripe(key).elements({clientSecret}).create("payment");
    payment.on("ready", () => resolve(performance.now() - started));
    payment.on("loaderror", ({error}) => reject(error.message));
    payment.mount(place);
})"""


class Empty(BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>empty</title>")

    def log_message(self, *_: object) -> None:
        """Nobody reads its log."""


@contextmanager
def another_origin() -> Iterator[str]:
    """The URL of pages that the mock has not served, as an app's are."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


def created(url: str) -> dict[str, Any]:
    """What a frontend is given of a new payment session."""
    headers = {"wb-key": "api_key_demo", "content-type": "application/json"}
    with urlopen(Request(url + CREATE, b'{"operation":"add_method","address":false}', headers)) as reply:
        stripe: dict[str, Any] = json.load(reply)["setup_intent"]["stripe"]
    return stripe


def opened(browser: Browser, url: str) -> Page:
    """An empty page of a profile without a cache."""
    page = browser.new_context().new_page()
    page.goto(url)
    return page


def measure(browser: Browser, mock: str, other: str, rounds: int) -> dict[str, list[float]]:
    """Milliseconds by round; what is compared takes turns."""
    figures: dict[str, list[float]] = {name: [] for name in ("floor", "first", "again", "form")}
    # The first round warms all of them and does not count.
    for number in range(rounds + 1):
        stripe = created(mock)
        bare, page = opened(browser, other), opened(browser, other)
        taken = {"floor": bare.evaluate(LOAD, [FLOOR, "floor"])}
        taken["first"] = page.evaluate(LOAD, [f"{mock}/v3/", "Stripe"])
        taken["form"] = page.evaluate(FORM, [stripe["pk_key"], stripe["client_secret"]])
        page.reload()
        taken["again"] = page.evaluate(LOAD, [f"{mock}/v3/", "Stripe"])
        bare.context.close()
        page.context.close()
        for name, milliseconds in taken.items() if number else ():
            figures[name].append(milliseconds)
    return figures


def main() -> None:
    """The command line."""
    command_line = CommandLine(__doc__, block="standin")
    rounds = 2 if command_line.read().quick else 25
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with served() as mock, another_origin() as other, sync_playwright() as playwright:
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
