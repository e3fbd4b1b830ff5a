"""A Docker engine for tests that has one image: a container of it is a mock server on this machine.

It knows the calls of Docker's API that the Testcontainers library makes for one container:
https://docs.docker.com/reference/api/engine/. Every other call gets 404.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from tests.support.command import served

__all__ = ["fake_docker"]

VERSION = "1.47"


class FakeDocker(ThreadingHTTPServer):
    """The engine. `created` has the body of each call that created a container."""

    def __init__(self, running: ExitStack) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.running = running
        self.created: list[dict[str, Any]] = []
        self.removed = 0
        self.port = 0

    @property
    def host(self) -> str:
        """The value of DOCKER_HOST."""
        return f"tcp://127.0.0.1:{self.server_port}"

    def start(self) -> None:
        """Start the container that was created last, with the arguments that it was created with."""
        running = self.running.enter_context(served(*self.created[-1]["Cmd"]))
        self.port = httpx.URL(running.url).port or 0

    def state(self) -> dict[str, Any]:
        """What `docker inspect` shows of the container that was created last."""
        exposed = self.created[-1]["ExposedPorts"]
        published = [{"HostIp": "127.0.0.1", "HostPort": str(self.port)}]
        return {
            "Id": "c1",
            "Name": "/c1",
            "Config": {"Image": self.created[-1]["Image"]},
            "State": {"Status": "running", "Running": True},
            "NetworkSettings": {"Ports": dict.fromkeys(exposed, published), "Networks": {}},
        }


class _Handler(BaseHTTPRequestHandler):
    server: FakeDocker
    protocol_version = "HTTP/1.1"

    def _answer(self, reply: Any, status: int = 200) -> None:
        body = b"" if status == 204 else json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = re.sub(r"^/v[\d.]+|\?.*", "", self.path)
        match self.command, path:
            case "GET", "/version":
                self._answer({"ApiVersion": VERSION, "Version": "27.0.0"})
            case "GET", name if name.startswith("/images/"):
                self._answer({"Id": "i1"})
            case "POST", "/containers/create":
                self.server.created.append(json.loads(body))
                self._answer({"Id": "c1", "Warnings": []}, 201)
            case "POST", "/containers/c1/start":
                self.server.start()
                self._answer(None, 204)
            case "GET", "/containers/c1/json":
                self._answer(self.server.state())
            case "DELETE", "/containers/c1":
                self.server.removed += 1
                self._answer(None, 204)
            case _:
                self._answer({"message": f"{self.command} {self.path} is unknown"}, 404)

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def fake_docker() -> Iterator[FakeDocker]:
    """Run the engine, and stop its containers in the end."""
    with ExitStack() as running:
        engine = FakeDocker(running)
        running.callback(engine.server_close)
        thread = threading.Thread(target=engine.serve_forever, daemon=True)
        thread.start()
        running.callback(engine.shutdown)
        yield engine
