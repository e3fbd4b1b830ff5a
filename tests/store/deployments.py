"""Stores with special options: TLS, Sentinel, and clusters of one node."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.store.replicas import Replicas
from tests.support.mock import SESSION
from tests.support.ports import free_port
from tests.support.stores import SLOTS, StoreServer, program_of
from tests.support.waiting import wait_until

RETRY = {"mock-scenario": "retry_after_503"}


@contextmanager
def store_of(kind: str, *options: str) -> Iterator[StoreServer]:
    """A store in one process, with these options of its command line."""
    server = StoreServer(kind, *options)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def sentinel(folder: Path, primary: int, *lines: str, serves_tls: bool = False) -> Iterator[int]:
    """A Sentinel that names the primary `main`, with these lines in its file. Yields its port."""
    port, config, socket = free_port(), folder / "sentinel.conf", folder / "sentinel"
    own = ["port 0", f"tls-port {port}"] if serves_tls else [f"port {port}"]
    own += [f"unixsocket {socket}", f"dir {folder}", f"sentinel monitor main 127.0.0.1 {primary} 1"]
    config.write_text("\n".join([*own, *lines]), "utf-8")
    with (
        subprocess.Popen(
            [str(program_of("redis")), str(config), "--sentinel"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process,
        redis.Redis(unix_socket_path=str(socket)) as client,
    ):
        try:
            wait_until(client.ping)
            yield port
        finally:
            process.kill()


@contextmanager
def cluster(kind: str, *options: str) -> Iterator[StoreServer]:
    """A cluster of one node that has all slots."""
    with store_of(kind, "--cluster-enabled", "yes", *options) as store:
        store.client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, SLOTS - 1)
        wait_until(lambda: "cluster_state:ok" in store.client.execute_command("CLUSTER", "INFO"))
        yield store


def share(url: str) -> list[int]:
    """What two replicas answer that share a sequence."""
    with Replicas(url, count=2) as replicas:
        body = {"operation": "add_method", "address": True}
        return [replicas[number].http.post(SESSION, json=body, headers=RETRY).status_code for number in range(3)]
