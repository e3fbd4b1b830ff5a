"""A server with schemas that could keep it busy for years: it answers other callers, and stops when it is asked to."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.command import Running, served
from tests.support.documents import document_with
from tests.support.hostile_documents import HOSTILE, SCHEMAS

# Far more than a request takes on a busy machine, and far less than without a limit.
PATIENCE = 30
VERSIONS = ("3.0.3", "3.1.0")


def written(folder: Path, version: str) -> Path:
    """One document with all hostile schemas of a version: an operation for each."""
    whole = document_with(version=version)
    whole["paths"] = {}
    for index, hostile in enumerate(HOSTILE.values()):
        if hostile.version != version:
            continue
        own = json.loads(json.dumps(hostile.document).replace(SCHEMAS, f"{SCHEMAS}S{index}"))
        whole["components"]["schemas"] |= {
            f"S{index}{name}": each for name, each in own["components"]["schemas"].items()
        }
        operation = own["paths"]["/x"]["post"]
        whole["paths"][f"/{index}"] = {"post": {**operation, "operationId": f"x{index}"}}
    path = folder / "hostile.json"
    path.write_text(json.dumps(whole), "utf-8")
    return path


def bodies(version: str) -> list[tuple[str, Any, dict[str, str]]]:
    """The path, body and headers of each hostile request."""
    found: list[tuple[str, Any, dict[str, str]]] = []
    for index, hostile in enumerate(HOSTILE.values()):
        if hostile.version == version:
            found.append((f"/{index}", hostile.invalid, {}))
            if hostile.has_valid:
                found += [(f"/{index}", hostile.valid, {}), (f"/{index}", hostile.valid, {"Prefer": "dynamic=true"})]
    return found


@contextmanager
def hostile_server(folder: Path, version: str) -> Iterator[Running]:
    with served("--spec", str(written(folder, version)), "--log-format", "none") as server:
        yield server


@pytest.mark.parametrize("version", VERSIONS)
def test_others_are_answered(tmp_path: Path, version: str) -> None:
    """Each hostile request has a reply, and another caller is answered while they run."""
    stopped, healthy = threading.Event(), []

    def look(url: str) -> None:
        with httpx.Client(base_url=url, timeout=PATIENCE) as other:
            while not stopped.is_set():
                healthy.append(other.get("/__mock/health").status_code)

    with hostile_server(tmp_path, version) as server, httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        thread = threading.Thread(target=look, args=(server.url,))
        thread.start()
        try:
            for path, body, headers in bodies(version):
                reply = client.post(path, json=body, headers=headers)
                kinds = {200: None, 400: "contract-violation", 500: "reply-violates-contract"}
                assert reply.status_code in kinds, reply.text[:500]
                assert kinds[reply.status_code] == reply.headers.get("Mock-Refused")
        finally:
            stopped.set()
            thread.join()
    assert len(healthy) >= 2
    assert {200} == set(healthy)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_server_stops(tmp_path: Path, version: str) -> None:
    """SIGTERM ends the server with the exit code 0 while hostile requests run."""
    with hostile_server(tmp_path, version) as server:
        started = threading.Barrier(5)

        def post(number: int) -> None:
            requests = bodies(version)
            requests = requests[number:] + requests[:number]
            with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
                client.get("/__mock/health")
                started.wait()
                try:
                    for path, body, headers in requests * 20:
                        client.post(path, json=body, headers=headers)
                except httpx.TransportError:
                    # The server has stopped.
                    return

        threads = [threading.Thread(target=post, args=(number * 7,)) for number in range(4)]
        for thread in threads:
            thread.start()
        started.wait()
        code, output = server.stop(signal.SIGTERM)
        for thread in threads:
            thread.join()
    assert (0, False) == (code, "Traceback" in output)
