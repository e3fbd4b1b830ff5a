"""docs/refusals.md: each kind of refusal, compared with the server."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from mockserver.errors import REFUSALS
from mockserver.settings import Settings
from tests.support.calls import CUSTOMER, send
from tests.support.markdown import rows, section
from tests.support.mock import Mock, mock_of
from tests.support.shop import prepared

DOCUMENT = "docs/refusals.md"


def test_the_kinds_are_those_of_the_code() -> None:
    """The table has each kind once, in the order of the checks, with its status."""
    assert [(kind, str(refusal.status)) for kind, refusal in REFUSALS.items()] == [
        (kind.strip("`"), status) for kind, status, _ in rows(DOCUMENT, "Kinds")
    ]


@pytest.mark.parametrize(
    ("kind", "request_"),
    [
        ("bad-host", {"host": "mock.example.com"}),
        ("foreign-origin", {"origin": "https://elsewhere.example"}),
        ("unknown-path", {"path": "/v1/nothing"}),
        ("method-not-allowed", {"method": "GET"}),
        ("not-authenticated", {"wb_key": ""}),
        ("too-large", {"body": " " * (1024 * 1024 + 1)}),
        ("unsupported-media-type", {"content_type": "text/plain"}),
        ("malformed-body", {"body": '{"address":true,"address":false}'}),
        ("malformed-body", {"body": "NaN"}),
        ("malformed-body", {"body": "[" * 65 + "]" * 65}),
        ("contract-violation", {"body": "{}"}),
        ("unknown-scenario", {"mock_scenario": "hapy_path"}),
    ],
)
def test_refusals_of_the_bundled_contract(mock: Mock, kind: str, request_: dict[str, str]) -> None:
    """Each kind that the bundled contract can give has the documented status and form."""
    reply = send(mock.url, **request_)

    assert (kind, REFUSALS[kind].status) == (reply.headers["mock-refused"], reply.status_code)
    assert f"urn:mockserver:{kind}" == reply.json()["type"]


@pytest.mark.parametrize(
    "message",
    [
        b"nothing\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"a" * 200_000,
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"GET /\r\n\r\n",
    ],
    ids=["400", "431", "501", "505"],
)
def test_messages_that_are_not_http(mock: Mock, message: bytes, request: pytest.FixtureRequest) -> None:
    """The kind below the table has each of the documented statuses."""
    parts = urlsplit(mock.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        connection.sendall(message)
        reply = http.client.HTTPResponse(connection)
        reply.begin()
        problem = json.loads(reply.read())
    ((kind, statuses),) = re.findall(r"`(malformed-[a-z]+)` \(([^)]*)\)", section(DOCUMENT, "Errors outside the table"))

    assert request.node.callspec.id == str(reply.status) == str(problem["status"])
    assert (kind, True) == (reply.headers["mock-refused"], str(reply.status) in re.findall(r"\d+", statuses))


OTHER_SPEC = """
openapi: 3.0.3
info: {title: pets, version: "1"}
paths:
  /pets:
    get:
      operationId: list_pets
      responses: {"200": {description: fine, content: {application/json: {schema: {type: integer}}}}}
  /pets/one:
    get:
      operationId: get_pet
      responses: {"200": {description: fine, content: {application/json: {schema: {type: integer}}}}}
"""
OTHER_SCENARIO = """
about: A request with a query gets a text instead of a number.
stubs:
  - name: numbered
    operation: get_pet
    when: {query: {number: "1"}}
    reply: {status: 200, body: "{$request.query.number}"}
"""


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    """A server of another contract: one operation answers from its schema, the other by a scenario."""
    folder = tmp_path_factory.mktemp("other")
    (folder / "pets.yaml").write_text(OTHER_SPEC, "utf-8")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "happy_path.yaml").write_text(OTHER_SCENARIO, "utf-8")
    with mock_of(Settings(spec=folder / "pets.yaml", scenarios=folder / "scenarios")) as mock:
        yield mock


@pytest.mark.parametrize(
    ("kind", "request_"),
    [
        ("not-acceptable", {"path": "/pets", "accept": "text/html"}),
        ("unknown-preference", {"path": "/pets", "prefer": "code=404"}),
        ("no-stub", {"path": "/pets/one"}),
        ("reply-violates-contract", {"path": "/pets/one?number=1"}),
    ],
)
def test_refusals_of_another_contract(other: Mock, kind: str, request_: dict[str, str]) -> None:
    """Kinds that the bundled contract and scenarios never give."""
    reply = send(other.url, method="GET", body="", content_type="", **request_)

    assert (kind, REFUSALS[kind].status) == (reply.headers["mock-refused"], reply.status_code)
    assert f"urn:mockserver:{kind}" == reply.json()["type"]


@pytest.mark.parametrize("key", ["pk_live_1", "sk_live_1"])
def test_keys_of_live_mode(mock: Mock, key: str) -> None:
    """They are refused with the kind and the status of the table."""
    (status,) = [cells[1] for cells in rows(DOCUMENT, "Kinds") if cells[0] == "`test-mode-only`"]
    reply = mock.browser({"authorization": f"Bearer {key}"}).get(f"/v1/setup_intents/{prepared(mock).id}")

    assert ("test-mode-only", status) == (reply.headers["mock-refused"], str(reply.status_code))


def test_violations_can_be_reported() -> None:
    """With `--on-violation report` the request is answered, and a header lists the violations."""
    with mock_of(Settings(on_violation="report")) as mock:
        reply = send(mock.url, body='{"operation":"pay","address":"true"}')

    assert 200 == reply.status_code
    assert CUSTOMER == reply.json()["customer_id"]
    assert "/address" in reply.headers["mock-violations"]
