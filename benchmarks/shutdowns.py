"""Check that SIGTERM under load loses nothing: every request that was executed has a complete reply and a log line.

    .venv/bin/python benchmarks/shutdowns.py            # 20 runs of each kind of server, one minute
    .venv/bin/python benchmarks/shutdowns.py --quick    # 2 runs

The kinds are one process with state in memory, one process with a store, and two workers with a store. 32 connections
create payment sessions as fast as they can, until the server closes them. The exit code is 1 if a reply, a line of the
log or a payment session is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import httpx
from raw_http import create_request, parse_reply
from store import running_store

CONNECTIONS = 32
TIMEOUT = 60.0
KINDS = {
    "memory": (),
    "Redis": ("--store", "{store}"),
    "Redis, 2 workers": ("--store", "{store}", "--workers", "2"),
}
LOGGED = re.compile(r"^\S+ 200 \S+ \S+ POST ", re.MULTILINE)


@dataclass(slots=True)
class Load:
    """What the clients of one run have received. `cut` counts replies of which only a part arrived."""

    tokens: list[str] = field(default_factory=list)
    cut: int = 0

    async def run(self, port: int) -> None:
        """Send requests on one connection until the server closes it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        request = create_request()
        try:
            while True:
                writer.write(request)
                received = b""
                while (reply := parse_reply(received)) is None:
                    data = await reader.read(65536)
                    if not data:
                        self.cut += bool(received)
                        return
                    received += data
                status, body = reply
                if status != 200:
                    raise RuntimeError(f"status {status}: {body!r}")
                self.tokens.append(json.loads(body)["token"])
        except ConnectionError:
            return
        finally:
            writer.close()


@dataclass(slots=True)
class Serving:
    """A server process, its port, and the task that reads its log."""

    process: asyncio.subprocess.Process
    port: int
    log: asyncio.Task[bytes]


@asynccontextmanager
async def serving(*options: str) -> AsyncIterator[Serving]:
    """Start a server, and wait until it listens."""
    command = [sys.executable, "-m", "mockserver", "--port", "0", "--log-format", "text", *options]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(TIMEOUT):
            greeting = await process.stdout.readline()
        url = greeting.decode().rsplit(" at ", 1)[1].strip()
        yield Serving(process, urlsplit(url).port or 0, asyncio.create_task(process.stdout.read()))
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def stop_under_load(options: Iterable[str], seconds: float) -> tuple[Load, int, int]:
    """Start a server and stop it after some seconds of load.

    Returns what was received, the number of requests in the log, and the exit code.
    """
    load = Load()
    async with serving(*options) as server:
        clients = [asyncio.create_task(load.run(server.port)) for _ in range(CONNECTIONS)]
        await asyncio.sleep(seconds)
        server.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(TIMEOUT):
            await asyncio.gather(*clients)
            lines = len(LOGGED.findall((await server.log).decode()))
            return load, lines, await server.process.wait()


async def stored_tokens(store: str) -> set[str]:
    """The tokens of all payment sessions, as another server with the same store lists them. The store is then reset."""
    tokens: set[str] = set()
    # Only their own namespace sees whole tokens.
    headers = {"wb-key": "api_key_demo"}
    async with (
        serving("--store", store) as server,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=TIMEOUT, headers=headers) as http,
    ):
        url: str | None = "/__mock/payment-sessions?limit=1000&after=0"
        while url is not None:
            page = (await http.get(url)).raise_for_status()
            tokens.update(each["payment_session"]["token"] for each in page.json()["payment_sessions"])
            url = page.links["next"]["url"] if "next" in page.links else None
        await http.post("/__mock/reset")
    return tokens


async def run_all(kind: str, runs: int, store: str) -> list[str]:
    """Start a server of one kind and stop it under load, `runs` times. Returns a line for each loss."""
    problems: list[str] = []
    random, replies = Random(1), 0  # the same times in every run
    for number in range(runs):
        options = [option.format(store=store) for option in KINDS[kind]]
        load, lines, code = await stop_under_load(options, random.uniform(0.2, 0.9))
        tokens = set(load.tokens)
        replies += len(load.tokens)
        found = [f"exit code {code}"] if code else []
        found += [f"{load.cut} replies were cut"] if load.cut else []
        found += [f"{lines} log lines for {len(load.tokens)} replies"] if lines != len(load.tokens) else []
        if KINDS[kind]:
            stored = await stored_tokens(store)
            found += [f"{len(tokens - stored)} payment sessions are missing"] if tokens - stored else []
            found += [f"{len(stored - tokens)} payment sessions without a reply"] if stored - tokens else []
        problems += [f"{kind}, run {number + 1}: {each}" for each in found]
    print(f"{kind}: {runs} runs, {replies} replies, {len(problems)} problems")
    return problems


def main() -> None:
    """Run all kinds, and print what was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="with fewer runs")
    runs = 2 if parser.parse_args().quick else 20
    with running_store() as store, TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        problems = [found for kind in KINDS for found in asyncio.run(run_all(kind, runs, store))]
    print("\n".join(problems[:20]))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
