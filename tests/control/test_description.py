"""The control API follows its description, spec/admin.yaml; openapi-core alone checks the replies."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import httpx
import pytest
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from starlette.applications import Starlette
from starlette.routing import Route

import mockserver
from mockserver.control import ControlApi
from mockserver.control.control_calls import CALLS
from mockserver.loading import load_engine
from mockserver.settings import Settings, bundled
from mockserver.web.mock_app import mock_app
from tests.support.mock import CREATE, Mock, mock_of
from tests.support.raw import RawConnection
from tests.support.state import memory_of
from tests.web.test_wire import MALFORMED

TEXT = (bundled("spec") / "admin.yaml").read_text("utf-8")
DOCUMENT = yaml.safe_load(TEXT)
DESCRIBED = {
    operation["operationId"]: (method.upper(), path, "pages" in operation.get("tags", ()))
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}
OPERATIONS = {name: (method, path) for name, (method, path, is_page) in DESCRIBED.items() if not is_page}
OPEN = {name for name, (_, path) in OPERATIONS.items() if path.startswith("/__mock/health/")}
PAGES = {name: path for name, (_, path, is_page) in DESCRIBED.items() if is_page}
HEALTH = "/__mock/health"
TOKEN = "PaySess_00000000-0000-4000-8000-000000000000"


@cache
def spec() -> OpenAPI:
    # openapi-core takes only application/json for JSON.
    texts = ("text/plain", "text/event-stream", "text/html", "text/css", "text/javascript", "image/svg+xml")
    config = Config(
        extra_media_type_deserializers={
            "application/problem+json": json.loads,
            **dict.fromkeys(texts, lambda text, **_: bytes.decode(text)),
        }
    )
    return OpenAPI.from_dict(DOCUMENT, config=config)


def check(method: str, path: str, status: int, headers: Any, body: bytes) -> None:
    """Raise an error if a reply does not follow spec/admin.yaml."""
    request = MockRequest("http://127.0.0.1:8080", method.lower(), path)
    media_type = headers.get("content-type", "").partition(";")[0]
    spec().validate_response(request, MockResponse(body, status, headers=dict(headers), content_type=media_type))


def checked(mock: Mock, method: str, path: str, **options: Any) -> httpx.Response:
    reply = mock.http.request(method, path, **options)
    check(method, path, reply.status_code, reply.headers, reply.content)
    return reply


def test_every_call_is_described() -> None:
    """The calls and the described operations are the same."""
    assert sorted(OPERATIONS) == sorted(CALLS)


def test_every_route_is_described() -> None:
    """The routes of the application under /__mock/ are the paths of spec/admin.yaml."""
    engine, settings = load_engine(Settings()), Settings()
    app = mock_app(engine, settings, ControlApi(engine, settings))
    assert isinstance(app, Starlette)
    routes = [route.path.replace(":text", "") for route in app.routes if isinstance(route, Route)]

    assert sorted(DOCUMENT["paths"]) == sorted(path for path in routes if path.startswith("/__mock/"))


@pytest.mark.parametrize(
    "path", ["/__mock/%63onsole.js", "/__mock/%77ingback.js", "/__mock/%68ealth", "/__mock/d%65mo"]
)
def test_an_encoded_letter_means_the_letter(mock: Mock, path: str) -> None:
    """A path with a percent-encoded letter is the same path (RFC 3986, section 6.2.2.2)."""
    assert 200 == mock.http.get(path).status_code


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_as_described(mock: Mock, name: str) -> None:
    """Pages need no admin token; the payment session of a page needs its own token."""
    token = mock.create().json()["token"]
    path = PAGES[name].replace("{token}", token)
    reply = checked(mock, "GET", path)
    other = mock.http.post(path)

    assert (200, 405, "GET, HEAD") == (reply.status_code, other.status_code, other.headers["allow"])
    assert ("etag" in reply.headers) == ("{token}" not in PAGES[name])


@pytest.mark.parametrize("name", PAGES)
def test_promise_8_pages_are_refused_to_a_foreign_origin(mock: Mock, name: str) -> None:
    """Pages are refused to a foreign origin too."""
    path = PAGES[name].replace("{token}", mock.create().json()["token"])

    assert 403 == checked(mock, "GET", path, headers={"Origin": "https://evil.example"}).status_code


def test_the_description_has_the_version() -> None:
    """The version in spec/admin.yaml is that of the package."""
    assert mockserver.__version__ == DOCUMENT["info"]["version"]


CASES: dict[str, list[tuple[dict[str, Any], int]]] = {
    "get_health": [({}, 200)],
    "get_liveness": [({}, 200)],
    "get_readiness": [({}, 200)],
    "list_scenarios": [({}, 200), ({"headers": {"Mock-Namespace": "n"}}, 200)],
    "activate_scenario": [
        ({"json": {"name": "card_declined"}}, 200),
        ({"json": {"name": None}}, 200),
        ({"json": {"name": "card_declin"}}, 400),
        ({"json": {}}, 400),
        ({"json": {"name": 3}}, 400),
        ({"json": {"name": None, "more": 1}}, 400),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"content": b"name=x", "headers": {"Content-Type": "text/plain"}}, 415),
        ({}, 400),
    ],
    "set_strict": [
        ({"json": {"strict": True}}, 200),
        ({"json": {"strict": False}, "headers": {"Mock-Namespace": "n"}}, 200),
        ({"json": {"strict": None}}, 200),
        ({"json": {"strict": "yes"}}, 400),
        ({"json": {}}, 400),
    ],
    "get_journal": [
        ({}, 200),
        ({"params": {"refused": "true", "limit": "1", "operation": CREATE}}, 200),
        ({"params": {"limit": "0"}}, 400),
        ({"params": {"limit": "many"}}, 400),
        ({"params": {"refused": "YES"}}, 400),
    ],
    "verify": [
        ({"json": {"operation": CREATE, "count": 2}}, 200),
        ({"json": {"operation": CREATE}}, 200),
        ({"json": {"operation": CREATE, "count": 1}}, 409),
        ({"json": {"body": {"provider": "authorize"}}}, 409),
        ({"json": {"in_order": [{"scenario": "slow"}]}}, 409),
        ({"json": {"operation": "create"}}, 400),
        ({"json": {"count": -1}}, 400),
        ({"json": {"count": 1, "at_most": 2}}, 400),
        ({"json": {"at_least": 2, "at_most": 1}}, 400),
        ({"json": {"in_order": [{"scenario": "slow"}], "count": 1}}, 400),
        ({"json": {"in_order": []}}, 400),
        ({"json": {"body": {"provider": {"matches": "("}}}}, 400),
        ({"json": {"header": {"a": 1}}}, 400),
        ({"json": {"bodies": {}}}, 400),
        ({"json": []}, 400),
    ],
    "list_payment_sessions": [({}, 200)],
    "get_payment_session": [({}, 404)],
    "reset": [
        ({"json": {"seed": 1}}, 204),
        ({}, 204),
        ({"json": {"seed": "1"}}, 400),
        ({"json": {"sed": 1}}, 400),
    ],
    "get_coverage": [({}, 200)],
    "get_metrics": [({}, 200)],
    "stream_events": [({"params": {"refused": "?"}}, 400)],
    "get_openapi": [({}, 200)],
}


def test_every_call_has_cases() -> None:
    """The table has cases for every call."""
    assert sorted(OPERATIONS) == sorted(CASES)


@pytest.mark.parametrize(
    ("operation", "options", "status"),
    [(name, options, status) for name, cases in CASES.items() for options, status in cases],
)
def test_promise_2_replies_are_as_described(mock: Mock, operation: str, options: dict[str, Any], status: int) -> None:
    """Replies to valid and invalid calls follow spec/admin.yaml, and a refusal has Mock-Refused."""
    mock.create()
    mock.create(address="yes")
    method, path = OPERATIONS[operation]
    reply = checked(mock, method, path.replace("{token}", TOKEN), **options)

    assert status == reply.status_code, reply.text
    assert (status >= 400) == ("mock-refused" in reply.headers)
    assert "no-store" == reply.headers["cache-control"]


def test_one_payment_session_is_as_described(mock: Mock) -> None:
    """The reply for an existing token follows spec/admin.yaml."""
    token = mock.create().json()["token"]

    assert 200 == checked(mock, "GET", f"/__mock/payment-sessions/{token}").status_code


@pytest.mark.parametrize("operation", OPERATIONS)
def test_promise_8_a_foreign_origin_is_refused(mock: Mock, operation: str) -> None:
    """A page of another origin may use no call, and changes nothing."""
    mock.activate("card_declined")
    mock.create(provider="authorize")
    method, path = OPERATIONS[operation]
    headers = {"Origin": "https://evil.example", "Content-Type": "application/json"}
    reply = checked(mock, method, path.replace("{token}", TOKEN), headers=headers, content=b'{"name":null}')

    assert (403, "foreign-origin") == (reply.status_code, reply.headers["mock-refused"])
    assert "card_declined" == mock.get("scenarios")["activated"]["namespace"]
    assert 1 == mock.get("journal")["count"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_promise_8_a_foreign_host_is_refused(mock: Mock, operation: str) -> None:
    """A call under a foreign host name is refused."""
    method, path = OPERATIONS[operation]
    reply = checked(mock, method, path.replace("{token}", TOKEN), headers={"Host": "evil.example"})

    assert (400, "bad-host") == (reply.status_code, reply.headers["mock-refused"])


@pytest.fixture(scope="module")
def guarded() -> Any:
    with mock_of(Settings(seed=1, admin_token="s3cret-of-ours")) as mock:
        yield mock


@pytest.mark.parametrize("operation", sorted(OPERATIONS.keys() - OPEN))
@pytest.mark.parametrize("token", [None, "", "wrong", "s3cret-of-our", "s3cret-of-ours\u00e9"])
def test_promise_8_every_call_needs_the_token(guarded: Mock, operation: str, token: str | None) -> None:
    """With --admin-token, no call works without the right token."""
    method, path = OPERATIONS[operation]
    headers = {} if token is None else {"Mock-Admin-Token": token.encode()}
    reply = checked(guarded, method, path.replace("{token}", TOKEN), headers=headers)

    assert (401, "not-authenticated") == (reply.status_code, reply.headers["mock-refused"])
    assert 'ApiKey in="header", name="Mock-Admin-Token"' == reply.headers["www-authenticate"]
    assert "s3cret" not in reply.text


@pytest.mark.parametrize("operation", sorted(OPEN))
def test_probes_need_no_token(guarded: Mock, operation: str) -> None:
    """With --admin-token, probes work without the token, and tell nothing but that the server answers."""
    reply = checked(guarded, "GET", OPERATIONS[operation][1])

    assert (200, {"status": "ok"}) == (reply.status_code, reply.json())


def test_the_right_token(guarded: Mock) -> None:
    """With the token the calls work, and the contract's operations need none."""
    headers = {"Mock-Admin-Token": "s3cret-of-ours"}

    assert 200 == checked(guarded, "GET", HEALTH, headers=headers).status_code
    assert 200 == guarded.create().status_code


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods(mock: Mock, method: str) -> None:
    """Other methods get 405 with Allow, which has HEAD wherever it has GET."""
    reply = mock.http.request(method, HEALTH)
    check("GET", HEALTH, reply.status_code, reply.headers, reply.content)

    assert (405, "method-not-allowed", "GET, HEAD") == (
        reply.status_code,
        reply.headers["mock-refused"],
        reply.headers["allow"],
    )


@pytest.mark.parametrize("path", [HEALTH, "/__mock/journal", "/__mock/events", "/__mock/nothing"])
def test_head(mock: Mock, path: str) -> None:
    """The reply to HEAD is that of GET without the body."""
    head = mock.http.head(path)

    assert b"" == head.content
    assert (404 if "nothing" in path else 200) == head.status_code


@pytest.mark.parametrize("path", ["nothing", "health/", "health/x", "/health", "%2e%2e/x"])
def test_unknown_paths(mock: Mock, path: str) -> None:
    """An unknown path gets 404, no redirect, and does not reach the engine."""
    reply = mock.http.get(f"{mock.url}/__mock/{path}")
    check("GET", HEALTH, reply.status_code, reply.headers, reply.content)

    assert (404, "unknown-path") == (reply.status_code, reply.headers["mock-refused"])
    assert 0 == len(memory_of(mock.engine).journal)


@pytest.mark.parametrize("path", ["/__mock", "/__mocks/x", "/%5f_mock/health", "/x/__mock/health"])
def test_similar_paths(mock: Mock, path: str) -> None:
    """Similar paths belong to the contract, and are in the journal."""
    assert 404 == mock.http.get(path).status_code
    assert [path] == [entry.request.path for entry in memory_of(mock.engine).journal]


def test_cors(mock: Mock) -> None:
    """The control API has CORS headers."""
    reply = mock.http.get(HEALTH, headers={"Origin": "http://localhost:5173"})

    assert "http://localhost:5173" == reply.headers["access-control-allow-origin"]


def test_a_body_over_the_limit(mock: Mock) -> None:
    """A body over the limit gets a reply that follows spec/admin.yaml."""
    reply = checked(mock, "POST", "/__mock/verify", content=b" " * (1024 * 1024 + 1))

    assert (413, "too-large") == (reply.status_code, reply.headers["mock-refused"])


@pytest.mark.parametrize(("data", "status"), MALFORMED)
def test_malformed_http(mock: Mock, data: bytes, status: int) -> None:
    """The reply to malformed HTTP follows spec/admin.yaml."""
    with RawConnection(mock.url) as connection:
        connection.send(data)
        reply = connection.receive()
    check("GET", HEALTH, reply.status, reply.headers, reply.body)

    assert status == reply.status


def test_a_bug_in_a_call(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in a call is an internal error, which does not show its cause."""
    monkeypatch.setattr(mock.engine, "health", lambda: {"x": 1 / 0})
    reply = checked(mock, "GET", HEALTH)

    assert (500, "internal-error") == (reply.status_code, reply.headers["mock-refused"])
    assert "Zero" not in reply.text


def test_a_reply_that_breaks_the_description(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply that breaks spec/admin.yaml is replaced by an internal error."""
    monkeypatch.setattr(mock.engine, "health", lambda: {"spec": None})

    assert 500 == checked(mock, "GET", HEALTH).status_code
