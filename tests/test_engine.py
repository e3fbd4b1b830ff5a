"""The engine: its replies follow the request, agree with each other, and are repeatable."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockserver.engine.engine import Engine
from mockserver.engine.journal import Journal
from mockserver.engine.namespaces import key_of_credential
from mockserver.errors import Refusal
from mockserver.loading import load_engine
from mockserver.messages import Call, Headers, Reply, Request
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.session_template import SessionTemplate
from mockserver.payments.setup_intent import SetupIntent
from mockserver.settings import Settings
from tests.support.state import memory_of

CUSTOMER = "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670"
PATH = f"/v1/c/customer/{CUSTOMER}/payment/session"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def post(body: dict[str, Any] | None = None, *, key: str = "api_key_demo", path: str = PATH, **headers: str) -> Request:
    pairs = [("content-type", "application/json"), ("wb-key", key)]
    pairs += [(name.replace("_", "-"), value) for name, value in headers.items()]
    sent = {"operation": "add_method", "address": True} | (body or {})
    return Request(method="POST", path=path, headers=Headers(pairs), body=json.dumps(sent).encode())


def answer(engine: Engine, request: Request) -> dict[str, Any]:
    reply = engine.handle(request)
    assert isinstance(reply, Reply)
    assert 200 == reply.status, reply.body
    body: dict[str, Any] = json.loads(reply.body)
    return body


@pytest.fixture(scope="module")
def shared_engine() -> Engine:
    return load_engine(Settings(seed=1))


@pytest.fixture
def engine(shared_engine: Engine) -> Engine:
    """An engine with the bundled contract and scenarios, and a seed, in its initial state."""
    shared_engine.reset(None)
    return shared_engine


@pytest.mark.parametrize("address", [True, False])
@pytest.mark.parametrize("detach", [True, False, None, "absent"])
@pytest.mark.parametrize("provider", ["stripe", "authorize", "self_handled", None, "absent"])
def test_session_follows_the_request(engine: Engine, *, address: bool, detach: Any, provider: Any) -> None:
    """Customer, address, detaching and provider come from the request; null counts as absent."""
    sent = {"address": address, "detach_previous_on_success": detach, "provider": provider}
    body = answer(engine, post({name: value for name, value in sent.items() if value != "absent"}))
    expected_provider = provider if provider in ("authorize", "self_handled") else "stripe"
    assert (CUSTOMER, address, detach is True, expected_provider, "add_method", "created") == (
        body["customer_id"],
        body["address"],
        body["detach_previous_on_success"],
        body["provider"],
        body["operation"],
        body["status"],
    )
    intent = body["setup_intent"]
    if expected_provider == "self_handled":
        assert intent is None
        return
    assert (CUSTOMER, address, body["wb_customer_id"]) == (
        intent["customer_id"],
        intent["address"],
        intent["wb_customer_id"],
    )
    assert (expected_provider == "stripe") == (intent["stripe"] is not None)


def test_shapes(engine: Engine) -> None:
    """Ids and secrets have the formats that Wingback's contract and Stripe's clients expect."""
    body = answer(engine, post())
    stripe = body["setup_intent"]["stripe"]
    assert re.fullmatch(f"PaySess_{UUID}", body["token"])
    assert re.fullmatch(f"[A-Z][a-z]+_{UUID}", body["wb_customer_id"])
    assert re.fullmatch(r"seti_[0-9A-Za-z]{24}_secret_[0-9A-Za-z]{31}", stripe["client_secret"])
    # The mobile SDKs check this pattern.
    assert re.fullmatch(r"seti_[^_]+_secret_[^_]+", stripe["client_secret"])
    assert re.fullmatch(r"pk_test_[0-9A-Za-z]{24,}", stripe["pk_key"])
    assert re.fullmatch(r"acct_[0-9A-Za-z]{16}", stripe["connected_account_id"])


def test_new_each_time_and_stable_for_a_key(engine: Engine) -> None:
    """Token and secret are new in each reply; publishable key, account and tenant depend on the API key."""
    first, second = answer(engine, post()), answer(engine, post())
    other = answer(engine, post(key="api_key_other"))
    restarted = answer(load_engine(Settings(seed=2)), post())
    changing = [
        (each["token"], each["setup_intent"]["stripe"]["client_secret"]) for each in (first, second, other, restarted)
    ]
    assert 4 == len({token for token, _ in changing}) == len({secret for _, secret in changing})

    def stable(body: dict[str, Any]) -> tuple[str, str, str]:
        stripe = body["setup_intent"]["stripe"]
        return stripe["pk_key"], stripe["connected_account_id"], body["wb_customer_id"]

    assert stable(first) == stable(second) == stable(restarted)
    assert not set(stable(first)) & set(stable(other))
    assert "api_key_demo" not in json.dumps(first)


def test_promise_4_repeatable_in_one_process() -> None:
    """The same seed, namespace and order of requests give the same bytes; other namespaces make no difference."""
    plain, disturbed = (load_engine(Settings(seed=7)) for _ in range(2))
    alone = [plain.handle(post()) for _ in range(3)]
    together = []
    for _ in range(3):
        disturbed.handle(post(key="api_key_noise"))
        together.append(disturbed.handle(post()))
    assert alone == together


def test_promise_4_repeatable_across_processes() -> None:
    """Two processes with the same seed send the same bytes; another seed gives other bytes."""
    code = (
        "import sys; from test_engine import Settings, load_engine, post;"
        "engine = load_engine(Settings(seed=int(sys.argv[1])));"
        "print([engine.handle(post({'provider': each})) for each in ('stripe', 'authorize', 'stripe')])"
    )
    here = Path(__file__).parent

    def run(seed: str, hash_seed: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code, seed],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(map(str, (here, here.parent)))},
        ).stdout

    first = run("3", "1")
    assert first == run("3", "2")
    assert first != run("4", "1")


def test_every_exchange_is_journalled_without_secrets(engine: Engine) -> None:
    """The journal has replies and refusals, without credentials and client secrets."""
    secret = answer(engine, post(cookie="app-session=topsecret"))["setup_intent"]["stripe"]["client_secret"]
    engine.handle(post({"address": "4242424242424242"}))
    engine.handle(Request(method="GET", path="/nowhere"))
    entries = [entry.as_json() for entry in engine.state.journal]
    assert [None, "contract-violation", "unknown-path"] == [entry["refused"] for entry in entries]
    assert ["happy_path", None, None] == [entry["scenario"] for entry in entries]
    assert [200, 400, 404] == [entry["reply"]["status"] for entry in entries]
    text = json.dumps(entries)
    for hidden in ("api_key_demo", "topsecret", secret, "4242424242424242"):
        assert hidden not in text


def test_report_violations() -> None:
    """With --on-violation report an invalid request gets a normal reply, and a header lists the violations."""
    engine = load_engine(Settings(seed=1, on_violation="report"))
    reply = engine.handle(post({"address": "yes", "plan_id": 4}))
    assert isinstance(reply, Reply)
    headers = Headers(reply.headers)
    assert (200, False) == (reply.status, json.loads(reply.body)["address"])
    assert "body /address (type), body /plan_id (type)" == headers["Mock-Violations"]
    assert 2 == len(next(iter(engine.state.journal)).violations)


def test_mock_headers(engine: Engine) -> None:
    """The headers of a reply name the scenario, the stub and the journal entry."""
    reply = engine.handle(post())
    assert isinstance(reply, Reply)
    headers = Headers(reply.headers)
    entry = next(iter(engine.state.journal))
    assert ("happy_path", entry.stub, entry.id) == (
        headers["mock-scenario"],
        headers["mock-stub"],
        reply.entry,
    )


def test_namespace_header_decides(engine: Engine) -> None:
    """Mock-Namespace names the namespace; without it, the namespace is a short hash of the credential."""
    engine.handle(post(mock_namespace="checkout"))
    engine.handle(post())
    shown = [entry.namespace for entry in engine.state.journal]
    assert "checkout" == shown[0]
    assert re.fullmatch("[a-p]{8}", shown[1])


def test_promise_13_bounded() -> None:
    """The numbers of payment sessions and journal entries are limited; the oldest ones are dropped."""
    engine = load_engine(Settings(seed=1))
    for _ in range(10_050):
        engine.handle(post())
    assert 10_000 == len(engine.state.journal)
    assert 10_050 == len(memory_of(engine).payment_sessions)


def test_promise_13_bounded_in_bytes() -> None:
    """The size of the journal is limited: old entries are dropped, and the newest stays even if it is too large."""
    engine = load_engine(Settings(seed=1))
    engine.state.journal = Journal(capacity=30_000)
    padding = [0, 10_000, 10_000, 10_000, 50_000, 0]
    counts = []
    for length in padding:
        engine.handle(post({"padding": "x" * length}))
        counts.append(len(engine.state.journal))
    assert [1, 2, 3, 2, 1, 1] == counts
    assert "x" * 50_000 not in [entry.as_json()["request"]["body"] for entry in engine.state.journal][-1]


def test_overrides_make_a_coherent_session(tmp_path: Path) -> None:
    """An overridden provider or token applies to the whole payment session, in the reply and in the store."""
    (tmp_path / "happy_path.yaml").write_text(
        "about: Another provider, another token, and no tenant in the setup intent.\n"
        "stubs:\n"
        "  - name: overridden\n"
        "    operation: c_create_payment_session\n"
        "    reply:\n"
        "      off_contract: the setup intent lacks a required member\n"
        "      payment_session: {provider: authorize, token: Tok_1, setup_intent: {wb_customer_id: {absent: true}}}\n"
    )
    engine = load_engine(Settings(seed=1, scenarios=tmp_path))
    body = answer(engine, post({"provider": "self_handled"}))
    assert ("authorize", "Tok_1") == (body["provider"], body["token"])
    assert {"customer_id": CUSTOMER, "address": True, "stripe": None} == body["setup_intent"]
    stored = memory_of(engine).payment_sessions.get(key_of_credential("api_key_demo"), "Tok_1")
    assert stored is not None
    assert "authorize" == stored.provider


def test_a_folder_without_the_ordinary_scenario(tmp_path: Path) -> None:
    """If a folder has no happy_path, the bundled one is the default scenario."""
    (tmp_path / "down.yaml").write_text(
        "about: Everything is refused.\n"
        "stubs:\n"
        "  - name: refused\n"
        "    operation: c_create_payment_session\n"
        "    reply: {status: 503, off_contract: the contract documents only 200}\n"
    )
    engine = load_engine(Settings(seed=1, scenarios=tmp_path))
    assert (CUSTOMER, "created") == tuple(answer(engine, post())[name] for name in ("customer_id", "status"))
    chosen = engine.handle(post(mock_scenario="down"))
    assert isinstance(chosen, Reply)
    assert 503 == chosen.status


def test_a_refusal_names_no_scenario(tmp_path: Path) -> None:
    """If no stub matches, no scenario has answered: the headers name none, and the refusal says which one was tried."""
    (tmp_path / "narrow.yaml").write_text(
        "about: Only self-handled sessions are answered.\n"
        "stubs:\n"
        "  - name: self-handled\n"
        "    operation: c_create_payment_session\n"
        "    when: {body: {provider: self_handled}}\n"
        "    reply: {payment_session: {}}\n"
    )
    reply = load_engine(Settings(seed=1, scenarios=tmp_path)).handle(post(mock_scenario="narrow"))
    assert isinstance(reply, Reply)
    headers = Headers(reply.headers)
    assert ("no-stub", None, None) == tuple(
        headers.get(each) for each in ("mock-refused", "mock-scenario", "mock-stub")
    )
    assert "No stub of scenario narrow fits." in json.loads(reply.body)["detail"]


SAMPLED = {
    "a 204 with content": ({"204": {"content": {"application/json": {"schema": {"type": "object"}}}}}, 204, b""),
    "an XML example": (
        {"200": {"content": {"application/xml": {"example": "<a/>", "schema": {"type": "object"}}}}},
        200,
        b"<a/>",
    ),
    "responses that are empty": ({}, 200, b""),
    "a schema without values": ({"200": {"content": {"application/json": {"schema": {"enum": []}}}}}, 500, None),
}


@pytest.mark.parametrize(("responses", "status", "body"), SAMPLED.values(), ids=SAMPLED)
def test_replies_from_odd_responses(tmp_path: Path, responses: dict[str, Any], status: int, body: bytes | None) -> None:
    """Unusual responses of published documents give a reply, or a refusal that explains why there is none."""
    spec = tmp_path / "spec.json"
    operation = {"operationId": "odd", "responses": responses}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/odd": {"get": operation}}}
    spec.write_text(json.dumps(document))
    engine = load_engine(Settings(seed=1, spec=spec))
    replies = [engine.handle(Request(method="GET", path="/odd")) for _ in range(5)]
    for reply in replies:
        assert isinstance(reply, Reply)
        assert status == reply.status, reply.body
        if body is None:
            assert "No reply of odd can be made" in json.loads(reply.body)["detail"]
        else:
            assert body == reply.body


def test_promise_8_a_refused_origin_changes_nothing(engine: Engine) -> None:
    """A refused origin is in the journal, and the next payment session has the same ids as without it."""
    refused = engine.refuse(post(origin="https://evil.example"), Refusal("foreign-origin", "No."))
    assert "edge-1" == refused.entry
    assert ["foreign-origin"] == [entry.refused for entry in engine.state.journal]
    undisturbed = load_engine(Settings(seed=1))
    assert undisturbed.handle(post()) == engine.handle(post())


def test_two_payment_sessions_with_one_token(engine: Engine) -> None:
    """Two payment sessions with the same token have independent statuses."""
    call = Call(request=post(), operation="x", path={"customer_id": "Cust_1"}, body={})
    template = SessionTemplate(call, namespace="n", credential="k", overrides={"token": "PaySess_1"})
    first, second = (memory_of(engine).payment_sessions.create(template, RandomIds(1, "n", count)) for count in (1, 2))
    memory_of(engine).payment_sessions.replace(replace(first, intent=SetupIntent(status="succeeded")))
    assert first.stripe is not None
    assert second.stripe is not None
    found = [
        memory_of(engine).payment_sessions.of_setup_intent(each.stripe.setup_intent_id, "n")
        for each in (first, second)
        if each.stripe
    ]
    assert ["succeeded", "created"] == [each.status for each in found if each]
