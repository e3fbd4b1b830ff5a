"""Promises 7 and 8: no reply runs as a script on the origin of the control API, whatever a website made it contain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.messages import Reply, Request
from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import Receive, Scope, Send, create_app
from tests.support.live import Live
from tests.support.mock import Mock, mock_of
from tests.support.raw import RawConnection, RawReply

SPEC = """
openapi: 3.0.3
info: {title: pages, version: "1"}
paths:
  /sample:
    get:
      operationId: sample
      responses:
        "200":
          description: documents both headers
          headers:
            Content-Security-Policy: {required: true, schema: {type: string, enum: [default-src 'self']}}
            X-Content-Type-Options: {required: true, schema: {type: string, enum: [documented]}}
          content: {application/json: {example: {}}}
  /plain: {get: {operationId: plain, responses: {"200": {description: any, content: {application/json: {}}}}}}
  /fault: {get: {operationId: fault, responses: {"200": {description: any, content: {application/json: {}}}}}}
  /both: {get: {operationId: both, responses: {"200": {description: any, content: {text/html: {}}}}}}
  /one: {get: {operationId: one, responses: {"200": {description: any, content: {text/html: {}}}}}}
  /text/{kind}/{id}:
    parameters:
      - {in: path, name: kind, required: true, schema: {type: string}}
      - {in: path, name: id, required: true, schema: {type: string}}
    get:
      operationId: text
      responses: {"200": {description: any, content: {"*/*": {}}}}
"""
TYPES = {
    "html": ("text/html; charset=utf-8", True),
    "upper": ("Text/HTML", True),
    "xhtml": ("application/xhtml+xml", True),
    "xml": ("application/xml", True),
    "textxml": ("text/xml", True),
    "svg": ("image/svg+xml", True),
    "xsl": ("text/xsl", True),
    "text": ("text/plain", False),
    "script": ("text/javascript", False),
    "css": ("text/css", False),
}
TEXT_STUBS = "".join(
    f"""
  - name: {name}
    operation: text
    when: {{path: {{kind: {name}}}}}
    reply: {{headers: {{Content-Type: {media_type}}}, body: "<p>{{$request.path.id}}</p>"}}
  - name: {name} alone
    operation: text
    when: {{path: {{kind: {name}-alone}}}}
    reply: {{headers: {{Content-Type: {media_type}}}, body: "{{$request.path.id}}", off_contract: not XML}}"""
    for name, (media_type, _) in TYPES.items()
)
SCENARIO = f"""
about: Replies with headers of their own, and texts that repeat the request.
stubs:
  - {{name: plain, operation: plain, reply: {{body: {{}}}}}}
  - {{name: fault, operation: fault, fault: malformed_json}}
  - name: both
    operation: both
    reply:
      headers: {{content-type: text/html, CONTENT-security-POLICY: default-src *, x-Content-TYPE-Options: mine}}
      body: <p>
  - name: one
    operation: one
    reply: {{headers: {{Content-Type: text/html, X-CONTENT-TYPE-OPTIONS: mine}}, body: <p>}}
{TEXT_STUBS}
"""
CREATE = "POST /v1/c/customer/Cust_1/payment/session HTTP/1.1\r\nHost: localhost\r\n"
GUARDED = ("sandbox", "nosniff")


def get(path: str, *fields: str) -> str:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *fields, "", ""])


# Requests to a server of the bundled contract.
BUNDLED = {
    "a reply": CREATE + "wb-key: k\r\nContent-Type: application/json\r\nContent-Length: 38\r\n\r\n"
    '{"operation":"add_method","address":1}',
    "a refusal": get("/nope"),
    "a refusal that a page can read": get("/nope", "Origin: http://localhost:3000"),
    "a scenario": CREATE + "wb-key: k\r\nMock-Scenario: maintenance\r\nContent-Type: application/json\r\n"
    'Content-Length: 41\r\n\r\n{"operation":"add_method","address":true}',
    "a foreign origin": get("/nope", "Origin: https://elsewhere.example"),
    "a host that is not served": "GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
    "a body that is too large": CREATE + "wb-key: k\r\nContent-Length: 9999999\r\n\r\n",
    "an unknown transfer coding": CREATE + "Transfer-Encoding: gzip, chunked\r\n\r\n",
    "malformed HTTP": "GET /\r\n\r\n",
    "a preflight": "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:1\r\n"
    "Access-Control-Request-Method: PUT\r\n\r\n",
    "Stripe's API": get("/v1/setup_intents/seti_1", "Authorization: Bearer sk_test_1"),
    "an unknown resource of Stripe": get("/v1/customers"),
    "a malformed call of Stripe's API": "POST /v1/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n\xff",
    "saved methods": get("/v1/c/customer/Cust_1/payment/method", "wb-key: k"),
}


@pytest.fixture(scope="module")
def bundled() -> Iterator[Mock]:
    with mock_of() as mock:
        yield mock


def exchange(url: str, request: str) -> RawReply:
    with RawConnection(url) as connection:
        connection.send(request.encode("latin-1"))
        return connection.receive(has_body=not request.startswith("HEAD"))


def guards(reply: RawReply) -> tuple[str | None, str | None]:
    return reply.headers.get("content-security-policy"), reply.headers.get("x-content-type-options")


@pytest.mark.parametrize("name", BUNDLED)
def test_promise_8_every_reply_is_sandboxed(bundled: Mock, name: str) -> None:
    """Replies, refusals and errors run no script and are not sniffed, whichever part of the server makes them."""
    assert GUARDED == guards(exchange(bundled.url, BUNDLED[name]))


@pytest.mark.parametrize("reply", [None, Reply(status=99)], ids=["an exception", "an impossible status"])
def test_promise_8_a_crash_is_sandboxed(one_server: Live, reply: Reply | None) -> None:
    """So is the reply when the mock itself has a bug."""

    def crash(_: Request) -> Reply:
        if reply is None:
            raise RuntimeError("a bug")
        return reply

    one_server.engine.answer = crash
    sent = exchange(one_server.url, get("/x"))

    assert (500, GUARDED) == (sent.status, guards(sent))


@pytest.fixture(scope="module", params=["the fast path", "ASGI"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of SPEC and SCENARIO, with the fast path and without."""
    folder: Path = tmp_path_factory.mktemp("pages")
    (folder / "pages.yaml").write_text(SPEC, "utf-8")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "happy_path.yaml").write_text(SCENARIO, "utf-8")
    app = create_app(Settings(spec=folder / "pages.yaml", scenarios=folder / "scenarios"))

    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        # To the server this is any ASGI app, so it does not use the fast path.
        await app(scope, receive, send)

    with BackgroundServer(app if request.param == "the fast path" else plain) as server:
        yield server.url


@pytest.mark.parametrize("origin", [(), ("Origin: http://localhost:3000",)], ids=["no origin", "an origin"])
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/plain", GUARDED, id="none"),
        pytest.param("/fault", GUARDED, id="none, with a fault"),
        pytest.param("/both", ("default-src *", "mine"), id="both, in other letters"),
        pytest.param("/one", ("sandbox", "mine"), id="one of two"),
        pytest.param("/sample", ("default-src 'self'", "documented"), id="those of the contract"),
    ],
)
def test_headers_of_a_reply_win(url: str, path: str, expected: tuple[str, str], origin: tuple[str, ...]) -> None:
    """A header that the scenario or the contract sets is sent once, as it is."""
    assert expected == guards(exchange(url, get(path, *origin)))


ATTACK, ESCAPED = "%3Cimg%20src=x%20onerror=alert(1)%3E&%22%27", "&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#x27;"
AS_IT_IS = "<img src=x onerror=alert(1)>&\"'"


@pytest.mark.parametrize("name", TYPES)
def test_promise_7_a_value_in_markup_is_escaped(url: str, name: str) -> None:
    """In HTML and XML, a value from the request is text, not markup. Other texts are sent as they are."""
    value = ESCAPED if TYPES[name][1] else AS_IT_IS
    bodies = [exchange(url, get(f"/text/{name}{suffix}/{ATTACK}")).body.decode() for suffix in ("", "-alone")]

    assert [f"<p>{value}</p>", value] == bodies


@pytest.mark.parametrize(
    "path",
    [
        "/__mock/journal",
        "/__mock/health",
        "/__mock/nope",
        "/__mock/events?namespace=-",
        "/__mock/wingback/payment-sessions/nope",
        "/__mock/icon.svg",
        "/v3/",
    ],
)
def test_promise_8_the_control_api_is_never_framed(bundled: Mock, path: str) -> None:
    """Replies under /__mock/ that are no pages are sandboxed too, and no page may show them in a frame."""
    policy, sniffing = guards(exchange(bundled.url, get(path, "Connection: close").replace("GET", "HEAD", 1)))

    assert ("default-src 'none'; frame-ancestors 'none'; sandbox", "nosniff") == (policy, sniffing)
