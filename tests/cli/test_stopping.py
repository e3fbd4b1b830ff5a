"""How a server stops: at any moment, by any signal, and without leaving anything behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.__main__ import main
from mockserver.server.own_file import OwnFile
from tests.support.calls import PATH
from tests.support.command import ROOT, run, spawned
from tests.support.needs import need
from tests.support.ports import free_port
from tests.support.stores import program_of, store_server

HEAD = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nwb-key: k\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"


@contextmanager
def running(folder: Path, *flags: str, prefix: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    """A process of the server in a folder, which is also its folder for temporary files."""
    variables = {"XDG_RUNTIME_DIR": str(folder), "TMPDIR": str(folder)}
    with spawned("--port", "0", *flags, cwd=folder, prefix=prefix, variables=variables) as process:
        yield process


def greeting(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def port_of(started: dict[str, Any]) -> int:
    return httpx.URL(started["url"]).port or 0


def send_half(client: socket.socket) -> None:
    """Send a request whose body is not complete. The server has read its head afterwards."""
    client.sendall(HEAD.encode())
    assert client.recv(100).startswith(b"HTTP/1.1 100 ")
    client.sendall(b"abc")


def left(folder: Path) -> list[str]:
    """What a server has left behind, except its empty folder for records."""
    return sorted(path.name for path in folder.rglob("*") if path.name != "mockserver")


@pytest.fixture
def workers() -> Iterator[tuple[str, ...]]:
    """The flags for two workers."""
    need(program_of("redis"), "redis-server is not installed")
    store = store_server("redis")
    yield "--workers", "2", "--store", store.url
    store.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_every_signal_removes_the_files(tmp_path: Path, number: signal.Signals) -> None:
    """Also the end of a terminal, SIGHUP: the key of the certificate must not stay."""
    with running(tmp_path, "--tls", "self-signed", "--port-file", "port") as process:
        assert greeting(process)["ca"]
        assert {"port", "ca.pem", "server.pem"} <= set(left(tmp_path))
        process.send_signal(number)
        assert 0 == process.wait(30)
    assert [] == left(tmp_path)


def test_nohup(tmp_path: Path) -> None:
    """SIGHUP does not end a server that was started with nohup."""
    with running(tmp_path, prefix=("nohup",)) as process:
        url = greeting(process)["url"]
        process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        assert 200 == httpx.get(f"{url}/__mock/health/ready").status_code
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(30)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_before_the_server_listens(tmp_path: Path, number: signal.Signals) -> None:
    """A server that waits for its store stops at once. The exit code is 0."""
    store = f"redis://127.0.0.1:{free_port()}/0"
    with running(tmp_path, "--store", store, "--store-timeout", "30s", "--tls", "self-signed") as process:
        time.sleep(1.5)
        begin = time.monotonic()
        process.send_signal(number)
        assert 0 == process.wait(30)
    assert time.monotonic() - begin < 5
    assert [] == left(tmp_path)


@pytest.mark.parametrize("seconds", [0.02, 0.05, 0.1, 0.2, 0.3])
def test_sigterm_during_the_imports(tmp_path: Path, seconds: float) -> None:
    """The server prints no traceback. Until the mock handles signals, the system ends the process."""
    with running(tmp_path) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=30)[0]

    assert "Traceback" not in output
    assert process.returncode in {0, 143, -signal.SIGTERM}


# Sends a signal to the process itself as soon as a module is imported.
SIGNAL_AT_AN_IMPORT = """
import os, sys

class Finder:
    sent = False

    def find_spec(self, name, path=None, target=None):
        if name == "decimal" and not Finder.sent:
            Finder.sent = True
            os.kill(os.getpid(), int(os.environ["SIGNAL"]))

sys.meta_path.insert(0, Finder())
"""


@pytest.mark.parametrize(
    ("command", "number", "code"),
    [
        (("serve", "--port", "0"), signal.SIGTERM, 0),
        (("serve", "--port", "0"), signal.SIGHUP, 0),
        (("serve", "--port", "0"), signal.SIGINT, 130),
        (("check",), signal.SIGTERM, 143),
        (("check",), signal.SIGHUP, 129),
        (("check",), signal.SIGINT, 130),
    ],
)
def test_a_signal_during_a_native_import(
    tmp_path: Path, command: tuple[str, ...], number: signal.Signals, code: int
) -> None:
    """jsonschema_rs imports a module of Python while it is imported. An exception in between would be a panic."""
    (tmp_path / "sitecustomize.py").write_text(SIGNAL_AT_AN_IMPORT, "utf-8")
    variables = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "SIGNAL": str(int(number))}
    ended = run(*command, variables=variables)

    assert ("", "") == (ended.stdout.strip(), ended.stderr.strip())
    assert code == ended.returncode


def test_ctrl_c_during_the_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends the process without a traceback, with the exit code of a shell."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mockserver.cli.main.run_command", interrupt)
    monkeypatch.setattr("mockserver.__main__.stop_early", lambda: None)
    with pytest.raises(SystemExit) as ended:
        main()

    assert 130 == ended.value.code


@pytest.mark.parametrize("count", [1, 2])
def test_a_second_signal(tmp_path: Path, workers: tuple[str, ...], count: int) -> None:
    """It ends the server at once, with one process and with several. A repeated one, as of timeout(1), does not."""
    with (
        running(tmp_path, *(workers if count == 2 else ())) as process,
        socket.create_connection(("127.0.0.1", port_of(greeting(process)))) as client,
    ):
        send_half(client)
        begin = time.monotonic()
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.1)
        assert process.poll() is None
        # Somebody who presses Ctrl-C again and again.
        for _ in range(10):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                time.sleep(0.2)
        process.wait(30)
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("listener", ["--port", "--uds"])
def test_workers_that_stop_accept_no_connection(tmp_path: Path, workers: tuple[str, ...], listener: str) -> None:
    """A new client is refused at once, as by a single process, although a request is still being answered."""
    flags = ("--uds", "s.sock") if listener == "--uds" else ()
    with running(tmp_path, *workers, *flags) as process:
        started = greeting(process)

        def connected() -> socket.socket:
            if listener == "--uds":
                opened = socket.socket(socket.AF_UNIX)
                opened.settimeout(5)
                try:
                    opened.connect(str(tmp_path / "s.sock"))
                except OSError:
                    opened.close()
                    raise
                return opened
            return socket.create_connection(("127.0.0.1", port_of(started)), timeout=5)

        with connected() as client:
            send_half(client)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            for _ in range(4):
                with pytest.raises(ConnectionRefusedError):
                    connected().close()
            client.sendall(b"defghi")
            assert client.recv(1000).startswith(b"HTTP/1.1 4")
        assert 0 == process.wait(30)


def test_files_that_cannot_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be removed, or is gone, is no error at the end of a server."""
    kept, gone = tmp_path / "kept", tmp_path / "gone"
    for path in (kept, gone):
        path.touch()
    files = [OwnFile(kept), OwnFile(gone)]
    gone.unlink()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    for file in files:
        file.remove()
    assert kept.exists()
