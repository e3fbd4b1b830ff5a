"""Promise 8: pages of other sites change nothing, also with requests that browsers send without an Origin header."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.settings import Settings
from tests.support.live import Live, live
from tests.support.mock import Mock, mock_of
from tests.support.raw import RawConnection, RawReply

OPERATION = "/v1/c/customer/Cust_1/payment/session"
CHALLENGE = "/v1/setup_intents/seti_1/mock_challenge?client_secret=seti_1_secret_2"
SCRIPTS = [
    "/v3",
    "/v3/",
    "/v3/stripe.js",
    "/acacia/stripe.js",
    "/endive/stripe.js",
    "/__mock/wingback.js",
    "/__mock/stripe/iban.js",
]
PAGES = [
    "/__mock/",
    "/__mock/demo",
    "/__mock/console.js",
    "/__mock/demo.js",
    "/__mock/page.css",
    "/__mock/icon.svg",
]
CONTROL = ["/__mock/journal", "/__mock/events", "/__mock/openapi.json", "/__mock/wingback/payment-sessions/x"]

# What browsers send for each kind of request.
LOADS = {
    "image": "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n",
    "script": "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: script\r\n",
    "style sheet": "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: style\r\n",
    "fetch": "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: empty\r\n",
}
FRAMES = {
    name: f"Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: {name}\r\n" for name in ("iframe", "frame", "embed", "object")
}
TAB = "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-User: ?1\r\n"
EVERYTHING = {**LOADS, **FRAMES, "tab": TAB}


def ask(
    server: Live | Mock, path: str, kind: str, *, site: str = "cross-site", method: str = "GET", extra: str = ""
) -> RawReply:
    """A request from a page of another site."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost:8080\r\nSec-Fetch-Site: {site}\r\n{kind}{extra}\r\n"
    with RawConnection(server.url) as connection:
        connection.send(head.encode("latin-1"))
        return connection.receive(has_body=method != "HEAD")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "Cross-Site ", "cross-site, cross-site"])
@pytest.mark.parametrize("kind", EVERYTHING)
def test_promise_8_a_page_of_another_site_reaches_nothing(one_server: Live, kind: str, site: str) -> None:
    """Images, scripts, frames and links to an operation or to the control API are refused before any effect."""
    replies = {
        (method, path): ask(one_server, path, EVERYTHING[kind], site=site, method=method)
        for method in ("GET", "HEAD", "POST")
        for path in (OPERATION, "/v1/setup_intents/seti_1", *CONTROL)
    }

    assert dict.fromkeys(replies, (403, "foreign-origin")) == {
        call: (reply.status, reply.kind) for call, reply in replies.items()
    }
    assert [] == one_server.engine.requests


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", SCRIPTS)
def test_scripts_are_for_every_site(one_server: Live, path: str, site: str) -> None:
    """A page of any site may load the scripts, which have no effect, but it may not send anything to them."""
    kinds = {kind: ask(one_server, path, fields, site=site).status for kind, fields in EVERYTHING.items()}

    assert dict.fromkeys(EVERYTHING, 200) == kinds
    assert "foreign-origin" == ask(one_server, path, LOADS["fetch"], site=site, method="POST").kind


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_opened_in_a_tab(one_server: Live, path: str) -> None:
    """A link of any site may open the console and the demo; no page may load them, or show them in a frame."""
    opened = {kind: ask(one_server, path, fields).status for kind, fields in EVERYTHING.items()}

    assert dict.fromkeys(EVERYTHING, 403) | {"tab": 200} == opened


def test_the_challenge_page_is_opened_in_a_tab(one_server: Live) -> None:
    """A page of any site may send the customer to the challenge page, as shops do, but no frame shows it."""
    opened = {kind: ask(one_server, CHALLENGE, fields).kind for kind, fields in EVERYTHING.items()}
    posted = ask(one_server, CHALLENGE, TAB, method="POST")

    # An unknown setup intent, in the words of Stripe's API.
    assert dict.fromkeys(EVERYTHING, "foreign-origin") | {"tab": None} == opened
    assert "foreign-origin" == posted.kind


@pytest.mark.parametrize("dest", ["document", "iframe"])
@pytest.mark.parametrize(
    ("referer", "allowed"),
    [
        pytest.param("http://localhost:3000/", True, id="a loopback origin"),
        pytest.param("http://localhost:3000/pay?x=1#y", True, id="a loopback page"),
        pytest.param("HTTP://127.0.0.1:5173/", True, id="an address"),
        pytest.param("http://[::1]:3000/", True, id="an IPv6 address"),
        pytest.param("https://shop.example.com/cart", True, id="--cors-origin"),
        pytest.param("https://shop.example.com:444/cart", False, id="another port"),
        pytest.param("https://elsewhere.example/", False, id="foreign"),
        pytest.param("https://elsewhere.example/http://localhost:3000/", False, id="loopback in the path"),
        pytest.param("http://localhost@elsewhere.example/", False, id="loopback as a user"),
        pytest.param("http://localhost:3000.elsewhere.example/", False, id="loopback as a subdomain"),
        pytest.param("http://localhost:3000\r\nReferer: http://localhost:3000", False, id="two"),
        pytest.param("http://" + "a" * 500 + "/", False, id="long"),
        pytest.param("about:client", False, id="no page"),
        pytest.param("localhost:3000", False, id="no URL"),
        pytest.param("", False, id="empty"),
    ],
)
def test_an_allowed_page_may_navigate(named: Live, referer: str, allowed: bool, dest: str) -> None:  # noqa: FBT001  # a table's column
    """An app may send its customer to an operation of the mock; other requests need an Origin header."""
    navigation = f"Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: {dest}\r\nReferer: {referer}\r\n"
    image = f"{LOADS['image']}Referer: {referer}\r\n"

    assert (200 if allowed else 403) == ask(named, OPERATION, navigation).status
    assert 403 == ask(named, OPERATION, image).status


@pytest.fixture(scope="module")
def named() -> Iterator[Live]:
    """A server with an allowed origin."""
    with live(Settings(cors_origins=("https://shop.example.com",))) as server:
        yield server


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param("", id="an old browser, or no browser"),
        pytest.param("Sec-Fetch-Site: none\r\n" + TAB, id="the address bar"),
        pytest.param("Sec-Fetch-Site: same-origin\r\n" + LOADS["image"], id="a page of the mock"),
        pytest.param("Sec-Fetch-Site: nonsense\r\n", id="an unknown value"),
        pytest.param("Sec-Fetch-Mode: cors\r\n", id="Node.js"),
        pytest.param(
            "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\nOrigin: http://localhost:3000\r\n", id="fetch"
        ),
        pytest.param(
            "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: navigate\r\nOrigin: http://localhost:3000\r\n", id="a form"
        ),
    ],
)
def test_other_requests_pass(one_server: Live, extra: str) -> None:
    """Clients that are no browsers, the address bar, and pages of allowed origins that send it are served."""
    reply = one_server.exchange(f"GET {OPERATION} HTTP/1.1\r\nHost: localhost\r\n{extra}\r\n".encode())

    assert 200 == reply.status


def test_a_preflight_of_an_allowed_page_passes(one_server: Live) -> None:
    """Browsers say in a preflight, too, where it comes from."""
    extra = "Sec-Fetch-Mode: cors\r\nOrigin: http://localhost:3000\r\nAccess-Control-Request-Method: PUT\r\n"

    assert 204 == ask(one_server, OPERATION, extra, site="same-site", method="OPTIONS").status


@pytest.mark.parametrize("kind", ["tab", "image"])
def test_the_refusal_says_what_to_do(one_server: Live, kind: str) -> None:
    """The refusal says what a page of an allowed origin can do, and what a person can do."""
    detail = ask(one_server, OPERATION, EVERYTHING[kind]).json()["detail"]

    assert [kind == "tab", kind == "image"] == [text in detail for text in ("Referrer-Policy", "crossorigin")]


SPEC = """
openapi: 3.0.3
info: {title: versions, version: "1"}
paths:
  /acacia/stripe.js: {get: {operationId: script, responses: {"200": {description: fine}}}}
  /v1/setup_intents/{id}/mock_challenge:
    parameters: [{in: path, name: id, required: true, schema: {type: string}}]
    get: {operationId: challenge, responses: {"200": {description: fine}}}
"""
SCENARIO = """
about: The first call is answered differently.
stubs:
  - {name: first script, operation: script, times: 1, reply: {headers: {X-First: "1"}}}
  - {name: first challenge, operation: challenge, times: 1, reply: {headers: {X-First: "1"}}}
  - {name: script, operation: script, reply: {headers: {X-First: "0"}}}
  - {name: challenge, operation: challenge, reply: {headers: {X-First: "0"}}}
"""


@pytest.mark.parametrize("path", ["/acacia/stripe.js", "/v1/setup_intents/seti_1/mock_challenge"])
def test_promise_8_no_stub_is_used_up(tmp_path: Path, path: str) -> None:
    """An operation of the contract is never an exception. A refused request uses no stub and belongs to no caller."""
    (tmp_path / "spec.yaml").write_text(SPEC, "utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "happy_path.yaml").write_text(SCENARIO, "utf-8")
    with mock_of(Settings(seed=1, spec=tmp_path / "spec.yaml", scenarios=tmp_path / "scenarios")) as mock:
        kinds = [ask(mock, path, fields).kind for fields in EVERYTHING.values()]
        replies = [mock.http.get(path) for _ in range(2)]
        namespaces = [entry["namespace"] for entry in mock.caller(None).get("journal")["entries"]]

    assert ["foreign-origin"] * len(EVERYTHING) == kinds
    assert ["1", "0"] == [reply.headers["x-first"] for reply in replies]
    assert ["edge"] * len(EVERYTHING) == namespaces[: len(EVERYTHING)]
    assert "edge" not in namespaces[len(EVERYTHING) :]
