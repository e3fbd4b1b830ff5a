"""The URLs of stores: Sentinel, clusters, TLS, several addresses, and credentials with special characters."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
import redis
import trustme

from tests.store.deployments import cluster, sentinel, share, store_of
from tests.store.replicas import Replicas
from tests.support.command import run
from tests.support.needs import need
from tests.support.ports import free_port
from tests.support.stores import StoreServer, program_of

SHARED = [503, 503, 200]
"""The replies of a sequence that two replicas share."""
USER, PASSWORD = "an/na:ä", "hunt@er/2#?%"  # a made-up password


@pytest.fixture(autouse=True)
def has_redis() -> None:
    """Skip these tests without redis-server."""
    need(program_of("redis"), "redis-server is not installed")


class Stores:
    """Starts stores of all kinds with the same options, each for one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack = ExitStack()
        self.options: list[str] = []
        # Further lines for Sentinels.
        self.lines: list[str] = []
        self.host = "127.0.0.1"
        self.has_tls = False
        # The servers that were started, except Sentinels.
        self.started: list[StoreServer] = []

    def serve_tls(self) -> str:
        """Let the stores serve only TLS. Returns the file of the authority that has signed their certificate."""
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost", "127.0.0.1")
        files = {name: str(self.folder / f"{name}.pem") for name in ("ca", "cert", "key")}
        authority.cert_pem.write_to_path(files["ca"])
        certificate.cert_chain_pems[0].write_to_path(files["cert"])
        certificate.private_key_pem.write_to_path(files["key"])
        options = {"tls-cert-file": files["cert"], "tls-key-file": files["key"], "tls-ca-cert-file": files["ca"]}
        options |= {"tls-auth-clients": "no", "tls-replication": "yes", "tls-cluster": "yes"}
        self.has_tls = True
        self.options = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.lines = [f"{name} {value}" for name, value in options.items() if name != "tls-cluster"]
        return files["ca"]

    def single(self) -> str:
        """One server. Returns its address."""
        return self._start(store_of)

    def cluster(self) -> str:
        """A cluster of one node. Returns its address."""
        return self._start(cluster)

    def sentinel(self, *, serves_tls: bool | None = None) -> str:
        """A Sentinel and its primary. Returns the address of the Sentinel, and the name of the primary as a path."""
        primary = int(self.single().rpartition(":")[2])
        serves_tls = self.has_tls if serves_tls is None else serves_tls
        started = sentinel(self.folder, primary, *self.lines, serves_tls=serves_tls)
        return f"{self.host}:{self.stack.enter_context(started)}/main"

    def _start(self, kind: Callable[..., AbstractContextManager[StoreServer]]) -> str:
        port = free_port()
        port_option = "--tls-port" if self.has_tls else "--port"
        self.started.append(self.stack.enter_context(kind("redis", port_option, str(port), *self.options)))
        return f"{self.host}:{port}"


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    stores = Stores(tmp_path)
    with stores.stack:
        yield stores


START: Final[dict[str, Callable[[Stores], str]]] = {
    "redis": Stores.single,
    "redis+cluster": Stores.cluster,
    "redis+sentinel": Stores.sentinel,
}


@pytest.mark.parametrize("scheme", START)
def test_credentials(stores: Stores, scheme: str) -> None:
    """User and password can have any character. They are percent-encoded in the URL."""
    rules = f"user {USER} on >{PASSWORD} ~{{mockserver* +@all"
    (stores.folder / "users.acl").write_text(f"{rules}\nuser default on nopass ~* &* +@all", "utf-8")
    stores.options = ["--aclfile", str(stores.folder / "users.acl")]
    address = START[scheme](stores)

    assert SHARED == share(f"{scheme}://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@{address}")
    with Replicas(f"{scheme}://{quote(USER, safe='')}:wrong@{address}", count=1) as replicas:
        assert "invalid username-password pair" in replicas[0].create().json()["detail"]


@pytest.mark.parametrize("scheme", ["redis+cluster", "redis+sentinel"])
def test_several_addresses(stores: Stores, scheme: str) -> None:
    """An address that does not answer is skipped."""
    assert SHARED == share(f"{scheme}://127.0.0.1:{free_port()},{START[scheme](stores)}")


@pytest.mark.parametrize("scheme", START)
def test_ipv6(stores: Stores, scheme: str) -> None:
    """An IPv6 address is in brackets."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("IPv6 is not available")
    stores.options, stores.lines, stores.host = ["--bind", "::1", "127.0.0.1"], ["bind ::1 127.0.0.1"], "[::1]"
    assert SHARED == share(f"{scheme}://{START[scheme](stores)}")


def test_the_database_of_a_primary(stores: Stores) -> None:
    """A URL with Sentinels can name a database. The password of the primary is not that of the Sentinels."""
    stores.lines = ["sentinel auth-pass main hunter2"]
    address = stores.sentinel()
    (primary,) = stores.started
    primary.client.config_set("requirepass", "hunter2")
    assert SHARED == share(f"redis+sentinel://:hunter2@{address}/3")
    assert {"db3"} == set(primary.client.info("keyspace"))


@pytest.mark.parametrize("scheme", START)
def test_tls(stores: Stores, scheme: str) -> None:
    """`rediss` checks the certificate of the store, and that of Sentinels."""
    authority = stores.serve_tls()
    url = f"{scheme.replace('redis', 'rediss', 1)}://{START[scheme](stores)}"

    assert SHARED == share(f"{url}?ssl_ca_certs={authority}")
    ended = run("--port", "0", "--store", url, "--store-timeout", "0.5")
    assert (2, 1) == (ended.returncode, len(ended.stderr.splitlines())), ended.stderr


def test_sentinels_without_tls(stores: Stores) -> None:
    """An option with the prefix `sentinel_` is for the Sentinels only."""
    authority = stores.serve_tls()
    address = stores.sentinel(serves_tls=False)
    assert SHARED == share(f"rediss+sentinel://{address}?ssl_ca_certs={authority}&sentinel_ssl=no")


def test_one_slot(stores: Stores) -> None:
    """With `one_slot=yes`, a cluster has all keys in one slot. A server without this option does not start."""
    url = f"redis+cluster://{stores.cluster()}"
    port = int(url.rpartition(":")[2])
    assert SHARED == share(f"{url}?one_slot=yes")
    with redis.RedisCluster(host="127.0.0.1", port=port) as client:
        assert {client.keyslot("{mockserver}:server")} == {client.keyslot(key) for key in client.scan_iter()}
    ended = run("--port", "0", "--store", url, "--store-timeout", "0.5")

    assert (2, 1) == (ended.returncode, len(ended.stderr.splitlines())), ended.stderr
    assert "its data was written with the option one_slot=yes" in ended.stderr
