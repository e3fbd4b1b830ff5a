"""Promise 10: one table of credentials and of the places that show requests; no place shows a credential."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from mockserver.contract import Contract
from mockserver.loading import load_engine
from mockserver.messages import Headers, Request
from mockserver.server import BackgroundServer
from mockserver.settings import Settings, own_file
from mockserver.web import AccessLog, create_app
from tests.support.command import run_pytest
from tests.support.credentials import CONTRACT, CREDENTIALS, EXPECTATION, ORDINARY, exchanges, secrets, write_files

PLACES = ("journal", "events", "verify", "verify, count", "text log", "JSON log", "refusals", "headers", "names")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a contract that has security schemes of every type."""
    spec, scenarios = write_files(tmp_path_factory.mktemp("orders"))
    return Settings(seed=1, spec=spec, scenarios=scenarios)


@contextmanager
def served(settings: Settings, log: AccessLog) -> Iterator[httpx.Client]:
    app = create_app(settings, engine=load_engine(settings), log=log)
    with BackgroundServer(app) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        yield client


def events(client: httpx.Client, count: int) -> str:
    """The first events of the stream."""
    text = ""
    with client.stream("GET", "/__mock/events", headers={"last-event-id": "0"}) as stream:
        for piece in stream.iter_text():
            text += piece
            if text.count("\n\n") >= count:
                break
    return text


@pytest.fixture(scope="module")
def shown(settings: Settings) -> Mapping[str, Mapping[str, str]]:
    """For each credential the text of each place."""
    texts: dict[str, dict[str, str]] = {}
    streams = {name: io.StringIO() for name in ("text log", "JSON log")}
    logs = (AccessLog("text", streams["text log"]), AccessLog("json", streams["JSON log"]))
    with served(settings, logs[0]) as client, served(settings, logs[1]) as second:
        for name, credential in CREDENTIALS.items():
            client.post("/__mock/reset")
            for stream in streams.values():
                stream.seek(0)
                stream.truncate()
            replies = exchanges(client, credential)
            exchanges(second, credential)
            for log in logs:
                log.close()
            refused = [reply for reply in replies if "mock-refused" in reply.headers]
            journal = client.get("/__mock/journal").json()["entries"]
            texts[name] = {
                "journal": json.dumps(journal, ensure_ascii=False),
                "events": events(client, len(replies)),
                "verify": client.post("/__mock/verify", json=EXPECTATION).text,
                "verify, count": client.post("/__mock/verify", json={"operation": "order", "count": 0}).text,
                **{each: stream.getvalue() for each, stream in streams.items()},
                "refusals": "\n".join(reply.text for reply in refused),
                "headers": "\n".join(f"{key}: {value}" for reply in refused for key, value in reply.headers.items()),
                "names": "\n".join(reply.headers.get("mock-warnings", "") for reply in replies),
            }
            kinds = {reply.headers["mock-refused"] for reply in refused}
            assert {"contract-violation", "no-stub", "unknown-scenario", "unknown-path"} <= kinds
    return texts


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", CREDENTIALS)
def test_promise_10_credentials_never_appear(shown: Mapping[str, Mapping[str, str]], name: str, place: str) -> None:
    """No place shows a credential, wherever a request carries it."""
    assert [] == [secret for secret in secrets(CREDENTIALS[name]) if secret in shown[name][place]], shown[name][place]


EXPECTED = {
    "journal": [*ORDINARY, '"author": "Anna Author"', "[redacted]"],
    "events": [*ORDINARY, '"author":"Anna Author"', "[redacted]"],
    "verify": [*ORDINARY, '"expected":"\\"Other Author\\""', '"actual":"\\"Anna Author\\""', '"x-author":"[redacted]"'],
    "verify, count": [*ORDINARY, '"author":"Anna Author"'],
    "text log": ["POST /orders?author", "scenario=happy_path", "refused=no-stub"],
    "JSON log": ['"path": "/orders", "query": ["author"', '"refused": "no-stub"'],
    "refusals": ["/authorName", r"header author: expected \"Other Author\", found \"Anna Author\""],
    "headers": ["mock-refused: contract-violation"],
    "names": ["body /authorNam (did you mean authorName?)"],
}


@pytest.mark.parametrize("place", PLACES)
def test_ordinary_values_are_shown(shown: Mapping[str, Mapping[str, str]], place: str) -> None:
    """Names and values that only resemble credentials are shown, such as `author` and `authorName`."""
    text = shown["header"][place].replace('"X-Author"', '"x-author"')

    assert [] == [each for each in EXPECTED[place] if each not in text], text


def test_a_violation_does_not_show_the_value(settings: Settings) -> None:
    """A credential that breaks the contract is named, but its value is not shown."""
    with served(settings, AccessLog("text", io.StringIO())) as client:
        headers = {"X-Author": "bad-hidden", "Mock-Scenario": "happy_path"}
        reply = client.post("/orders?tenant=bad-hidden&author=x", json={"authorName": "x"}, headers=headers)

    message = "the value breaks the contract; it is not shown, because it may be a credential"
    assert [("header", "/X-Author", message), ("query", "/tenant", message)] == sorted(
        (each["in"], each["pointer"], each["message"]) for each in reply.json()["violations"]
    )


def test_promise_10_a_reload_reveals_nothing(settings: Settings, tmp_path: Path) -> None:
    """After a reload, entries from before and from after it hide the names of both contracts."""
    engine = load_engine(settings)
    spec = tmp_path / "other.json"
    schemes = {"editor": {"type": "apiKey", "in": "header", "name": "X-Editor"}}
    spec.write_text(json.dumps({**CONTRACT, "components": {"securitySchemes": schemes}}), "utf-8")
    headers = Headers([("X-Author", "hidden-author"), ("X-Editor", "hidden-editor"), ("X-Reader", "Anna Author")])
    request = Request(method="POST", path="/orders", query="tenant=hidden-tenant", headers=headers)
    engine.handle(request)
    before = json.dumps([entry.as_json() for entry in engine.state.journal])
    engine.serve(load_engine(Settings(spec=spec)).snapshot)
    engine.handle(request)
    after = json.dumps([entry.as_json() for entry in engine.state.journal])

    assert ("hidden-editor" in before, "hidden-author" in before) == (True, False)
    assert "hidden-" not in after
    assert 2 == after.count("Anna Author")


REPORTING = """
import json, os

import pytest

from tests.support.credentials import CONTRACT, CREDENTIALS, EXPECTATION, exchanges


@pytest.mark.parametrize("name", CREDENTIALS)
def test_refused(mockserver_client, name):
    exchanges(mockserver_client, CREDENTIALS[name])


@pytest.mark.mockserver(allow_violations=True)
@pytest.mark.parametrize("name", CREDENTIALS)
def test_not_verified(mockserver, mockserver_client, name):
    exchanges(mockserver_client, CREDENTIALS[name])
    mockserver.verify(**EXPECTATION)
"""


def test_promise_10_credentials_appear_in_no_pytest_report(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The reports of failed tests show no credential, but the ordinary values."""
    folder = tmp_path_factory.mktemp("reporting")
    (folder / "test_reporting.py").write_text(REPORTING)
    result = run_pytest(folder, f"--mockserver-spec={settings.spec}", f"--mockserver-scenarios={settings.scenarios}")
    found = {secret for credential in CREDENTIALS.values() for secret in secrets(credential)}

    assert f"{2 * len(CREDENTIALS)} failed" in result.stdout, result.stdout
    assert [] == [line for line in result.stdout.splitlines() if any(secret in line for secret in found)]
    assert 'header author: expected "Other Author", found "Anna Author"' in result.stdout


@pytest.mark.parametrize("name", ["admin.yaml", "saved_methods.yaml", "stripe.yaml"])
def test_the_credentials_of_the_other_apis(name: str) -> None:
    """The credentials of the control API and of Stripe's API are known without reading their descriptions."""
    names = load_engine(Settings()).redactor.names
    places = Contract.load(own_file(name)).credential_places

    assert [] == [place for place in places if not names.hide(*place.shown_place)]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_promise_10_copies_of_other_letters_are_hidden(encoding: str) -> None:
    """Copies are hidden, plain or percent-encoded. The header field with the credential can have either encoding."""
    secret = "schlüssel-größe"
    with BackgroundServer(create_app(Settings(seed=1))) as server, httpx.Client(base_url=server.url) as client:
        headers = [(b"wb-key", secret.encode(encoding)), (b"x-copy", quote(secret).encode())]
        body = {"operation": "add_method", "address": True, "note": f"the key {secret}", "escaped": ascii(secret)}
        client.post("/v1/c/customer/Cust_1/payment/session", json=body, headers=headers)
        journal = client.get("/__mock/journal").text

    assert [] == [each for each in (secret, json.dumps(secret)[1:-1], quote(secret)) if each in journal]


def test_promise_10_copies_of_a_credential_in_the_query_are_hidden() -> None:
    """A copy in a header field is hidden, although its bytes are read in another encoding than those of the query."""
    secret = "schlüssel-größe"
    with BackgroundServer(create_app(Settings(seed=1))) as server, httpx.Client(base_url=server.url) as client:
        client.get("/unknown", params={"api_key": secret}, headers=[(b"x-copy", secret.encode())])
        journal = client.get("/__mock/journal").text

    assert "größe" not in journal
    assert "größe".encode().decode("latin-1") not in journal
