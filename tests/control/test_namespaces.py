"""Namespaces: each caller has its own state, and sees no other state."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from mockserver.engine.namespaces import Streams
from mockserver.scenarios.format import load_folder
from mockserver.scenarios.scenario_selector import ScenarioSelector
from mockserver.settings import Settings, bundled
from tests.support.mock import CREATE, SESSION, TLS, Mock, mock_of
from tests.support.state import memory_of

BODY = {"operation": "add_method", "address": True}
CALLERS = 40


async def live_through(http: httpx.AsyncClient, number: int) -> dict[str, Any]:
    """What one caller sees: it activates a scenario, sends requests, reads its journal, verifies, and resets."""
    own = (
        {"wb-key": f"api_key_{number}"} if number % 2 else {"wb-key": "api_key_shared", "Mock-Namespace": f"n{number}"}
    )
    customer = f"Cust_{number}"
    path = SESSION.replace("Cust_1", customer)
    scenario = ("retry_after_503", "rate_limited", "card_declined", "provider_authorize")[number % 4]
    await http.put("/__mock/scenario", json={"name": scenario}, headers=own)
    replies = [await http.post(path, json=BODY, headers=own) for _ in range(3)]
    journal = (await http.get("/__mock/journal", headers=own)).json()
    sessions = (await http.get("/__mock/payment-sessions", headers=own)).json()["payment_sessions"]
    expectation = {"operation": CREATE, "path": {"customer_id": customer}, "count": 3}
    verified = (await http.post("/__mock/verify", json=expectation, headers=own)).status_code
    chosen = (await http.get("/__mock/scenarios", headers=own)).json()["activated"]
    await http.post("/__mock/reset", headers=own)
    after = (await http.get("/__mock/journal", headers=own)).json()["count"]
    return {
        "scenario": scenario,
        "statuses": [reply.status_code for reply in replies],
        "customers": {entry["request"]["path"] for entry in journal["entries"]} - {path},
        "count": journal["count"],
        "sessions": sorted(each["payment_session"]["token"] for each in sessions),
        "answered": sorted(reply.json()["token"] for reply in replies if reply.status_code == 200),
        "namespaces": len({entry["namespace"] for entry in journal["entries"]}),
        "verified": verified,
        "chosen": chosen,
        "after": after,
    }


def test_forty_namespaces_at_once(mock: Mock) -> None:
    """Each caller sees only its own state, while the others change theirs."""
    statuses = {
        "retry_after_503": [503, 503, 200],
        "rate_limited": [429, 200, 200],
        "card_declined": [200, 200, 200],
        "provider_authorize": [200, 200, 200],
    }

    async def all_of_them() -> list[dict[str, Any]]:
        limits = httpx.Limits(max_connections=CALLERS)
        async with httpx.AsyncClient(base_url=mock.url, timeout=120, limits=limits, verify=TLS) as http:
            return await asyncio.gather(*(live_through(http, number) for number in range(CALLERS)))

    lives = asyncio.run(all_of_them())

    tokens = [token for life in lives for token in life["answered"]]
    assert len(tokens) == len(set(tokens))
    for life in lives:
        scenario = life["scenario"]
        assert {
            "scenario": scenario,
            "statuses": statuses[scenario],
            "customers": set(),
            "count": 3,
            "sessions": life["answered"],
            "answered": life["answered"],
            "namespaces": 1,
            "verified": 200,
            "chosen": {"server": None, "namespace": scenario},
            "after": 0,
        } == life


def test_a_scenario_for_the_whole_server(mock: Mock) -> None:
    """A scenario for the whole server applies to every namespace without its own, until it is deactivated."""
    own, other, whole = mock.caller("api_key_own"), mock.caller("api_key_other"), mock.caller(None)
    own.activate("card_declined")
    assert {"name": "server_error", "namespace": None} == whole.activate("server_error").json()
    seen = [each.create().status_code for each in (own, other)]
    whole.activate(None)

    assert [200, 500] == seen
    assert 200 == other.create().status_code
    assert {"server": None, "namespace": "card_declined"} == own.get("scenarios")["activated"]


def test_a_named_namespace(mock: Mock) -> None:
    """The header Mock-Namespace overrides the credential, and needs none."""
    mock.http.headers["Mock-Namespace"] = "checkout"
    mock.create()
    named, keyed = mock.caller(None), mock.caller("api_key_demo")
    named.http.headers["Mock-Namespace"] = "checkout"
    seen = [named.get("journal"), keyed.get("journal")]
    del mock.http.headers["Mock-Namespace"]

    assert [1, 0] == [each["count"] for each in seen]
    assert "checkout" == seen[0]["entries"][0]["namespace"]


@pytest.mark.parametrize("credential", [{"wb-key": "api_key_x"}, {"cookie": "app-session=x"}])
def test_promise_10_a_namespace_is_shown_as_a_hash(mock: Mock, credential: dict[str, str]) -> None:
    """The namespace of a key is shown as the same eight letters everywhere."""
    anyone = mock.caller(None)
    anyone.http.headers.update(credential)
    anyone.create()
    (shown,) = {
        each["namespace"]
        for each in anyone.get("journal")["entries"] + anyone.get("payment-sessions")["payment_sessions"]
    }

    assert (8, set()) == (len(shown), set(shown) - set("abcdefghijklmnop"))


def test_an_entry_is_found_by_its_id(mock: Mock) -> None:
    """An entry's id is never hidden, even if namespace and number together look like a card number."""
    build = "20261124000"
    mock.http.headers["Mock-Namespace"] = build
    for _ in range(12):
        header = mock.create().headers["mock-entry"]
    entry = mock.get("journal")["entries"][-1]
    del mock.http.headers["Mock-Namespace"]

    assert [f"{build}-12"] * 3 == [header, entry["id"], entry["reply"]["headers"]["mock-entry"]]


def test_promise_10_no_secret_is_shown(mock: Mock) -> None:
    """No reply of the control API contains a key or a client secret, wherever the client sent it."""
    secrets = ["hunter2-key", "hunter2-cookie", "4242424242424242", "hunter2-query", "hunter2-custom"]
    mock.http.headers["wb-key"] = secrets[0]
    headers = {
        "Cookie": f"app-session={secrets[1]}",
        "X-Api-Key": secrets[4],
        "Mock-Namespace": f"api_key_{secrets[0]}",
    }
    path = f"{SESSION}?access_token={secrets[3]}&n=%34242424242424242"
    session = mock.http.post(path, json=BODY | {"plan_id": secrets[2]}, headers=headers).json()
    secrets.append(session["setup_intent"]["stripe"]["client_secret"])
    whole = mock.caller(None)
    expectation = {
        "header": {"x-api-key": "nothing"},
        "query": {"access_token": "nothing"},
        "body": {"plan_id": "nothing"},
    }
    texts = [json.dumps(whole.get(call)) for call in ("journal", "payment-sessions", "scenarios", "coverage")]
    texts.append(whole.verify(**expectation).text)

    assert secrets[-1].partition("_secret_")[0] in texts[1]
    assert [] == [secret for secret in secrets if any(secret in text for text in texts)]
    mock.http.headers["wb-key"] = "api_key_demo"


def test_reset(mock: Mock) -> None:
    """A reset restores the initial state of a namespace, and changes no other one."""
    other = mock.caller("api_key_other")
    for each in (mock, other):
        each.activate("retry_after_503")
    before = [[each.create() for _ in range(3)][-1].json()["token"] for each in (mock, other)]
    assert 204 == mock.http.post("/__mock/reset").status_code
    state = [
        (
            each.get("journal")["count"],
            len(each.get("payment-sessions")["payment_sessions"]),
            each.get("scenarios")["activated"]["namespace"],
        )
        for each in (mock, other)
    ]
    mock.activate("retry_after_503")
    again = [mock.create() for _ in range(3)]

    assert [(0, 0, None), (3, 1, "retry_after_503")] == state
    assert [503, 503, 200] == [reply.status_code for reply in again]
    assert before[0] == again[-1].json()["token"] != before[1]


def test_reset_of_the_whole_server() -> None:
    """A reset of the whole server clears all namespaces and restores the scenario of the start."""
    with mock_of(Settings(seed=1, scenario="card_declined")) as mock:
        whole = mock.caller(None)
        first = mock.create().json()["token"]
        whole.activate("server_error")
        mock.activate("rate_limited")
        mock.create()
        whole.http.post("/__mock/reset")
        activated = mock.get("scenarios")["activated"]
        counts = whole.get("journal")["count"], mock.get("journal")["count"]

        assert {"server": "card_declined", "namespace": None} == activated
        assert (0, 0) == counts
        assert first == mock.create().json()["token"]


def test_promise_4_a_seed_of_its_own(mock: Mock) -> None:
    """A namespace that is reset with a seed equals one of a server with that seed."""
    with mock_of(Settings(seed=77)) as seeded:
        expected = seeded.create().json()["token"]
    without = mock.create().json()["token"]
    mock.http.post("/__mock/reset", json={"seed": 77})
    others = mock.caller("api_key_other")

    assert expected == mock.create().json()["token"] != without
    assert others.create().json()["token"] != expected
    mock.http.post("/__mock/reset")
    assert without == mock.create().json()["token"]


SERVER, OWN = "server", "namespace"
RESETS: dict[str, tuple[list[tuple[str, int | None]], int]] = {
    "server": ([(SERVER, None)], 1),
    "server with a seed": ([(SERVER, 7)], 7),
    "server with a seed, then without": ([(SERVER, 7), (SERVER, None)], 1),
    "server with two seeds": ([(SERVER, 7), (SERVER, 8)], 8),
    "namespace with a seed": ([(OWN, 7)], 7),
    "namespace with a seed, then without": ([(OWN, 7), (OWN, None)], 1),
    "namespace with a seed, then server": ([(OWN, 7), (SERVER, None)], 1),
    "server with a seed, then namespace": ([(SERVER, 7), (OWN, None)], 7),
    "server with a seed, then namespace, then server": ([(SERVER, 7), (OWN, None), (SERVER, None)], 1),
}


@pytest.fixture(scope="module")
def first_tokens() -> dict[int, str]:
    """The first token of a server with each of these seeds."""
    tokens = {}
    for seed in (1, 7, 8):
        with mock_of(Settings(seed=seed)) as mock:
            tokens[seed] = mock.create().json()["token"]
    return tokens


@pytest.mark.parametrize("name", RESETS)
def test_promise_4_resets_and_seeds(mock: Mock, first_tokens: dict[int, str], name: str) -> None:
    """A reset without a seed returns to `--seed`, in a namespace to the seed of the server."""
    resets, seed = RESETS[name]
    mock.create()
    callers = {SERVER: mock.caller(None), OWN: mock}
    for scope, sent in resets:
        reply = callers[scope].http.post("/__mock/reset", json={} if sent is None else {"seed": sent})
        assert 204 == reply.status_code

    assert first_tokens[seed] == mock.create().json()["token"]


def test_promise_13_streams_are_bounded() -> None:
    """A dropped namespace never gets the same number twice, unless it is reset."""
    streams = Streams(1, max_streams=2)
    numbers = [streams.next(name) for name in ("a", "a", "b", "c", "a")]
    streams.restart("a", seed=5)

    assert [(1, 1), (1, 2), (1, 1), (1, 1), (1, 3)] == numbers
    assert (5, 1) == streams.next("a")


def test_promise_13_activations_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of activations is limited; the oldest activation is dropped."""
    monkeypatch.setattr("mockserver.storage.namespace_setting.MAX_NAMESPACES", 2)
    choice = ScenarioSelector(load_folder(bundled("scenarios")))
    for name in ("a", "b", "a", "c"):
        choice.activate("slow", namespace=name)

    assert ["slow", None, "slow"] == [choice.activated(name) for name in ("a", "b", "c")]


def test_promise_13_names_are_bounded(mock: Mock) -> None:
    """A long name works as a namespace, and its stored form is short."""
    mock.http.headers["Mock-Namespace"] = "n" * 5000
    mock.create()
    count = mock.get("journal")["count"]
    mock.http.headers["Mock-Namespace"] = "n" * 5001
    other = mock.get("journal")["count"]
    del mock.http.headers["Mock-Namespace"]
    (entry,) = memory_of(mock.engine).journal

    assert (1, 0, True) == (count, other, len(entry.owner) < 200)


@pytest.mark.parametrize("path", ["/v1/c/customer/api%5Fkey_live_hunter2/payment/session", "/x/%34242424242424242"])
def test_promise_10_an_encoded_path_hides_nothing(mock: Mock, path: str) -> None:
    """A secret that is percent-encoded in the path is not shown."""
    mock.http.post(f"{mock.url}{path}", json=BODY)
    text = json.dumps(mock.get("journal")) + mock.verify(count=5).text

    assert "hunter2" not in text
    assert "242424242" not in text
