"""Pages and scripts over HTTP: where they are, what their headers say, and to whom they give way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mockserver.pages.assets import script
from mockserver.settings import Settings
from tests.support.mock import Mock, mock_of

PAGES = ["/__mock/", "/__mock/demo"]
SCRIPTS = [
    "/v3",
    "/v3/",
    "/v3/stripe.js",
    "/acacia/stripe.js",
    "/endive/stripe.js",
    "/__mock/wingback.js",
    "/__mock/demo.js",
    "/__mock/console.js",
]
OTHERS = ["/__mock/page.css", "/__mock/icon.svg"]


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with mock_of() as running:
        yield running


@pytest.mark.parametrize("path", [*PAGES, *SCRIPTS, *OTHERS])
def test_what_is_served_is_safe_to_open_and_to_keep(mock: Mock, path: str) -> None:
    """No type is guessed, nothing is told to other sites, and an unchanged copy need not be sent again."""
    reply = mock.http.get(path)
    again = mock.http.get(path, headers={"If-None-Match": f'"other", W/{reply.headers["etag"]}'})

    assert 200 == reply.status_code
    assert ("nosniff", "no-referrer", "no-cache") == tuple(
        reply.headers[name] for name in ("x-content-type-options", "referrer-policy", "cache-control")
    )
    assert (304, b"", reply.headers["etag"]) == (again.status_code, again.content, again.headers["etag"])


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_a_strict_policy(mock: Mock, path: str) -> None:
    """Scripts, styles and calls of its own origin, and nothing inline."""
    reply = mock.http.get(path)
    policy = dict(part.split(" ", 1) for part in reply.headers["content-security-policy"].split("; "))

    assert ("'none'", "'self'", "'self'", "'self'", "'none'") == tuple(
        policy[name] for name in ("default-src", "script-src", "style-src", "connect-src", "frame-ancestors")
    )
    assert [] == re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", reply.text)


@pytest.mark.parametrize("path", [*PAGES, *SCRIPTS])
def test_only_reading_is_possible(mock: Mock, path: str) -> None:
    """Any other method is refused with those that there are; HEAD is GET without the body."""
    reply, head = mock.http.post(path), mock.http.head(path)

    assert (405, "GET, HEAD", "method-not-allowed") == (
        reply.status_code,
        reply.headers["allow"],
        reply.headers["mock-refused"],
    )
    assert (200, b"", mock.http.get(path).headers["content-length"]) == (
        head.status_code,
        head.content,
        head.headers["content-length"],
    )


def test_the_stand_in_is_small() -> None:
    """Under 60 kB, uncompressed."""
    assert len(script("Stripe", host="127.0.0.1:8080")) < 60_000


def test_the_script_knows_where_it_was_asked_for(mock: Mock) -> None:
    """The host is written in, so that the script works under another address too, when a test serves it from there."""
    texts = [mock.http.get("/v3/", headers={"Host": host}).text for host in ("localhost:8080", "mock")]

    assert [True, True] == [
        f'"host": "{host}"' in text for host, text in zip(("localhost:8080", "mock"), texts, strict=True)
    ]


def test_a_token_is_enough_for_its_session(mock: Mock) -> None:
    """WingbackMock reads the session by its token, from any caller's namespace, and it is not to be kept."""
    session = mock.caller("api_key_other").create().json()
    reply = mock.http.get(f"/__mock/wingback/payment-sessions/{session['token']}")

    assert (200, "no-store", session) == (reply.status_code, reply.headers["cache-control"], reply.json())


@pytest.mark.parametrize("token", ["PaySess_none", "%2e%2e", "", "a/b"])
def test_any_other_token_finds_nothing(mock: Mock, token: str) -> None:
    """What was not given out, or was forgotten, is refused."""
    reply = mock.http.get(f"/__mock/wingback/payment-sessions/{token}")

    assert (404, "unknown-payment-session") == (reply.status_code, reply.headers["mock-refused"])


def test_a_foreign_origin_gets_nothing(mock: Mock) -> None:
    """Pages of other sites cannot read a session, even if they know its token."""
    token = mock.create().json()["token"]
    reply = mock.http.get(f"/__mock/wingback/payment-sessions/{token}", headers={"Origin": "https://elsewhere.example"})

    assert (403, "foreign-origin") == (reply.status_code, reply.headers["mock-refused"])


SPEC = """
openapi: 3.0.3
info: {title: versions, version: "1"}
paths:
  /v3:
    get:
      responses: {"200": {description: fine, content: {application/json: {schema: {type: integer}}}}}
"""


def test_the_contract_comes_first(tmp_path: Path) -> None:
    """A contract that has /v3 itself answers there; the stand-in is still to be had at its other addresses."""
    spec = tmp_path / "versions.yaml"
    spec.write_text(SPEC, "utf-8")
    with mock_of(Settings(seed=1, spec=spec)) as mock:
        replies = [mock.http.get(path) for path in ("/v3", "/v3/stripe.js")]

    assert ["application/json", "text/javascript; charset=utf-8"] == [
        reply.headers["content-type"] for reply in replies
    ]


@pytest.mark.parametrize("name", ["demo/../../settings.py", "stripe/stripe.js"])
def test_only_what_is_meant_is_served(mock: Mock, name: str) -> None:
    """The folder of assets is no file server."""
    reply = httpx.get(f"{mock.url}/__mock/{name}")

    assert 404 == reply.status_code
