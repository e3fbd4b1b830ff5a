"""The pages and scripts: each method answers the requests of one route."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Final

from mockserver.contract.unread_bodies import unread_body_refusal
from mockserver.engine.engine import Engine
from mockserver.engine.mock_headers import refusal_reply
from mockserver.engine.namespaces import namespace_of
from mockserver.errors import Refusal
from mockserver.messages import Reply, Request
from mockserver.pages.assets import part, read_asset, script
from mockserver.pages.token_lookup import session_of_token
from mockserver.parsing.json_writer import write_json

NEWEST_TRAIN: Final = "endive"
"""The release train that version 10 of @stripe/stripe-js loads."""

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
# What is no page is never shown as one.
_NO_PAGE: Final = (*_COMMON, ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox"))


class Pages:
    """The pages and scripts of one engine. `parameters` are the decoded parameters of the route.

    `max_body` is the limit for bodies in bytes, which a refusal mentions.
    """

    def __init__(self, engine: Engine, *, max_body: int) -> None:
        self._engine = engine
        self._max_body = max_body

    def file(self, name: str) -> Callable[[Request, Mapping[str, str]], Reply]:
        """A handler that answers with a file of the folder `assets/pages`."""
        suffix = name.rpartition(".")[2]
        return lambda request, _: self._cacheable(request, suffix, lambda: read_asset(f"pages/{name}"))

    def wingback_script(self, request: Request, _: Mapping[str, str]) -> Reply:
        """The script that defines WingbackMock."""
        return self._cacheable(request, "js", lambda: script("WingbackMock", host=request.headers.get("host", "")))

    def stripe_script(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        """The stand-in for Stripe.js; the parameter `train` is the release train, v3 without it."""
        host, train = request.headers.get("host", ""), parameters.get("train", "v3")
        return self._cacheable(request, "js", lambda: script("Stripe", host=host, train=train))

    def newest_stripe_script(self, request: Request, _: Mapping[str, str]) -> Reply:
        """The stand-in for Stripe.js as the newest release train."""
        return self.stripe_script(request, {"train": NEWEST_TRAIN})

    def stripe_part(self, name: str) -> Callable[[Request, Mapping[str, str]], Reply]:
        """A handler that answers with a part of both scripts."""
        return lambda request, _: self._cacheable(request, "js", lambda: part(name))

    def payment_session(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        """The payment session of a token, for WingbackMock."""
        if refused := self._refusal(request):
            return refused
        keys = request.query_values.get("publishable_key")
        try:
            session = session_of_token(
                self._engine.ledger.sessions,
                parameters["token"],
                namespace=namespace_of(request, self._engine.contract.credential_places).key,
                publishable_key=keys[-1] if keys else None,
            )
        except Refusal as refusal:
            return refusal_reply(refusal, headers=_NO_PAGE)
        headers = (("content-type", "application/json"), ("cache-control", "no-store"), *_NO_PAGE)
        return Reply(status=200, headers=headers, body=write_json(session.as_body()))

    def _cacheable(self, request: Request, suffix: str, content: Callable[[], bytes]) -> Reply:
        """The content, or 304 if the browser has it already (RFC 9110, section 13.1.2)."""
        if refused := self._refusal(request):
            return refused
        body = content()
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        headers = (
            ("content-type", _TYPES[suffix]),
            ("etag", tag),
            ("cache-control", "no-cache"),
            # Pages of other origins use the scripts; some of these pages are cross-origin isolated.
            ("cross-origin-resource-policy", "cross-origin"),
            *((*_COMMON, ("content-security-policy", _POLICY)) if suffix == "html" else _NO_PAGE),
        )
        known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
        reply = Reply(status=200, headers=headers, body=body)
        return replace(reply, status=304, body=b"") if known & {tag, "*"} else reply

    def _refusal(self, request: Request) -> Reply | None:
        refusal = _method_refusal(request) or unread_body_refusal(request, max_body=self._max_body)
        return None if refusal is None else refusal_reply(refusal, headers=_NO_PAGE)


def _method_refusal(request: Request) -> Refusal | None:
    if request.method in {"GET", "HEAD"}:
        return None
    detail = f"Pages and scripts are requested with GET or HEAD, not with {request.method}."
    return Refusal("method-not-allowed", detail, headers=(("Allow", "GET, HEAD"),))
