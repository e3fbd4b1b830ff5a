"""A scenario can fix names, such as tokens and client secrets. Then several namespaces have them."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from mockserver.store import known_state
from mockserver.stripe import called_session
from tests.store.replicas import Replicas
from tests.support.stores import StoreServer

SECRET = "seti_fixed_secret_fixed"
SCENARIO = f"""
about: Every caller gets the same client secret.
stubs:
  - name: created
    operation: c_create_payment_session
    reply: {{payment_session: {{setup_intent: {{stripe: {{client_secret: {SECRET}}}}}}}}}
"""
TOKENS = """
about: Every caller gets the same token.
stubs: [{name: created, operation: c_create_payment_session, reply: {payment_session: {token: TOKEN}}}]
"""
CALLERS = 8


@pytest.mark.parametrize(("compared", "status"), [(CALLERS, 200), (CALLERS - 1, 404)])
def test_more_namespaces_than_a_server_remembers(
    store: StoreServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compared: int, status: int
) -> None:
    """A call is answered, although what it compares does not fit into the memory of the server.

    The account shows whose session is meant, unless more sessions would have to be compared than allowed.
    """
    monkeypatch.setattr(known_state, "MOST_NAMESPACES", 3)
    monkeypatch.setattr(called_session, "_MOST_COMPARED", compared)
    (tmp_path / "fixed.yaml").write_text(SCENARIO)
    with Replicas(store.url, count=2, scenarios=tmp_path, scenario="fixed") as replicas:
        sessions = [replicas[number].caller(f"api_key_{number}").create().json() for number in range(CALLERS)]
        stripe = sessions[2]["setup_intent"]["stripe"]
        headers = {"authorization": "Bearer sk_test_any", "stripe-account": stripe["connected_account_id"]}
        url = f"{replicas[0].url}/v1/setup_intents/seti_fixed"
        retrieved = httpx.get(url, params={"client_secret": SECRET}, headers=headers)

    assert status == retrieved.status_code


@pytest.mark.parametrize("token", ["ps_fixed", "a token", "\\x20", "tökén €", "a\tb\nc"])
def test_the_newest_owner_of_a_token(store: StoreServer, tmp_path: Path, token: str) -> None:
    """Without a credential, a call finds the newest session with the token, also if another replica has changed it."""
    (tmp_path / "fixed.yaml").write_text(TOKENS.replace("TOKEN", json.dumps(token)))
    with Replicas(store.url, count=2, scenarios=tmp_path, scenario="fixed") as replicas:
        first, second = (replicas[0].caller(f"api_key_{number}") for number in (1, 2))

        def find() -> str:
            """The namespace of the session that a call without a credential finds, also if it is repeated."""
            path = f"payment-sessions/{quote(token)}"
            (namespace,) = {replicas[1].caller(None).get(path)["namespace"] for _ in range(3)}
            return str(namespace)

        owners = []
        for caller in (first, second, first):
            caller.create().raise_for_status()
            owners.append(find())
        first.http.post("/__mock/reset").raise_for_status()
        owners.append(find())

    assert [owners[0], owners[1]] * 2 == owners
    assert owners[0] != owners[1]
