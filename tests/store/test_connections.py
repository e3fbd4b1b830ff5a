"""The ways to connect to a store: passwords, TLS, Sentinel, and stores that are not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import redis

from mockserver.store.records import FORMAT
from tests.store.deployments import cluster, sentinel, share, store_of
from tests.store.replicas import Replicas
from tests.support.command import run, served
from tests.support.needs import need
from tests.support.ports import free_port
from tests.support.stores import program_of
from tests.support.waiting import wait_until


@pytest.fixture(params=["redis", "valkey"])
def program(request: pytest.FixtureRequest) -> str:
    """The kind of a store that is installed."""
    kind: str = request.param
    need(program_of(kind), f"{kind} is not installed")
    return kind


def test_a_password(program: str) -> None:
    """The password of the URL is used. It is not in the output of the server, the URL without it is."""
    with store_of(program) as store:
        store.client.config_set("requirepass", "hunter2")
        url = store.url.replace("unix://", "unix://:hunter2@")
        assert [503, 503, 200] == share(url)
        with served("--log-format", "json", variables={"MOCKSERVER_STORE": url}) as running:
            assert str(store.folder) in json.loads(running.greeting)["store"]
            assert "hunter2" not in running.greeting + running.stop()[1]


def test_a_user(program: str) -> None:
    """A user who may only use the keys of the mock is enough."""
    with store_of(program) as store:
        store.client.execute_command(
            *("ACL", "SETUSER", "mock", "on", ">hunter2", "~{mockserver}:*", "+@all", "-@admin", "-@dangerous")
        )
        assert [503, 503, 200] == share(store.url.replace("unix://", "unix://mock:hunter2@"))


def test_a_wrong_password(program: str) -> None:
    """A store that refuses the password ends the start like one that does not answer."""
    with store_of(program) as store:
        store.client.config_set("requirepass", "right")
        url = store.url.replace("unix://", "unix://:hunter2@")
        ended = run("--port", "0", "--store-timeout", "0.5", variables={"MOCKSERVER_STORE": url})

    assert (2, 1) == (ended.returncode, len(ended.stderr.splitlines())), ended.stderr
    assert "invalid username-password pair" in ended.stderr
    assert "hunter2" not in ended.stderr


def test_a_failover(tmp_path: Path) -> None:
    """After a failover, the new primary is used, and has the state."""
    need(program_of("redis"), "redis-server is not installed")
    first, second = free_port(), free_port()
    with (
        store_of("redis", "--port", str(first)) as old,
        store_of("redis", "--port", str(second), "--replicaof", "127.0.0.1", str(first)) as new,
        sentinel(tmp_path, first) as known,
        Replicas(f"redis+sentinel://127.0.0.1:{known}/main", count=2) as replicas,
    ):
        made = replicas[0].create().headers["mock-entry"]
        with redis.Redis(port=known, decode_responses=True) as client:
            wait_until(lambda: new.client.exists("{mockserver}:journal") == 1)
            wait_until(lambda: _failed_over(client))
        wait_until(lambda: new.client.info("replication")["role"] == "master")
        old.kill()
        wait_until(lambda: replicas[1].create().status_code == 200)
        entries = [entry["id"] for entry in replicas[0].get("journal")["entries"]]

    assert made == entries[0]
    assert len(entries) >= 2


def _failed_over(client: Any) -> bool:
    try:
        client.execute_command("SENTINEL", "FAILOVER", "main")
    except redis.ResponseError:
        # It does not know the replica yet.
        return False
    return True


MISSING = {
    "no socket": ("unix://anna:hunter2@/nowhere/s", "No such file"),
    "no sentinel": ("redis+sentinel://anna:hunter2@127.0.0.1:1/main", "No master found"),
    "no cluster": ("redis+cluster://anna:hunter2@127.0.0.1:1", "cannot be used"),
    "no port": ("redis://anna:hunter2@127.0.0.1:port", "cannot be used"),
    "no port of a sentinel": ("redis+sentinel://anna:hunter2@127.0.0.1:port/main", "cannot be used"),
    "no number of a database": ("redis+sentinel://anna:hunter2@127.0.0.1:1/main/nine", "cannot be used"),
    "a database that is not a number": ("redis://anna:hunter2@127.0.0.1:1/nine", "not valid"),
    "a misspelled option": ("redis://anna:hunter2@127.0.0.1:1/0?dbb=1", "unknown option"),
    "a misspelled option of a socket": ("unix://anna:hunter2@/nowhere/s?dbb=1", "unknown option"),
    "a misspelled option of a sentinel": ("redis+sentinel://127.0.0.1:1/main?sentinel_hunter2=1", "unknown option"),
    "a misspelled option of a cluster": ("redis+cluster://anna:hunter2@127.0.0.1:1?hunter2=1", "unknown option"),
    "an option with a wrong value": ("redis://127.0.0.1:1/0?protocol=hunter2", "not valid"),
    "a slash in the password": ("redis://:hunter2/x@127.0.0.1:1", "percent-encode"),
    "a question mark in the password": ("rediss://:hunter2?x@127.0.0.1:1/0", "percent-encode"),
    "a number sign in the password": ("redis+cluster://anna:hunter2#x@127.0.0.1:1", "percent-encode"),
    "a slash in the password for a sentinel": ("redis+sentinel://anna:hunter2/x@127.0.0.1:1/main", "percent-encode"),
    "a database of a cluster": ("redis+cluster://anna:hunter2@127.0.0.1:1/3", "a cluster has no databases"),
    "a name of a cluster": ("redis+cluster://anna:hunter2@127.0.0.1:1/main", "a cluster has no databases"),
    "a misspelled value": ("rediss+cluster://anna:hunter2@127.0.0.1:1?one_slot=hunter2", "one_slot takes yes or no"),
    "an option of clusters only": ("redis://anna:hunter2@127.0.0.1:1?one_slot=yes", "unknown option"),
    "an option that is no text": ("redis://anna:hunter2@127.0.0.1:1/0?retry=1", "unknown option"),
    "a client of its own": ("rediss+sentinel://anna:hunter2@127.0.0.1:1/main?event_dispatcher=x", "unknown option"),
    "a path beside a cluster": ("redis+cluster://anna:hunter2@127.0.0.1:1?path=/x", "unknown option"),
    "an unknown protocol": ("redis+cluster://anna:hunter2@127.0.0.1:1?protocol=5", "not valid"),
    "an unknown check": ("rediss+cluster://anna:hunter2@127.0.0.1:1?ssl_cert_reqs=foo", "not valid"),
    "no value": ("redis+cluster://anna:hunter2@127.0.0.1:1?one_slot=", "one_slot takes yes or no"),
    "a number sign in the password for a sentinel": ("redis+sentinel://anna:hunter2#x@127.0.0.1:1/m", "percent-encode"),
    "no host of a cluster": ("redis+cluster://anna:hunter2@127.0.0.1:1,", "not valid"),
    "half an IPv6 address of a cluster": ("redis+cluster://[::1:hunter2@x", "not valid"),
    "half an IPv6 address of a sentinel": ("redis+sentinel://[::1:hunter2@x/main", "not valid"),
    "half an IPv6 address": ("redis://[::1:hunter2@x", "not valid"),
}


@pytest.mark.parametrize("case", MISSING)
def test_a_missing_store(case: str) -> None:
    """The process ends with code 2 and one line, which says why and has no password."""
    url, why = MISSING[case]
    ended = run("--port", "0", "--store-timeout", "0.5", variables={"MOCKSERVER_STORE": url})

    assert (2, "", 1) == (ended.returncode, ended.stdout, len(ended.stderr.splitlines())), ended.stderr
    assert why in ended.stderr
    assert "hunter2" not in ended.stderr


def test_another_format_at_the_start(program: str) -> None:
    """Data in another format ends the start with one line."""
    with store_of(program) as store:
        store.client.hset("{mockserver}:server", mapping={"format": "0", "h": "whatever", "v": "x"})
        ended = run("--port", "0", "--store-timeout", "0.5", variables={"MOCKSERVER_STORE": store.url})

    assert (2, 1) == (ended.returncode, len(ended.stderr.splitlines())), ended.stderr
    assert f"its data has the format 0, and this version of mockserver reads the format {FORMAT}" in ended.stderr


def test_a_cluster(program: str) -> None:
    """Servers can share a cluster with a single node."""
    port = free_port()
    with cluster(program, "--port", str(port)):
        assert [503, 503, 200] == share(f"redis+cluster://127.0.0.1:{port}")
