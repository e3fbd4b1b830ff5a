"""Pages and scripts over HTTP: their URLs, their headers, and which paths the contract takes first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mockserver.pages.assets import PARTS, part, script
from mockserver.settings import Settings
from tests.support.mock import Mock, mock_of

PAGES = ["/__mock/", "/__mock/demo"]
SCRIPTS = [
    "/v3",
    "/v3/",
    "/v3/stripe.js",
    "/acacia/stripe.js",
    "/endive/stripe.js",
    "/stripe.js",
    "/__mock/wingback.js",
    "/__mock/stripe/address.js",
    "/__mock/demo.js",
    "/__mock/console.js",
]
OTHERS = ["/__mock/page.css", "/__mock/icon.svg"]


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with mock_of() as running:
        yield running


@pytest.mark.parametrize("path", [*PAGES, *SCRIPTS, *OTHERS])
def test_headers_of_assets(mock: Mock, path: str) -> None:
    """Assets have nosniff, no referrer and an ETag, so that an unchanged copy is not sent again."""
    reply = mock.http.get(path)
    again = mock.http.get(path, headers={"If-None-Match": f'"other", W/{reply.headers["etag"]}'})

    assert 200 == reply.status_code
    assert ("nosniff", "no-referrer", "no-cache") == tuple(
        reply.headers[name] for name in ("x-content-type-options", "referrer-policy", "cache-control")
    )
    assert (304, b"", reply.headers["etag"]) == (again.status_code, again.content, again.headers["etag"])


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_a_strict_policy(mock: Mock, path: str) -> None:
    """The policy of a page allows its own origin only, and nothing inline."""
    reply = mock.http.get(path)
    policy = dict(part.split(" ", 1) for part in reply.headers["content-security-policy"].split("; "))

    assert ("'none'", "'self'", "'self'", "'self'", "'none'") == tuple(
        policy[name] for name in ("default-src", "script-src", "style-src", "connect-src", "frame-ancestors")
    )
    assert [] == re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", reply.text)


@pytest.mark.parametrize("path", [*PAGES, *SCRIPTS])
def test_only_reading_is_possible(mock: Mock, path: str) -> None:
    """Other methods than GET and HEAD get 405 with Allow."""
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
    """The stand-in has less than 60 kB, uncompressed. So has each part that it loads on first use."""
    sizes = {
        "Stripe": len(script("Stripe", host="127.0.0.1:8080")),
        **{name: len(part(name)) for name in PARTS},
    }

    assert {} == {name: size for name, size in sizes.items() if size >= 60_000}


def test_the_script_contains_its_host(mock: Mock) -> None:
    """The script contains the host of its request, so that it works under any address."""
    texts = [mock.http.get("/v3/", headers={"Host": host}).text for host in ("localhost:8080", "mock")]

    assert [True, True] == [
        f'"host": "{host}"' in text for host, text in zip(("localhost:8080", "mock"), texts, strict=True)
    ]


def test_a_token_is_enough_for_its_session(mock: Mock) -> None:
    """WingbackMock reads a payment session by its token; the reply must not be cached."""
    session = mock.create().json()
    reply = mock.caller(None).http.get(f"/__mock/wingback/payment-sessions/{session['token']}")

    assert (200, "no-store", session) == (reply.status_code, reply.headers["cache-control"], reply.json())


@pytest.mark.parametrize("token", ["PaySess_none", "%2e%2e", "", "a/b", "a%0Ab"])
def test_any_other_token_finds_nothing(mock: Mock, token: str) -> None:
    """An unknown token, or that of a dropped payment session, is refused."""
    reply = mock.http.get(f"/__mock/wingback/payment-sessions/{token}")

    assert (404, "unknown-payment-session") == (reply.status_code, reply.headers["mock-refused"])


def test_a_foreign_origin_gets_nothing(mock: Mock) -> None:
    """A page of another site cannot read a payment session, even with its token."""
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
    """A contract with the path /v3 answers it; the stand-in stays available at its other paths."""
    spec = tmp_path / "versions.yaml"
    spec.write_text(SPEC, "utf-8")
    with mock_of(Settings(seed=1, spec=spec)) as mock:
        replies = [mock.http.get(path) for path in ("/v3", "/v3/stripe.js")]

    assert ["application/json", "text/javascript; charset=utf-8"] == [
        reply.headers["content-type"] for reply in replies
    ]


@pytest.mark.parametrize("name", ["demo/../../settings.py", "stripe/stripe.js"])
def test_no_other_file_is_served(mock: Mock, name: str) -> None:
    """No other file in the folder of assets is served."""
    reply = httpx.get(f"{mock.url}/__mock/{name}")

    assert 404 == reply.status_code
