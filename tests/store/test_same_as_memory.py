"""Random walks on three servers with a store and on one with memory: all replies and the journal are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from mockserver.settings import Settings
from tests.store.replicas import Replicas
from tests.support.mock import Mock, mock_of
from tests.support.model import SCENARIOS, files
from tests.support.scenario_files import write
from tests.support.shop import SECRET_KEY
from tests.support.stores import CLUSTER, ONE_SLOT, TEST_STORE, StoreServer

STORES = ("redis", "valkey", CLUSTER, ONE_SLOT)
WALKS, STEPS = 3, 120
CALLERS: tuple[dict[str, Any], ...] = (
    {},
    {"wb-key": "api_key_one"},
    {"wb-key": "api_key_two"},
    {"wb-key": "api_key_one", "mock-namespace": "named"},
    {"mock-namespace": "näme 'x'".encode()},
)
# What differs between two runs of the same requests.
PASSING = {"date", "request-id", "original-request", "content-length"}
PASSING_MEMBERS = PASSING | {"at", "created", "duration", "host", "request_log_url"}
CARDS = ("pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired", "pm_card_mastercard", "pm_none")


class Walk:
    """Sends the same request to memory and to one of the servers, and compares the replies."""

    def __init__(self, memory: Mock, mocks: list[Mock], seed: int) -> None:
        self.memory, self.mocks = memory, mocks
        self.random = Random(seed)
        self.steps: list[str] = []
        self.intents = ["seti_unknown_secret_1"]
        self.tokens = ["unknown"]
        self.methods = ["pm_unknown"]
        for mock in (memory, mocks[0]):
            mock.restore()

    def step(self) -> None:
        """One random step."""
        steps = (self.create, self.stripe, self.control, self.read, self.odd)
        self.random.choices(steps, weights=(6, 5, 2, 4, 1))[0]()

    def create(self) -> None:
        one_of = self.random.choice
        customer = one_of(["Cust_1", "Cust_9"])
        body = {"operation": "add_method", "address": one_of([True, True, True, "no"])}
        body |= one_of([{}, {"provider": "self_handled"}, {"provider": "stripe"}, {"extra": "ä€😀\ud800"}])
        scenario = one_of([*[None] * 8, *SCENARIOS, "nobody"])
        headers = one_of(CALLERS) | ({"mock-scenario": scenario} if scenario else {})
        reply = self.compare("POST", f"/v1/c/customer/{customer}/payment/session", json=body, headers=headers)
        if reply.status_code == 200 and "token" in reply.json():
            self.tokens.append(reply.json()["token"])
            if stripe := (reply.json().get("setup_intent") or {}).get("stripe"):
                self.intents.append(stripe["client_secret"])
                self.keys = (stripe["pk_key"], stripe["connected_account_id"])

    def stripe(self) -> None:
        one_of = self.random.choice
        secret = one_of(self.intents)
        id_ = secret.partition("_secret_")[0]
        headers = {"authorization": f"Bearer {SECRET_KEY}"}
        fields: dict[str, str] = {}
        if one_of([True, False]) and hasattr(self, "keys"):
            headers = {"authorization": f"Bearer {self.keys[0]}", "stripe-account": self.keys[1]}
            fields = {"client_secret": secret}
        if one_of([True, False]):
            headers["idempotency-key"] = one_of(["k1", "k2"])
        card = {"type": "card", "card[number]": "4242424242424242", "card[exp_month]": "12", "card[exp_year]": "2034"}
        match one_of(["confirm", "confirm", "retrieve", "cancel", "update", "method"]):
            case "confirm":
                fields["payment_method"] = one_of([*CARDS, *self.methods])
                self.compare("POST", f"/v1/setup_intents/{id_}/confirm", data=fields, headers=headers)
            case "retrieve":
                self.compare("GET", f"/v1/setup_intents/{id_}", params=fields, headers=headers)
            case "cancel":
                self.compare("POST", f"/v1/setup_intents/{id_}/cancel", data=fields, headers=headers)
            case "update":
                data = {"metadata[a]": one_of("123"), **fields}
                self.compare("POST", f"/v1/setup_intents/{id_}", data=data, headers=headers)
            case "method":
                reply = self.compare("POST", "/v1/payment_methods", data=card, headers=headers)
                if reply.status_code == 200:
                    self.methods.append(reply.json()["id"])

    def control(self) -> None:
        one_of = self.random.choice
        headers = one_of(CALLERS)
        match one_of(["scenario", "scenario", "reset", "strict"]):
            case "scenario":
                name = one_of([*SCENARIOS, None, None, "nobody"])
                self.compare("PUT", "/__mock/scenario", json={"name": name}, headers=headers)
            case "reset":
                body = one_of([{}, {"seed": 7}])
                self.compare("POST", "/__mock/reset", json=body, headers=headers)
            case "strict":
                self.compare("PUT", "/__mock/strict", json={"strict": one_of([True, False, None])}, headers=headers)

    def read(self) -> None:
        one_of = self.random.choice
        headers = one_of(CALLERS)
        path = one_of(
            ["journal", "journal?refused=true", "payment-sessions", "coverage", "scenarios", "token", "saved"]
        )
        if path == "saved":
            self.compare("GET", "/v1/c/customer/Cust_1/payment/method", headers=headers)
            return
        if path == "token":
            path = f"payment-sessions/{one_of(self.tokens)}"
        self.compare("GET", f"/__mock/{path}", headers=headers)

    def odd(self) -> None:
        one_of = self.random.choice
        match one_of(["path", "method", "media", "body", "verify"]):
            case "path":
                self.compare("GET", "/nowhere?a=b&wb-key=api_key_one", headers=one_of(CALLERS))
            case "method":
                self.compare("DELETE", "/v1/c/customer/Cust_1/payment/session", headers=one_of(CALLERS))
            case "media":
                self.compare("POST", "/v1/c/customer/Cust_1/payment/session", content=b"a", headers=one_of(CALLERS))
            case "body":
                headers = one_of(CALLERS) | {"content-type": "application/json"}
                self.compare("POST", "/v1/c/customer/Cust_1/payment/session", content=b'{"a":\xff', headers=headers)
            case "verify":
                body = {"header": {"wb-key": "api_key_one"}, "count": one_of(range(5))}
                self.compare("POST", "/__mock/verify", json=body, headers=one_of(CALLERS))

    def compare(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request to both, and compare what they answer."""
        self.steps.append(f"{method} {path} {options}")
        mock = self.random.choice(self.mocks)
        if "json" in options:
            options["content"] = json.dumps(options.pop("json")).encode()
            options["headers"] = {"content-type": "application/json"} | options["headers"]
        expected, found = (each.http.request(method, path, **options) for each in (self.memory, mock))
        assert [] == list(differences(plain(expected, self.memory), plain(found, mock)))
        return expected


def differences(expected: Any, found: Any, place: str = "") -> Iterator[str]:
    """Where two JSON values differ."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        for name in expected:
            yield from differences(expected[name], found[name], f"{place}/{name}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, pair in enumerate(zip(expected, found, strict=True)):
            yield from differences(*pair, f"{place}/{index}")
    elif expected != found:
        yield f"{place}: {expected!r} in memory, {found!r} in the store"


def plain(reply: httpx.Response, mock: Mock) -> list[Any]:
    """A reply without what depends on the time and on the address."""
    text = reply.text.replace(mock.url.removeprefix("http://"), "HOST")
    headers = sorted((name, value) for name, value in reply.headers.items() if name not in PASSING)
    is_json = "json" in reply.headers.get("content-type", "")
    return [reply.status_code, headers, without_passing(json.loads(text)) if is_json else text]


def without_passing(value: Any) -> Any:
    """A JSON value without the members that depend on the time and on the address."""
    if isinstance(value, dict):
        return {name: without_passing(each) for name, each in value.items() if name not in PASSING_MEMBERS}
    return [without_passing(each) for each in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def servers(server: StoreServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mock, list[Mock]]]:
    folder: Path = write(tmp_path_factory.mktemp("scenarios"), **files())
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.delenv(TEST_STORE, raising=False)
        memory = stack.enter_context(mock_of(Settings(seed=1, scenarios=folder)))
        mocks = stack.enter_context(Replicas(server.url, scenarios=folder)).all
        yield memory.caller(None), [mock.caller(None) for mock in mocks]


@pytest.mark.parametrize("seed", range(WALKS))
def test_the_same_replies_as_in_memory(servers: tuple[Mock, list[Mock]], seed: int) -> None:
    """Whatever is called on whichever server, the reply is that of one server with its state in memory."""
    walk = Walk(*servers, seed)
    try:
        for _ in range(STEPS):
            walk.step()
        for caller in CALLERS:
            for path in ("journal", "payment-sessions"):
                walk.compare("GET", f"/__mock/{path}", headers=caller)
    except AssertionError as error:
        error.add_note("\n".join(["The steps:", *walk.steps]))
        raise
