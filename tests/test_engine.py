"""The engine: one request in, one reply out, coherent and repeatable."""

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
from mockserver.errors import Refusal
from mockserver.loading import load_engine
from mockserver.messages import Call, Headers, Reply, Request
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.setup_intent import SetupIntent
from mockserver.settings import Settings

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


@pytest.fixture
def engine() -> Engine:
    """An engine with the bundled contract and scenarios, and a seed."""
    return load_engine(Settings(seed=1))


@pytest.mark.parametrize("address", [True, False])
@pytest.mark.parametrize("detach", [True, False, None, "absent"])
@pytest.mark.parametrize("provider", ["stripe", "authorize", "self_handled", None, "absent"])
def test_session_follows_the_request(engine: Engine, *, address: bool, detach: Any, provider: Any) -> None:
    """Customer, address, detaching and provider are the request's; null counts as absent."""
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
    """Ids and secrets have the shapes that Wingback's contract and Stripe's clients expect."""
    body = answer(engine, post())
    stripe = body["setup_intent"]["stripe"]
    assert re.fullmatch(f"PaySess_{UUID}", body["token"])
    assert re.fullmatch(f"[A-Z][a-z]+_{UUID}", body["wb_customer_id"])
    assert re.fullmatch(r"seti_[0-9A-Za-z]{24}_secret_[0-9A-Za-z]{31}", stripe["client_secret"])
    # Mobile SDKs test exactly this.
    assert re.fullmatch(r"seti_[^_]+_secret_[^_]+", stripe["client_secret"])
    assert re.fullmatch(r"pk_test_[0-9A-Za-z]{24,}", stripe["pk_key"])
    assert re.fullmatch(r"acct_[0-9A-Za-z]{16}", stripe["connected_account_id"])


def test_new_each_time_and_stable_for_a_key(engine: Engine) -> None:
    """Token and secret are new with each request; publishable key, account and tenant belong to the API key."""
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
    """The same seed, namespace and order give the same bytes, whatever other namespaces do in between."""
    plain, disturbed = (load_engine(Settings(seed=7)) for _ in range(2))
    alone = [plain.handle(post()) for _ in range(3)]
    together = []
    for _ in range(3):
        disturbed.handle(post(key="api_key_noise"))
        together.append(disturbed.handle(post()))
    assert alone == together


def test_promise_4_repeatable_across_processes() -> None:
    """Two processes with the same seed send the same bytes; another seed sends others."""
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

    assert run("3", "1") == run("3", "2")
    assert run("3", "1") != run("4", "1")


def test_every_exchange_is_journalled_without_secrets(engine: Engine) -> None:
    """Replies and refusals alike are in the journal, and no credential or client secret shows in it."""
    secret = answer(engine, post(cookie="app-session=topsecret"))["setup_intent"]["stripe"]["client_secret"]
    engine.handle(post({"address": "4242424242424242"}))
    engine.handle(Request(method="GET", path="/nowhere"))
    entries = [entry.as_json() for entry in engine.journal]
    assert [None, "contract-violation", "unknown-path"] == [entry["refused"] for entry in entries]
    assert ["happy_path", None, None] == [entry["scenario"] for entry in entries]
    assert [200, 400, 404] == [entry["reply"]["status"] for entry in entries]
    text = json.dumps(entries)
    for hidden in ("api_key_demo", "topsecret", secret, "4242424242424242"):
        assert hidden not in text


def test_report_violations() -> None:
    """With --on-violation report the request is answered all the same, and the reply names the violations."""
    engine = load_engine(Settings(seed=1, on_violation="report"))
    reply = engine.handle(post({"address": "yes", "plan_id": 4}))
    assert isinstance(reply, Reply)
    headers = Headers(reply.headers)
    assert (200, False) == (reply.status, json.loads(reply.body)["address"])
    assert "body /address (type), body /plan_id (type)" == headers["Mock-Violations"]
    assert 2 == len(next(iter(engine.journal)).violations)


def test_mock_headers(engine: Engine) -> None:
    """A reply says which scenario and stub answered, and which journal entry tells of it."""
    reply = engine.handle(post())
    assert isinstance(reply, Reply)
    headers = Headers(reply.headers)
    entry = next(iter(engine.journal))
    assert ("happy_path", entry.stub, entry.id) == (
        headers["mock-scenario"],
        headers["mock-stub"],
        headers["mock-entry"],
    )


def test_namespace_header_decides(engine: Engine) -> None:
    """Mock-Namespace names the namespace; without it the credential does, shown as a short hash."""
    engine.handle(post(mock_namespace="checkout"))
    engine.handle(post())
    shown = [entry.namespace for entry in engine.journal]
    assert "checkout" == shown[0]
    assert re.fullmatch("[a-p]{8}", shown[1])


def test_promise_13_bounded() -> None:
    """Payment sessions and journal entries are capped; the oldest go."""
    engine = load_engine(Settings(seed=1))
    for _ in range(10_050):
        engine.handle(post())
    assert 10_000 == len(engine.journal)
    assert 10_050 == len(engine.payment_sessions)


def test_promise_13_bounded_in_bytes() -> None:
    """Large bodies leave room for few entries: the oldest go, the newest stays even where it alone is too large."""
    engine = load_engine(Settings(seed=1))
    engine.recorder.journal = Journal(capacity=30_000)
    padding = [0, 10_000, 10_000, 10_000, 50_000, 0]
    kept = []
    for length in padding:
        engine.handle(post({"padding": "x" * length}))
        kept.append(len(engine.journal))
    assert [1, 2, 3, 2, 1, 1] == kept
    assert "x" * 50_000 not in [entry.as_json()["request"]["body"] for entry in engine.journal][-1]


def test_overrides_make_a_coherent_session(tmp_path: Path) -> None:
    """An overridden provider or token is that of the whole session, also of the one that is remembered."""
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
    kept = engine.payment_sessions.get("key:api_key_demo", "Tok_1")
    assert kept is not None
    assert "authorize" == kept.provider


def test_a_folder_without_the_ordinary_scenario(tmp_path: Path) -> None:
    """The bundled happy_path stands beside scenarios of one's own, so that what is not chosen stays coherent."""
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


def test_a_refusal_names_the_scenario(tmp_path: Path) -> None:
    """Where no stub fits, the refusal's headers say of which scenario; there is no stub to name."""
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
    assert ("no-stub", "narrow", None) == tuple(
        headers.get(each) for each in ("mock-refused", "mock-scenario", "mock-stub")
    )


SAMPLED = {
    "a 204 with content": ({"204": {"content": {"application/json": {"schema": {"type": "object"}}}}}, 204, b""),
    "an XML example": (
        {"200": {"content": {"application/xml": {"example": "<a/>", "schema": {"type": "object"}}}}},
        200,
        b"<a/>",
    ),
    "responses that are empty": ({}, 200, b""),
    "what cannot be made": ({"200": {"content": {"application/json": {"schema": {"enum": []}}}}}, 500, None),
}


@pytest.mark.parametrize(("responses", "status", "body"), SAMPLED.values(), ids=SAMPLED)
def test_replies_from_odd_responses(tmp_path: Path, responses: dict[str, Any], status: int, body: bytes | None) -> None:
    """Replies are made from what published documents say, and where none can be made, every request is told why."""
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
    """What the edge refuses is journalled, but the caller's next session is the one it would have been anyway."""
    refused = engine.refuse(post(origin="https://evil.example"), Refusal("foreign-origin", "No."))
    assert "edge-1" == Headers(refused.headers)["mock-entry"]
    assert ["foreign-origin"] == [entry.refused for entry in engine.journal]
    undisturbed = load_engine(Settings(seed=1))
    assert undisturbed.handle(post()) == engine.handle(post())


def test_two_payment_sessions_with_one_token(engine: Engine) -> None:
    """A scenario may give the same token twice: what becomes of one is not what becomes of the other."""
    first, second = (
        engine.payment_sessions.create(
            Call(request=post(), operation="x", path={"customer_id": "Cust_1"}, body={}),
            RandomIds(1, "n", count),
            namespace="n",
            credential="k",
            overrides={"token": "PaySess_1"},
        )
        for count in (1, 2)
    )
    engine.payment_sessions.replace(replace(first, intent=SetupIntent(status="succeeded")))
    assert first.stripe is not None
    assert second.stripe is not None
    found = [
        engine.payment_sessions.of_setup_intent(each.stripe.setup_intent_id, "n")
        for each in (first, second)
        if each.stripe
    ]
    assert ["succeeded", "created"] == [each.status for each in found if each]
