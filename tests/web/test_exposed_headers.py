"""Pages of other origins can read the headers of every reply."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import Receive, Scope, Send, create_app

SPEC = """
openapi: 3.0.3
info: {title: books, version: "1"}
paths:
  /book:
    get:
      operationId: get_book
      responses:
        "200":
          description: a book
          headers:
            X-Pages: {schema: {type: integer}}
            ETag: {schema: {type: string}}
            Location: {schema: {type: string}}
            Set-Cookie: {schema: {type: string}}
            Date: {required: true, schema: {type: string}}
            Access-Control-Allow-Origin: {required: true, schema: {type: string}}
            Access-Control-Expose-Headers: {schema: {type: string}}
          content: {application/json: {example: {title: Emma}}}
  /stub:
    get: {operationId: stub, responses: {"200": {description: fine, content: {application/json: {}}}}}
  /fault:
    get: {operationId: fault, responses: {"200": {description: fine, headers: {X-Pages: {schema: {enum: [1]}}}}}}
"""
SCENARIO = """
about: A header that the contract does not document, and a fault.
stubs:
  - {name: stub, operation: stub, reply: {headers: {X-Stub: "1"}, body: 1}}
  - {name: fault, operation: fault, fault: malformed_json}
"""
ORIGIN = {"origin": "http://localhost:3000"}


@pytest.fixture(scope="module", params=["the fast path", "ASGI"])
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder: Path = tmp_path_factory.mktemp("books")
    (folder / "books.yaml").write_text(SPEC, "utf-8")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "happy_path.yaml").write_text(SCENARIO, "utf-8")
    app = create_app(Settings(spec=folder / "books.yaml", scenarios=folder / "scenarios"))

    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        # To the server this is any ASGI app, so it does not use the fast path.
        await app(scope, receive, send)

    served = app if request.param == "the fast path" else plain
    with BackgroundServer(served) as server, httpx.Client(base_url=server.url) as opened:
        yield opened


def exposed(reply: httpx.Response) -> list[str]:
    """The exposed headers in lower case, in their order."""
    return reply.headers["access-control-expose-headers"].lower().split(", ")


@pytest.mark.parametrize(
    ("path", "names"), [("/book", {"x-pages", "etag", "location"}), ("/stub", {"x-stub"}), ("/fault", {"x-pages"})]
)
def test_the_headers_of_a_reply_are_exposed(client: httpx.Client, path: str, names: set[str]) -> None:
    """Each is exposed once: documented headers, those of a scenario, those of a faulty reply, and the mock's own."""
    reply = client.get(path, headers=ORIGIN)
    found = exposed(reply)

    assert 200 == reply.status_code
    assert names | {"mock-entry", "mock-scenario"} <= set(found)
    assert len(set(found)) == len(found)
    assert not {"set-cookie", "date", "content-type"} & set(found)


def test_headers_of_the_server(client: httpx.Client) -> None:
    """What the document says about CORS and Date does not change what the server sends."""
    reply = client.get("/book", headers=ORIGIN)

    assert ORIGIN["origin"] == reply.headers["access-control-allow-origin"]
    assert 1 == len(reply.headers.get_list("date"))
    assert "access-control-allow-origin" not in client.get("/book").headers
