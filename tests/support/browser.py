"""A real browser, the apps it opens, and a record of every request that a page sends."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, ViewportSize, sync_playwright

from tests.support.needs import command, modules, tool

__all__ = ["FOREIGN", "TYPES", "Pages", "app_server", "bundle", "chromium", "enter_card", "new_tab"]

APP = Path(__file__).parents[1] / "browser" / "app.jsx"
TYPES = "@stripe/stripe-js/dist/stripe-js"

# A website that is not on this machine, as far as a browser can tell.
FOREIGN = "foreign.test"
# Chromium has no sandbox when it runs as root. The other flags stop its own traffic and let it resolve only this host.
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {FOREIGN} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
CONTENT = {".js": "text/javascript", ".css": "text/css"}
LOOPBACK = {"127.0.0.1", "localhost"}
SIZE: ViewportSize = {"width": 1280, "height": 720}


def bundle(app: str, target: Path, *, source: Path = APP) -> Path:
    """Bundle `source` with the unmodified packages of tests/npm/<app>."""
    bundled = target / f"{source.stem}-{app}.js"
    subprocess.run(
        [
            tool("esbuild"),
            source,
            "--bundle",
            "--jsx=automatic",
            '--define:process.env.NODE_ENV="development"',
            f"--outfile={bundled}",
            "--log-level=warning",
        ],
        env={**os.environ, "NODE_PATH": str(modules(app))},
        check=True,
    )
    return bundled


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the Chrome on the PATH."""
    found = command("chromium", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM)
        yield browser
        browser.close()


def new_tab(browser: Browser) -> Page:
    """A page in a profile of its own."""
    context = browser.new_context(locale="en-GB", viewport=SIZE)
    context.set_default_timeout(10_000)
    return context.new_page()


def enter_card(form: Page | Locator, number: str = "4242424242424242") -> None:
    """Fill in the fields of a card, and its postal code if the form asks for one. A folded form is opened first."""
    field = form.get_by_label("Card number")
    field.wait_for(state="attached")
    item = form.get_by_role("button", name="Card", exact=True, expanded=False)
    if item.count():
        item.click()
    field.fill(number)
    form.get_by_label("Expiration date").fill("12/34")
    form.get_by_label("CVC").fill("123")
    postal_code = form.locator("[name=postalCode]")
    if postal_code.is_visible():
        postal_code.fill("12345")


# Without slots: Playwright sets an attribute on the object whose method it gets as a handler.
@dataclass(kw_only=True)
class Pages:
    """The pages of one test: `requests` has every request that they sent, `console` every message in their console.

    The first page is `tab`, which the tests use one after another, because a new renderer process takes longer than
    most tests. The scripts of the mock store nothing in a profile. Further pages have profiles of their own.
    """

    tab: Page
    requests: list[Request] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    _opened: list[Page] = field(default_factory=list)

    def open(self, url: str, query: Mapping[str, str | list[str]] | None = None) -> Page:
        """Open a URL in a page that no other part of the test uses."""
        page = self.tab if not self._opened else new_tab(self._browser)
        self._opened.append(page)
        page.context.on("request", self._on_request)
        page.context.on("console", self._on_console)
        page.goto(f"{url}?{urlencode(query, doseq=True)}" if query else url)
        return page

    def close(self) -> None:
        """Leave all pages, so that they send nothing more."""
        for page in self._opened:
            page.unroute_all(behavior="ignoreErrors")
            page.goto("about:blank")
            page.context.remove_listener("request", self._on_request)
            page.context.remove_listener("console", self._on_console)
            if page is self.tab:
                page.set_viewport_size(SIZE)
            else:
                page.context.close()
        self._opened.clear()

    @property
    def foreign_requests(self) -> list[str]:
        """The requests to any other machine."""
        urls = [urlsplit(request.url) for request in self.requests]
        return [url.geturl() for url in urls if url.scheme != "data" and url.hostname not in LOOPBACK]

    @property
    def _browser(self) -> Browser:
        browser = self.tab.context.browser
        assert browser is not None
        return browser

    def _on_request(self, request: Request) -> None:
        self.requests.append(request)

    def _on_console(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text}")


@contextmanager
def app_server(files: Mapping[str, bytes]) -> Iterator[str]:
    """Serve an app's files on another origin than the mock's, as a development server does; other paths are empty."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.partition("?")[0]
            self.send_response(200)
            self.send_header("content-type", CONTENT.get(Path(name).suffix, "text/html; charset=utf-8"))
            self.end_headers()
            self.wfile.write(files.get(name, b"<!doctype html><title>empty</title>"))

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
