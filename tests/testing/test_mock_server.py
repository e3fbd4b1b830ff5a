"""MockServer, in this process and with a running server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.errors import UsageError
from mockserver.testing import ContractBrokenError, JournalEntry, MockServer, Settings, VerificationError, create_app
from tests.support.command import served
from tests.support.mock import CREATE, SESSION, TLS

BODY = {"operation": "add_method", "address": True}


def send(mock: MockServer, body: Any = None, *, path: str = SESSION, **headers: str) -> httpx.Response:
    return httpx.post(mock.url + path, json=body or BODY, headers={**mock.headers, **headers}, verify=TLS, timeout=30)


@pytest.fixture(scope="module")
def running() -> Iterator[str]:
    with served("--seed", "1", "--admin-token", "t0ken") as process:
        yield process.url


@pytest.fixture(params=["in this process", "on a running server"])
def mock(request: pytest.FixtureRequest, running: str) -> Iterator[MockServer]:
    """A mock in this process, and one on a running server."""
    here = request.param == "in this process"
    with MockServer(seed=1) if here else MockServer(url=running, admin_token="t0ken") as mock:
        yield mock


def test_one_test_uses_everything(mock: MockServer) -> None:
    """One test uses scenarios, the journal, payment sessions, verification, coverage and reset."""
    mock.scenario("rate_limited")
    replies = [send(mock) for _ in range(2)]
    first, second = mock.journal

    assert [429, 200] == [reply.status_code for reply in replies]
    assert ("rate_limited", CREATE, 429, None, True) == (
        first.scenario,
        first.operation,
        first.reply.status,
        first.fault,
        first.is_sound,
    )
    assert BODY == second.request.json()
    assert replies[1].json()["token"] == mock.payment_sessions[0]["token"]
    mock.verify(operation=CREATE, path={"customer_id": "Cust_1"}, body={"address": True}, count=2)
    mock.verify(in_order=[{"scenario": "rate_limited"}, {"header": {"content-type": {"matches": "json"}}}])
    mock.check()
    assert "rate_limited" == mock.in_force
    assert 2 == mock.coverage["exercised"]
    mock.reset()
    assert ([], [], "happy_path") == (mock.journal, mock.payment_sessions, mock.in_force)


def test_a_failed_verification(mock: MockServer) -> None:
    """A failed verification is an AssertionError with the nearest calls."""
    send(mock)
    with pytest.raises(VerificationError, match="body /address: expected false, found true") as caught:
        mock.verify(operation=CREATE, body={"address": False})

    assert isinstance(caught.value, AssertionError)
    assert 0 == len(caught.value.problem["found"])
    assert mock.api_key not in str(caught.value)


def test_a_body_of_null(mock: MockServer) -> None:
    """None is JSON's null; without `body` any body matches."""
    send(mock)
    with pytest.raises(VerificationError):
        mock.verify(body=None)
    mock.verify()


@pytest.mark.parametrize(
    ("act", "message"),
    [
        pytest.param(lambda mock: mock.scenario("card_declin"), "the nearest: card_declined", id="scenario"),
        pytest.param(lambda mock: mock.verify("nobody"), "there is no operation 'nobody'", id="operation"),
        pytest.param(lambda mock: mock.verify(body={"a": {"matches": "("}}), "cannot be used", id="pattern"),
        pytest.param(lambda mock: mock.verify(count=1, at_least=2), "not allowed beside count", id="bounds"),
        pytest.param(lambda mock: mock.verify(body={"a": {1}}), "not a JSON value", id="not JSON"),
    ],
)
def test_wrong_arguments(mock: MockServer, act: Any, message: str) -> None:
    """Wrong arguments raise UsageError, which no test can take for a failed verification."""
    with pytest.raises(UsageError, match=message.replace("(", r"\(")):
        act(mock)


def test_a_broken_contract(mock: MockServer) -> None:
    """check() raises an error with the request and its violations."""
    send(mock, {"operation": "add_method", "address": "no"})
    with pytest.raises(ContractBrokenError, match=r'body /address \(type\): "no" is a string') as caught:
        mock.check()

    assert [("happy_path", "payment session created")] == [entry.nearest for entry in caught.value.entries]


def test_namespaces(mock: MockServer) -> None:
    """Each namespace of a server has its own scenario and journal."""
    one, two, same = mock.namespace(), mock.namespace(), mock.namespace(mock.api_key)
    one.scenario("server_error")
    statuses = [send(each).status_code for each in (mock, one, two, same)]

    assert [200, 500, 200, 200] == statuses
    assert [2, 1, 1, 2] == [len(each.journal) for each in (mock, one, two, same)]
    assert 3 == len({each.shown for each in (mock, one, two, same)})


def test_a_seed_repeats() -> None:
    """The same seed gives the same replies, also in other namespaces."""
    tokens = []
    for _ in range(2):
        with MockServer(seed=3) as mock:
            tokens.append([send(mock).json()["token"], send(mock.namespace()).json()["token"]])
            mock.reset(seed=4)
            tokens[-1].append(send(mock).json()["token"])
    with MockServer(seed=4) as mock:
        other = send(mock).json()["token"]

    assert tokens[0] == tokens[1]
    assert other == tokens[0][2]
    assert 3 == len(set(tokens[0]))


def test_a_scenario_from_the_start(running: str) -> None:
    """`scenario` applies to the whole mock in this process, and to one namespace of a running server."""
    with MockServer(scenario="server_error") as own:
        assert [500, 500] == [send(each).status_code for each in (own, own.namespace())]
    with MockServer(url=running, admin_token="t0ken", scenario="server_error") as shared:
        assert [500, 200] == [send(each).status_code for each in (shared, shared.namespace())]


def test_it_stops_cleanly() -> None:
    """After the end no thread runs and the port is closed; a mock can be started again."""
    before = threading.active_count()
    with MockServer() as mock:
        url = mock.url
        assert 200 == send(mock).status_code
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, verify=TLS)
    mock.stop()

    assert before == threading.active_count()
    with pytest.raises(UsageError, match="is not started"):
        _ = mock.url


def test_an_asgi_app_without_a_port() -> None:
    """MockServer and the result of create_app are apps for httpx.ASGITransport."""

    async def create(app: Any, headers: dict[str, str]) -> int:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock", headers=headers) as client:
            return (await client.post(SESSION, json=BODY)).status_code

    mock = MockServer(scenario="server_error")
    app = create_app(Settings(scenario="server_error"))

    assert [500, 500] == [asyncio.run(create(each, mock.headers)) for each in (mock, app)]
    mock.verify(operation=CREATE, count=1)


def test_a_running_server_is_no_app(running: str) -> None:
    """A mock on a running server is no ASGI app."""
    mock = MockServer(url=running)
    with pytest.raises(UsageError, match="runs in another process"):
        asyncio.run(mock({}, None, None))  # type: ignore[arg-type] # raises before it uses them


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"spec": "none.yaml"}, "none.yaml"),
        ({"spec": "https://x/y"}, "--spec takes a file, not a URL: download https://x/y first"),
        ({"spec": Path("https://x/y")}, "--spec takes a file, not a URL: download https://x/y first"),
        ({"scenarios": "https://x/y"}, "--scenarios takes a folder, not a URL: download https://x/y first"),
        ({"scenario": "hapy_path"}, "did you mean 'happy_path'"),
        ({"scenarios": "nowhere"}, "nowhere"),
        ({"prot": 1}, "MockServer has no option prot"),
        ({"url": "http://127.0.0.1:1"}, "no mock server answers at http://127.0.0.1:1"),
        ({"url": "mock:8080"}, "is not the URL of a mock server"),
        ({"url": "http://127.0.0.1:1", "seed": 1}, "already has its settings: leave out seed"),
    ],
    ids=str,
)
def test_invalid_settings(options: dict[str, Any], message: str) -> None:
    """Settings that cannot be used raise UsageError with a hint."""
    with pytest.raises(UsageError, match=message), MockServer(**options):
        pass


@pytest.mark.parametrize("token", [None, "wrong"])
def test_a_server_with_an_admin_token(running: str, token: str | None) -> None:
    """Without the admin token a server that requires it cannot be used."""
    with pytest.raises(UsageError, match="requires a token"), MockServer(url=running, admin_token=token):
        pass


def test_a_server_that_is_not_a_mock() -> None:
    """A server that is not a mock is refused."""
    with MockServer() as mock, pytest.raises(UsageError, match="is not a healthy mock server"):
        MockServer(url=f"{mock.url}/elsewhere").start()


def test_keys_that_the_server_accepts() -> None:
    """With `api_keys` the first key is the default."""
    with MockServer(api_keys=("api_key_one", "api_key_two")) as mock:
        assert ("api_key_one", 200) == (mock.api_key, send(mock).status_code)


SCHEMES = {
    "a bearer token": ({"type": "http", "scheme": "bearer"}, {"authorization": "Bearer api_key_mockserver"}),
    "a cookie": ({"type": "apiKey", "in": "cookie", "name": "sid"}, {"cookie": "sid=api_key_mockserver"}),
    "a header": ({"type": "apiKey", "in": "header", "name": "X-Key"}, {"x-key": "api_key_mockserver"}),
    "the query": ({"type": "apiKey", "in": "query", "name": "key"}, {}),
    "none": (None, {"mock-namespace": "mockserver"}),
}


@pytest.mark.parametrize(("scheme", "headers"), SCHEMES.values(), ids=SCHEMES)
@pytest.mark.parametrize("elsewhere", [False, True], ids=["in this process", "on a running server"])
def test_another_contract(tmp_path: Path, scheme: Any, headers: dict[str, str], *, elsewhere: bool) -> None:
    """`headers` carries the credential as the contract requires it, and control calls use the same namespace."""
    security = "" if scheme is None else f"\nsecurity: [{{s: []}}]\ncomponents: {{securitySchemes: {{s: {scheme}}}}}"
    (tmp_path / "pets.yaml").write_text(
        'openapi: 3.0.3\ninfo: {title: pets, version: "1"}\npaths:\n  /pets:\n    get:\n      operationId: list_pets\n'
        f'      responses: {{"200": {{description: fine}}}}{security}\n'
    )
    with MockServer(spec=str(tmp_path / "pets.yaml")) as own:
        mock = MockServer(url=own.url, api_key=own.api_key) if elsewhere else own
        query = "?key=api_key_mockserver" if scheme and scheme.get("in") == "query" else ""
        httpx.get(f"{mock.url}/pets{query}", headers=mock.headers, verify=TLS)

        assert headers == mock.headers
        mock.verify("list_pets", count=1)
        mock.check()
        assert [200] == [entry.reply.status for entry in mock.journal]
        others = [mock.shown, *(mock.namespace().shown for _ in range(3))]
        assert len(others) == len(set(others)), others


def test_an_entry_as_text() -> None:
    """An entry as text has the request, the outcome and the scenario."""
    with MockServer(scenario="connection_reset", seed=1) as mock:
        with pytest.raises(httpx.TransportError):
            send(mock)
        send(mock, path="/nowhere?x=1")
        entries = [str(entry) for entry in mock.journal]

    assert [
        f"POST {SESSION} -> connection_reset (connection_reset, connection reset)",
        "POST /nowhere?x=1 -> 404 (refused: unknown-path)",
    ] == entries
    assert all(isinstance(entry, JournalEntry) for entry in mock.journal)
