"""A real browser, the apps it opens, and a record of every request that left a page."""

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

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.support.needs import command, modules, tool

__all__ = ["TYPES", "Pages", "app_server", "bundle", "chromium"]

APP = Path(__file__).parents[1] / "browser" / "app.jsx"
TYPES = "@stripe/stripe-js/dist/stripe-js"

# As root it has no sandbox; the rest keeps it from calling home, and it finds no other host than this one.
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
CONTENT = {".js": "text/javascript", ".css": "text/css"}
LOOPBACK = {"127.0.0.1", "localhost"}


def bundle(app: str, target: Path) -> Path:
    """The app, bundled with the packages of tests/npm/<app>, unmodified."""
    made = target / f"{app}.js"
    subprocess.run(
        [
            tool("esbuild"),
            APP,
            "--bundle",
            "--jsx=automatic",
            '--define:process.env.NODE_ENV="development"',
            f"--outfile={made}",
            "--log-level=warning",
        ],
        env={**os.environ, "NODE_PATH": str(modules(app))},
        check=True,
    )
    return made


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one that is on the PATH."""
    found = command("chromium", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM)
        yield browser
        browser.close()


# Without slots: Playwright leaves a mark on whose methods it is given.
@dataclass(kw_only=True)
class Pages:
    """Opens pages in one browser. `asked` has every URL that any of them asked for, `told` what the console said."""

    browser: Browser
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def open(self, url: str, query: Mapping[str, str | list[str]] | None = None) -> Page:
        """A page in a profile of its own."""
        context = self.browser.new_context(locale="en-GB")
        context.set_default_timeout(10_000)
        context.on("request", self._note)
        context.on("console", self._listen)
        page = context.new_page()
        page.goto(f"{url}?{urlencode(query, doseq=True)}" if query else url)
        return page

    def close(self) -> None:
        for context in self.browser.contexts:
            context.close()

    @property
    def strangers(self) -> list[str]:
        """What was asked of any other machine."""
        return [url for url in self.asked if urlsplit(url).scheme != "data" and urlsplit(url).hostname not in LOOPBACK]

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    def _listen(self, message: ConsoleMessage) -> None:
        self.told.append(f"{message.type}: {message.text}")


@contextmanager
def app_server(files: Mapping[str, bytes]) -> Iterator[str]:
    """Serves an app's files, on another origin than the mock's, as a developer's server does; any other path is empty."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.partition("?")[0]
            self.send_response(200)
            self.send_header("content-type", CONTENT.get(Path(name).suffix, "text/html; charset=utf-8"))
            self.end_headers()
            self.wfile.write(files.get(name, b"<!doctype html><title>empty</title>"))

        def log_message(self, *_: object) -> None:
            """The tests have no use for its log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
