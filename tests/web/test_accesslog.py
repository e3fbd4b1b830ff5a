"""The access log: one line for each request, without secrets, and it never blocks the server."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import select
import socket
import subprocess
import sys
import time
import tty
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread
from threading import enumerate as enumerate_threads
from typing import Literal, TextIO

import pytest

from mockserver.messages import Fault, Reply
from mockserver.settings import Settings
from mockserver.web import AccessLog
from mockserver.web.line_writer import LineWriter
from tests.support.command import environment
from tests.support.live import Live, live

SECRETS = ["api_key_hidden", "hidden-session", "hiddenSecret", "4242424242424242", "sk_test_hidden", "4242%204242"]
ANSWER = Reply(
    status=200,
    headers=(("Mock-Scenario", "happy_path"), ("Mock-Stub", "the first")),
    entry="ab12-1",
    body=b'{"client_secret": "seti_1_secret_hiddenSecret"}',
)
SECRETIVE = (
    b"POST /v1/4242424242424242/4242%204242%204242%204242/seti_1_secret_hiddenSecret"
    b"?client_secret=seti_1_secret_hiddenSecret&page=2&api_key_hidden"
    b"&%0A4242424242424242&%C3%A9"
    b" HTTP/1.1\r\nHost: localhost\r\nwb-key: api_key_hidden\r\nCookie: app-session=hidden-session\r\n"
    b"Authorization: Bearer sk_test_hidden\r\nContent-Length: 2\r\n\r\n{}"
)


def logged(form: Literal["text", "json"], data: bytes, answer: Reply | Fault | None = None) -> list[str]:
    """The log lines of one exchange."""
    stream = io.StringIO()
    with live(log=AccessLog(form, stream)) as server:
        if answer is not None:
            server.engine.answer = lambda request: answer
        with server.connect() as connection:
            connection.send(data)
            if isinstance(answer, Fault):
                connection.rest()
            else:
                connection.receive(has_body=not data.startswith(b"HEAD"))
    return stream.getvalue().splitlines()


def test_json() -> None:
    """A JSON line contains every field."""
    [line] = logged("json", SECRETIVE, ANSWER)
    fields = json.loads(line)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", fields.pop("time"))
    assert 0 <= fields.pop("ms") < 5000
    assert ["client_secret", "page"] == fields.pop("query")[:2]
    assert fields.pop("path").startswith("/v1/")
    assert {
        "method": "POST",
        "status": 200,
        "bytes": len(ANSWER.body),
        "scenario": "happy_path",
        "stub": "the first",
        "entry": "ab12-1",
    } == fields


def test_text() -> None:
    """A text line contains the same fields for people."""
    [line] = logged("text", b"GET /a%20b?x=1&y HTTP/1.1\r\nHost: localhost\r\n\r\n", ANSWER)

    assert re.fullmatch(
        r"\S+Z 200 [\d.]+ms 47B GET /a%20b\?x&y scenario=happy_path stub=\"the first\" entry=ab12-1", line
    )


def test_a_parameter_that_looks_like_fields() -> None:
    """What a client sends adds no field to a line."""
    reply = Reply(status=200, headers=(("mock-warnings", 'a" refused="b'), ("mock-namespace", "c\\")))
    query = b"a%20status%3D200%20scenario%3Dhappy_path"
    [line] = logged("text", b"GET /x?%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % query, reply)

    assert re.fullmatch(
        r"\S+Z 200 [\d.]+ms 0B GET /x\?a%20status=200%20scenario=happy_path"
        r' warnings="a\\" refused=\\"b" namespace=c\\',
        line,
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_secret(form: Literal["text", "json"]) -> None:
    """No line contains a secret from the headers, cookies, path, query or body of a request or reply."""
    lines = logged(form, SECRETIVE, ANSWER)

    assert 1 == len(lines)
    assert [] == [secret for secret in SECRETS if secret in lines[0]]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", {"status": 400, "refused": "bad-host"}, id="host"
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n",
            {"status": 403, "refused": "foreign-origin"},
            id="origin",
        ),
        pytest.param(
            b"OPTIONS / HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
            {"status": 204, "bytes": 0},
            id="preflight",
        ),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n",
            {"status": 413, "refused": "too-large"},
            id="too long",
        ),
        pytest.param(
            b"GET /__mock/health HTTP/1.1\r\nHost: x\r\n\r\n", {"status": 200, "path": "/__mock/health"}, id="admin"
        ),
        pytest.param(
            b"GET /__mock/x HTTP/1.1\r\nHost: x\r\n\r\n", {"status": 404, "refused": "unknown-path"}, id="unknown admin"
        ),
        pytest.param(b"HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n", {"status": 200, "bytes": 0, "method": "HEAD"}, id="HEAD"),
        pytest.param(
            b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {"path": f"/{'a' * 499}..."}, id="long path"
        ),
        pytest.param(b"GET /?%0a%1b=1 HTTP/1.1\r\nHost: x\r\n\r\n", {"query": ["\n\x1b"]}, id="control characters"),
        pytest.param(b"GET /?%C3%A9 HTTP/1.1\r\nHost: x\r\n\r\n", {"query": ["é"]}, id="non-ASCII"),
    ],
)
def test_every_request_has_a_line(data: bytes, expected: dict[str, object]) -> None:
    """Every request is logged, whichever part of the server answers it."""
    [line] = logged("json", data)

    assert line.isascii()
    assert expected.items() <= json.loads(line).items()


@pytest.mark.parametrize("path", [b"/__mock/health/live", b"/__mock/health/ready"])
def test_answered_probes_have_no_line(path: bytes) -> None:
    """A probe is not logged, unless it fails."""
    assert [] == logged("json", b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert 1 == len(logged("json", b"GET " + path + b" HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
    assert 1 == len(logged("json", b"PUT " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n"))


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_entry_id_is_never_hidden(form: Literal["text", "json"]) -> None:
    """The id of a journal entry is never hidden, even if its digits look like a card number."""
    answer = replace(ANSWER, entry="20261124000-1234")
    (line,) = logged(form, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", answer)

    assert "20261124000-1234" in line


def test_text_is_one_line_of_ascii() -> None:
    """Control characters in a request cannot add a line or a color to the log."""
    [line] = logged("text", b"GET /%0a?%0a%1b[31m&%C3%A9 HTTP/1.1\r\nHost: x\r\n\r\n")

    assert "GET /%0a?\\n\\x1b[31m&\\xe9" in line


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("path", [b"/x", b"/" + b"%F0%9F%98%80" * 300])
def test_a_long_line_is_shortened(form: Literal["text", "json"], path: bytes) -> None:
    """A line fits into one write to a pipe, which other processes cannot interrupt. JSON stays JSON."""
    query = b"&".join([b"%F0%9F%98%80" * 20] * 49)
    [line] = logged(form, b"GET " + path + b"?" + query + b" HTTP/1.1\r\nHost: x\r\n\r\n")

    assert len(line) < select.PIPE_BUF
    if form == "json":
        assert {"status": 200, "path": path.decode()[:100], "shortened": True}.items() <= json.loads(line).items()
    else:
        assert line.endswith("...")


def test_a_fault_is_logged() -> None:
    """The log shows the fault, and the scenario of the reply that it replaced."""
    fault = Fault(kind="empty_reply", reply=ANSWER)
    [line] = logged("json", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", fault)

    assert {"fault": "empty_reply", "status": None, "scenario": "happy_path"}.items() <= json.loads(line).items()


def test_a_client_that_disconnects_is_logged() -> None:
    """If the client disconnects during its request, the line has no status."""
    stream = io.StringIO()
    with live(log=AccessLog("json", stream)) as server:
        with server.connect() as connection:
            connection.send(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
            time.sleep(0.1)
        time.sleep(0.1)

    assert None is json.loads(stream.getvalue())["status"]


def exchanges(server: Live, count: int) -> list[int]:
    with server.connect() as connection:
        statuses = []
        for _ in range(count):
            connection.send(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
            statuses.append(connection.receive().status)
    return statuses


def test_a_full_pipe_does_not_block_the_server() -> None:
    """A full pipe does not block the server, if a parent process never reads stderr."""
    reader, writer = os.pipe()
    with os.fdopen(reader), os.fdopen(writer, "w") as stream, live(Settings(), log=AccessLog("text", stream)) as server:
        # A pipe holds 64 KiB.
        assert [200] * 1200 == exchanges(server, 1200)


def test_a_closed_pipe_does_not_stop_the_server() -> None:
    """A closed pipe does not stop the server: `mockserver 2>&1 | head` continues to serve."""
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w")
    with live(Settings(), log=AccessLog("text", stream)) as server:
        assert [200] * 100 == exchanges(server, 100)
        time.sleep(0.1)
        assert [200] * 100 == exchanges(server, 100)
    stream.close()


def test_dropped_lines_are_counted() -> None:
    """The log reports how many lines it dropped."""
    reader, writer = os.pipe()

    async def write(stream: TextIO) -> None:
        lines = LineWriter(stream, limit=3, message=json.dumps)
        lines.write("x" * 100_000)
        # The first line fills the pipe.
        await asyncio.sleep(0.1)
        for number in range(10):
            lines.write(str(number))
        with os.fdopen(reader) as output:
            read = asyncio.create_task(asyncio.to_thread(output.read))
            await asyncio.sleep(0.1)
            lines.close()
            stream.close()
            rest.extend((await read).splitlines())

    rest: list[str] = []
    asyncio.run(write(os.fdopen(writer, "w")))

    assert 100_000 == len(rest.pop(0))
    assert ["0", "1", "2", '"7 log lines were dropped because nobody read them"'] == rest


def pipe() -> tuple[int, int]:
    """A pipe: the descriptors to read from and to write to."""
    return os.pipe()


def socket_pair() -> tuple[int, int]:
    """A pair of sockets, as a supervisor uses it."""
    first, second = socket.socketpair()
    return first.detach(), second.detach()


def terminal() -> tuple[int, int]:
    """A terminal that does not change what is written."""
    first, second = os.openpty()
    tty.setraw(second)
    return first, second


@pytest.mark.parametrize("opened", [pipe, socket_pair, terminal])
@pytest.mark.parametrize("length", [10, 70_000])
def test_no_line_is_lost(opened: Callable[[], tuple[int, int]], length: int) -> None:
    """Lines of any length arrive completely and in order, whatever the stream is."""
    reader, writer = opened()
    received = bytearray()

    def read() -> None:
        while data := os.read(reader, 1000):
            received.extend(data)
            if received.endswith(b"last\n"):
                return

    async def write() -> None:
        lines = LineWriter(os.fdopen(writer, "w", closefd=False))
        for number in range(300 if length < 100 else 5):
            lines.write(f"{number} ".ljust(length, "x"))
            if number % 100 == 0:
                await asyncio.sleep(0.03)
        lines.write("last")
        lines.close(30)

    thread = Thread(target=read)
    thread.start()
    asyncio.run(write())
    thread.join(30)
    os.close(reader)
    os.close(writer)

    expected = [f"{number} ".ljust(length, "x") for number in range(300 if length < 100 else 5)]
    assert [*expected, "last"] == received.decode().splitlines()


WRITES_MANY = """
import asyncio, sys
from mockserver.web.line_writer import LineWriter

async def write():
    lines = LineWriter(sys.stdout, is_shared=True)
    for number in range(2_000):
        lines.write(sys.argv[1] * 300)
    lines.close(30)

print("ready", file=sys.stderr)
sys.stdin.read()
asyncio.run(write())
"""


@pytest.mark.parametrize("opened", [pipe, socket_pair, terminal])
def test_lines_of_several_processes_are_whole(opened: Callable[[], tuple[int, int]]) -> None:
    """Processes that write to the same stream do not tear each other's lines, also if the stream is full."""
    reader, writer = opened()
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", WRITES_MANY, letter],
                    stdin=subprocess.PIPE,
                    stdout=writer,
                    stderr=subprocess.PIPE,
                    env=environment({}),
                )
            )
            for letter in "abc"
        ]
        os.close(writer)
        assert [b"ready\n"] * 3 == [process.stderr.readline() for process in processes if process.stderr]
        for process in processes:
            assert process.stdin is not None
            process.stdin.close()
        received = bytearray()
        # At its end, a terminal is an error.
        with suppress(OSError):
            while data := os.read(reader, 5000):
                received.extend(data)
        os.close(reader)

    assert [0, 0, 0] == [process.returncode for process in processes]
    assert {letter * 300: 2_000 for letter in "abc"} == Counter(received.decode().splitlines())


@pytest.mark.parametrize("is_shared", [True, False])
@pytest.mark.parametrize("opened", [pipe, socket_pair, terminal])
def test_a_stuck_reader_blocks_nobody(opened: Callable[[], tuple[int, int]], is_shared: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """Promise 16: if nobody reads the log, the event loop continues, and closing the log gives up."""
    reader, writer = opened()

    async def write() -> int:
        lines = LineWriter(os.fdopen(writer, "w", closefd=False), is_shared=is_shared)
        for _ in range(5_000):
            lines.write("x" * 100)
        await asyncio.sleep(0.05)
        lines.close(0.05)
        return 5_000

    assert 5_000 == asyncio.run(write())
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize("path", [os.devnull, "log.txt"])
def test_a_file_needs_no_thread(path: str, tmp_path: Path) -> None:
    """A regular file and the null device take lines at once; only a terminal needs a thread."""
    before = enumerate_threads()
    with (tmp_path / path).open("w", encoding="utf-8") as stream:
        lines = LineWriter(stream)
        lines.write("one")
        lines.close()

    assert set(enumerate_threads()) <= set(before)
    assert ("" if path == os.devnull else "one\n") == (tmp_path / path).read_text("utf-8")


def test_a_writer_can_be_used_again() -> None:
    """Closing a writer writes the waiting lines; later lines are written too."""
    stream = io.StringIO()
    lines = LineWriter(stream)
    for line in ("one", "two"):
        lines.write(line)
        lines.close()

    assert "one\ntwo\n" == stream.getvalue()
