"""HEAD is answered like GET, without the body (RFC 9110, section 9.3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mockserver.engine.engine import Engine
from mockserver.loading import load_engine
from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import create_app
from tests.support.raw import RawConnection

SPEC = """
openapi: 3.0.3
info: {title: books, version: "1"}
paths:
  /book:
    get:
      operationId: get_book
      parameters: [{name: page, in: query, schema: {type: integer}}]
      responses:
        "200":
          description: a book
          headers: {X-Pages: {required: true, schema: {type: integer, enum: [474]}}}
          content: {application/json: {example: {title: Emma}}}
  /own:
    get: {operationId: get_own, responses: {"200": {description: fine, content: {text/plain: {example: text}}}}}
    head: {operationId: head_own, responses: {"204": {description: described by itself}}}
  /fault:
    get: {operationId: get_fault, responses: {"200": {description: fine, content: {text/plain: {example: text}}}}}
  /cut:
    get: {operationId: get_cut, responses: {"200": {description: fine, content: {application/json: {example: [1]}}}}}
  /later:
    get: {operationId: get_later, responses: {"200": {description: fine, content: {application/json: {example: [1]}}}}}
  /loan:
    post: {operationId: lend, responses: {"201": {description: lent}}}
"""
SCENARIO = """
about: One fault for each operation.
stubs:
  - {name: malformed, operation: get_fault, fault: malformed_json}
  - {name: cut, operation: get_cut, fault: truncated_body}
  - {name: later, operation: get_later, delay: 20ms, reply: {body: [1, 2]}}
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("books")
    (folder / "books.yaml").write_text(SPEC, "utf-8")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "happy_path.yaml").write_text(SCENARIO, "utf-8")
    return load_engine(Settings(spec=folder / "books.yaml", scenarios=Path(folder / "scenarios"), seed=1))


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[httpx.Client]:
    with BackgroundServer(create_app(engine=engine)) as server, httpx.Client(base_url=server.url) as opened:
        yield opened


def without(headers: httpx.Headers) -> dict[str, str]:
    """The headers, except those that differ between two equal replies."""
    return {name: value for name, value in headers.items() if name not in {"date", "mock-entry"}}


@pytest.mark.parametrize("path", ["/book", "/fault", "/later", "/__mock/health", "/book?page=x", "/nope"])
def test_head_is_get_without_the_body(client: httpx.Client, path: str) -> None:
    """Status and headers are those of GET, Content-Length included, also for faults, delays and refusals."""
    head, get = client.head(path), client.get(path)

    assert (get.status_code, without(get.headers)) == (head.status_code, without(head.headers))
    assert (b"", str(len(get.content))) == (head.content, head.headers["content-length"])


def test_a_truncated_reply(client: httpx.Client) -> None:
    """The fault that cuts a body has nothing to cut: the head is complete, and the connection is closed."""
    with RawConnection(str(client.base_url)) as connection:
        connection.send(b"HEAD /cut HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head, _, body = connection.rest().partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 ")
    assert (True, b"") == (b"content-length: 3" in head, body)


def test_the_next_request_on_the_connection(client: httpx.Client) -> None:
    """The connection can be used again after HEAD, on which the client expects no body."""
    with RawConnection(str(client.base_url)) as connection:
        for path in ("/book", "/fault", "/later"):
            connection.send(f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = connection.receive(has_body=False)
            connection.send(b"GET /book HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert (200, 200) == (head.status, connection.receive().status)


def test_a_documented_head(client: httpx.Client) -> None:
    """If the document describes HEAD itself, this operation answers."""
    assert (204, 200) == (client.head("/own").status_code, client.get("/own").status_code)


def test_allow(client: httpx.Client) -> None:
    """Allow has HEAD where it has GET, and HEAD without GET is refused."""
    assert "GET, HEAD" == client.post("/book").headers["allow"]
    assert (405, "POST") == ((refused := client.head("/loan")).status_code, refused.headers["allow"])


def test_the_journal(client: httpx.Client, engine: Engine) -> None:
    """The journal has the method that was sent, and the operation that answered."""
    client.head("/book")
    entry = list(engine.state.journal)[-1]

    assert ("HEAD", "get_book") == (entry.request.method, entry.operation)
