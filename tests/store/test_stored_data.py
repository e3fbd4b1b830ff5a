"""What is in a store: no credentials, nothing for ever, nothing beside the keys of the mock, and not too much."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from mockserver.delivery.plans import UniformDelay
from mockserver.payments.outcomes import ConfirmOutcome
from mockserver.payments.payment_session import PaymentSession
from mockserver.payments.setup_intent import SetupIntent
from mockserver.store import codec
from mockserver.store.redis_link import PREFIX
from mockserver.store.transaction import ItemKind
from tests.store.replicas import Replicas
from tests.support.needs import need
from tests.support.stores import StoreServer

SESSION = "/v1/c/customer/Cust_1/payment/session"
BODY = {"operation": "add_method", "address": True}


def contents(client: Any) -> Iterator[str]:
    """Every key, and everything in it, as text."""
    read = {
        "hash": client.hgetall,
        "set": client.smembers,
        "zset": lambda key: client.zrange(key, 0, -1),
        "list": lambda key: client.lrange(key, 0, -1),
        "stream": client.xrange,
        "string": client.get,
    }
    for key in client.scan_iter(count=1000):
        yield f"{key} {read[client.type(key)](key)}"


# Credentials in every place. Some of them equal words of the format, or have characters that are escaped somewhere.
SECRETS = {
    "a key": "api_key_hunter2",
    "a short key": "hunt3",
    "a word of the format": "headers",
    "quotes and spaces": 'hun"ter \\2',
    "other letters": "hünter-zwei",
}


@pytest.mark.parametrize("case", SECRETS)
def test_promise_10_no_credential_is_stored(store: StoreServer, case: str) -> None:
    """Neither the value of a credential nor a copy of it is in the store, and the journal can be read."""
    secret = SECRETS[case]
    sent = secret.encode("utf-8").decode("latin-1")
    with Replicas(store.url, count=1) as replicas:
        http = replicas[0].caller(None).http
        copies = {**BODY, "detail": f"my key is {secret}"}
        for headers in ({"wb-key": sent}, {"app-session": sent}, {"wb-key": sent, "authorization": f"Bearer {sent}"}):
            raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
            http.post(SESSION, json=copies, headers=raw, params={"api_key": secret})
            http.get("/unknown", headers=[*raw, (b"cookie", b"session=" + sent.encode("latin-1"))])
        entries = http.get("/__mock/journal").json()["entries"]
    texts = list(contents(store.client))

    assert 6 == len(entries)
    assert all(each["operation"] in {"c_create_payment_session", None} for each in entries)
    if case not in {"a word of the format", "a short key"}:
        variants = {secret, sent, json.dumps(secret)[1:-1], json.dumps(sent)[1:-1], repr(secret)[1:-1]}
        assert [] == [text for text in texts for variant in variants if variant in text]
    assert [] == [text for text in texts if f'["wb-key","{secret}"]' in text]


def test_every_key_has_the_prefix_and_an_end(store: StoreServer) -> None:
    """All keys begin with the prefix, and none stays for ever."""
    with Replicas(store.url, count=1) as replicas:
        replicas[0].create()
        replicas[0].create(provider="x")
        replicas[0].activate("maintenance")
    keys = list(store.client.scan_iter())

    assert [] == [key for key in keys if not key.startswith(PREFIX)]
    assert [] == [key for key in keys if store.client.ttl(key) < 0]


def test_a_reset_of_the_server_spares_other_keys(store: StoreServer) -> None:
    """A reset of the whole server deletes the keys of namespaces, and no other key of the database."""
    store.client.set("mine", "1")
    with Replicas(store.url, count=1) as replicas:
        replicas[0].create()
        replicas[0].caller(None).http.post("/__mock/reset")
        left = {key.removeprefix(PREFIX)[:2] for key in store.client.scan_iter() if key != "mine"}

    assert "1" == store.client.get("mine")
    assert left <= {"se", "co", "ki", "c", "c:", "m"}


def test_an_unused_namespace_is_removed(store: StoreServer) -> None:
    """After --store-ttl, a namespace has gone with everything that refers to it; a namespace in use stays."""
    with Replicas(store.url, count=1, store_ttl=2) as replicas:
        mock, other = replicas[0], replicas[0].caller("api_key_other")
        session = mock.create().json()
        for _ in range(8):
            time.sleep(0.5)
            last = other.create()
        gone = mock.http.get(f"/__mock/payment-sessions/{session['token']}")
        names = store.client.hkeys(f"{PREFIX}names")
        listed = mock.caller(None).get("payment-sessions")["count"]
        first = mock.create()

    assert 404 == gone.status_code
    assert not [name for name in names if session["token"] in name]
    assert 8 == listed == int(last.headers["mock-entry"].rpartition("-")[2])
    assert "1" == first.headers["mock-entry"].rpartition("-")[2]


def test_promise_13_the_oldest_are_removed(store: StoreServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limits, the oldest sessions and entries of all namespaces are removed, with all their names."""
    monkeypatch.setattr("mockserver.store.shared_sessions.SESSION", ItemKind("session", cap=3, capacity=1 << 20))
    monkeypatch.setattr("mockserver.store.commits.DEFAULT_CAP", 5)
    with Replicas(store.url, count=2) as replicas:
        sessions = [replicas[number].caller(f"api_key_{number}").create().json() for number in range(6)]
        tokens = [replicas[0].caller(None).http.get(f"/__mock/payment-sessions/{each['token']}") for each in sessions]
        listed = replicas[1].caller(None).get("journal")["count"]
        names = store.client.hlen(f"{PREFIX}names")

    assert [404, 404, 404, 200, 200, 200] == [each.status_code for each in tokens]
    assert (5, 3 * 3) == (listed, names)


def test_the_codec_reads_what_it_writes() -> None:
    """Tuples, lists, bytes, objects with the codec's own member, and values of classes come back as they were."""
    session = PaymentSession(
        owner="o",
        token="t",
        wb_customer_id="w",
        customer_id="c",
        provider="p",
        purpose="u",
        initial_status="s",
        address=True,
        detach_previous_on_success=False,
        stripe=None,
        scenario=None,
        on_confirm=ConfirmOutcome(kind="decline", detail="x", delay=UniformDelay(1.0, 2.0)),
        method_types=("card",),
        created=1,
        overrides={"@": "x", "list": [1, {"a": [None]}]},
        intent=SetupIntent(status="processing"),
    )
    values = [session, (1, [2, (3,)], {"a": b"\x00\xff"}), "\ud800", {"@": {"@": 1}}, [], (), None, 1.5, True, 1 << 70]
    assert values == [codec.read(codec.write(value)) for value in values]


def test_the_codec_makes_nothing_else() -> None:
    """Data of the store can only become values of the listed classes."""
    with pytest.raises(ValueError, match="unknown kind"):
        codec.read('{"@":"Popen","args":["id"]}')
    with pytest.raises(TypeError, match="does not know"):
        codec.write(object())


def test_a_cluster(tmp_path: Path) -> None:
    """All keys are in one slot, so a cluster can be used: there, a script may not use keys of several slots."""
    program = shutil.which("redis-server")
    need(program, "redis-server is not installed")
    with subprocess.Popen(
        [str(program), "--port", "17391", "--cluster-enabled", "yes", "--dir", str(tmp_path), "--save", ""],
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            client: Any = redis.Redis(port=17391)
            for _ in range(200):
                try:
                    client.ping()
                    break
                except redis.RedisError:
                    time.sleep(0.02)
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            while b"cluster_state:ok" not in client.execute_command("CLUSTER", "INFO"):
                time.sleep(0.05)
            with Replicas("redis+cluster://127.0.0.1:17391", count=2) as replicas:
                statuses = [
                    httpx.post(
                        f"{replicas[number].url}{SESSION}",
                        json=BODY,
                        headers={"wb-key": "k", "mock-scenario": "retry_after_503"},
                    ).status_code
                    for number in range(3)
                ]
                count = replicas[1].caller("k").get("journal")["count"]
            client.close()
        finally:
            process.kill()
    assert ([503, 503, 200], 3) == (statuses, count)
