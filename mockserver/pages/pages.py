"""The pages and scripts, each at its address."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from typing import Final
from urllib.parse import unquote

from mockserver.engine.engine import Engine
from mockserver.engine.mock_headers import refusal_reply
from mockserver.engine.reply_renderer import as_json
from mockserver.errors import Refusal
from mockserver.messages import Reply, Request
from mockserver.pages.assets import read_asset, script

__all__ = ["Pages"]

# Where @stripe/stripe-js looks for the real script: majors 1 to 5 at /v3, later ones each under a name of its own.
_STRIPE: Final = re.compile(r"/(?P<oldest>v3)(?:/|/stripe\.js)?|/(?P<named>[a-z]+)/stripe\.js")
_FILES: Final = {
    "/__mock/": "console.html",
    "/__mock/console.js": "console.js",
    "/__mock/demo": "demo.html",
    "/__mock/demo.js": "demo.js",
    "/__mock/icon.svg": "icon.svg",
    "/__mock/page.css": "page.css",
}
_WINGBACK: Final = "/__mock/wingback.js"
_SESSIONS: Final = "/__mock/wingback/payment-sessions/"

_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_COMMON: Final = (("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"))


class Pages:
    """The browser's side of one engine. It keeps nothing of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @staticmethod
    def has(path: str) -> bool:
        """Whether there is a page or a script at this path."""
        return path in _FILES or path == _WINGBACK or path.startswith(_SESSIONS) or _STRIPE.fullmatch(path) is not None

    def gives_way(self, path: str) -> bool:
        """Whether the contract that is served has this path itself."""
        return self._engine.contract.has_path(path)

    def handle(self, request: Request) -> Reply:
        """Answer for a path that `has` knows."""
        if request.method not in {"GET", "HEAD"}:
            detail = f"A page or a script is asked for with GET or HEAD, not with {request.method}."
            return refusal_reply(
                Refusal("method-not-allowed", detail, headers=(("Allow", "GET, HEAD"),)), headers=_COMMON
            )
        path = request.path
        if path.startswith(_SESSIONS):
            return self._session(unquote(path.removeprefix(_SESSIONS)))
        host = request.headers.get("host", "")
        if path == _WINGBACK:
            return _cached(request, script("WingbackMock", host=host), "js")
        if path in _FILES:
            name = _FILES[path]
            return _cached(request, read_asset(f"pages/{name}"), name.rpartition(".")[2])
        found = _STRIPE.fullmatch(path)
        train = (found["oldest"] or found["named"]) if found else ""
        return _cached(request, script("Stripe", host=host, train=train), "js")

    def _session(self, token: str) -> Reply:
        """The payment session, for WingbackMock: who knows its token may know the rest, as with a client secret."""
        # A scenario may give the same token to several callers; the newest is meant.
        session = self._engine.payment_sessions.get(None, token)
        if session is not None:
            headers = (("content-type", "application/json"), ("cache-control", "no-store"), *_COMMON)
            return Reply(status=200, headers=headers, body=as_json(session.as_body()))
        return refusal_reply(
            Refusal(
                "unknown-payment-session",
                "There is no payment session with this token; it may have been reset or dropped.",
            ),
            headers=_COMMON,
        )


def _cached(request: Request, body: bytes, ending: str) -> Reply:
    """The body, or word that the browser has it already (RFC 9110, section 13.1.2)."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = (
        ("content-type", _TYPES[ending]),
        ("etag", tag),
        ("cache-control", "no-cache"),
        # Pages of other origins use the scripts, those that isolate themselves among them.
        ("cross-origin-resource-policy", "cross-origin"),
        *_COMMON,
        *((("content-security-policy", _POLICY),) if ending == "html" else ()),
    )
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    reply = Reply(status=200, headers=headers, body=body)
    return replace(reply, status=304, body=b"") if known & {tag, "*"} else reply
