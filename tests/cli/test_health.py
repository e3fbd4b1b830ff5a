"""`mockserver health` finds the server that runs, whatever its flags are."""

from __future__ import annotations

import json
import signal
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from random import randrange

import pytest

from mockserver.cli.server_record import recorded_server
from tests.support.command import run, served
from tests.support.needs import need
from tests.support.ports import free_port
from tests.support.stores import program_of, store_server


@pytest.fixture
def runtime(tmp_path: Path) -> dict[str, str]:
    """The variables of a user whose runtime directory is empty."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    return {"XDG_RUNTIME_DIR": str(folder)}


def records(runtime: dict[str, str]) -> list[Path]:
    return sorted(Path(runtime["XDG_RUNTIME_DIR"]).glob("mockserver/*"))


def found(runtime: dict[str, str], port: str = "0", **variables: str) -> str | None:
    server = recorded_server({**runtime, "MOCKSERVER_PORT": port, **variables})
    return None if server is None else server.url


def answer(runtime: dict[str, str], **variables: str) -> tuple[int, str]:
    ended = run("health", variables={**runtime, **variables})
    return ended.returncode, ended.stdout or ended.stderr


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param((), id="none"),
        pytest.param(("--admin-token", "let me in"), id="a token"),
        pytest.param(("--host", "127.0.0.2"), id="another address"),
        pytest.param(("--host", "localhost", "--log-format", "none"), id="no log"),
    ],
)
def test_the_server_is_found(runtime: dict[str, str], flags: tuple[str, ...]) -> None:
    """The port is any free one, and the check has no flags."""
    with served("--port", "0", *flags, variables=runtime) as server:
        assert (0, "ok\n") == answer(runtime, MOCKSERVER_PORT="0")
        assert server.url == found(runtime)


def test_the_record_is_private_and_has_no_secret(runtime: dict[str, str]) -> None:
    """Nobody else can read the file, and it says only where the server listens."""
    with served("--admin-token", "let me in", "--api-key", "api_key_hush", variables=runtime):
        (record,) = records(runtime)
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (record, record.parent)]
        text = record.read_text("utf-8")

    assert [0o600, 0o700] == modes
    assert {"url", "uds", "started", "variables"} == json.loads(text).keys()


def test_the_record_ends_with_the_server(runtime: dict[str, str]) -> None:
    """After SIGTERM there is no record; one that SIGKILL leaves is ignored, and the next server removes it."""
    with served(variables=runtime) as server:
        assert 1 == len(records(runtime))
        server.stop()
        assert [] == records(runtime)
    with served(variables=runtime) as server:
        server.stop(signal.SIGKILL)
        assert 1 == len(records(runtime))
        assert 1 == answer(runtime, MOCKSERVER_PORT="1")[0]
        assert found(runtime) is None
    with served(variables=runtime):
        assert 1 == len(records(runtime))


def test_the_latest_server_with_the_same_variables(runtime: dict[str, str]) -> None:
    """Of several servers the latest is checked; one that was started with another port in its variable never is."""
    with served(variables=runtime) as first, served(variables=runtime) as second:
        assert second.url == found(runtime)
        second.stop()
        assert first.url == found(runtime)
        assert found(runtime, "1") is None


@pytest.mark.parametrize("problem", ["others may write", "a link", "a file"])
def test_a_folder_of_others_is_not_used(runtime: dict[str, str], tmp_path: Path, problem: str) -> None:
    """The record goes elsewhere, and nothing is read from a folder that others may change."""
    folder = Path(runtime["XDG_RUNTIME_DIR"], "mockserver")
    match problem:
        case "others may write":
            folder.mkdir()
            folder.chmod(0o777)
        case "a link":
            (tmp_path / "elsewhere").mkdir()
            folder.symlink_to(tmp_path / "elsewhere")
        case _:
            folder.write_bytes(b"")
    # The next folder is shared with other processes of this user: the address is this test's own.
    host = {"MOCKSERVER_HOST": f"127.0.{randrange(1, 250)}.{randrange(1, 250)}"}
    with served(variables={**runtime, **host}) as server:
        assert server.url == found(runtime, **host)
        assert [] == records(runtime)


def test_a_damaged_record_is_ignored(runtime: dict[str, str]) -> None:
    """A file that is not a record makes no difference."""
    folder = Path(runtime["XDG_RUNTIME_DIR"], "mockserver")
    with served(variables=runtime) as server:
        (folder / "1.json").write_text("{", "utf-8")

        assert server.url == found(runtime)


def test_waiting_for_a_server(runtime: dict[str, str]) -> None:
    """The check is repeated until the server is healthy, or until the time is over."""
    with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        port = free_port()
        waiting = pool.submit(run, "health", "--wait", "20s", f"http://127.0.0.1:{port}", variables=runtime)
        time.sleep(0.5)
        assert not waiting.done()
        stack.enter_context(served("--port", str(port), variables=runtime))
        ended = waiting.result()
        assert (0, "ok\n", "") == (ended.returncode, ended.stdout, ended.stderr)

    begin = time.monotonic()
    ended = run("health", "--wait", "1", f"http://127.0.0.1:{port}", variables=runtime)
    assert (1, "") == (ended.returncode, ended.stdout)
    assert str(port) in ended.stderr
    assert 0.8 <= time.monotonic() - begin


@pytest.mark.parametrize("arguments", [("--wait", "soon"), ("--wait", "0"), ("--wait", "9s", "ftp://127.0.0.1")])
def test_what_cannot_be_waited_for(runtime: dict[str, str], arguments: tuple[str, ...]) -> None:
    """A mistake is reported at once."""
    ended = run("health", *arguments, variables=runtime)

    assert (2, "", 1) == (ended.returncode, ended.stdout, ended.stderr.count("\n"))


def test_a_server_with_another_runtime_directory(runtime: dict[str, str], tmp_path: Path) -> None:
    """A server that cron or systemd has started has no XDG_RUNTIME_DIR."""
    (Path(runtime["XDG_RUNTIME_DIR"]) / "mockserver").mkdir(mode=0o700)
    own = {"TMPDIR": str(tmp_path)}
    # Not a name that another server on this machine has.
    port = str(free_port())
    with served(variables={**own, "MOCKSERVER_PORT": port}):
        assert (0, "ok\n") == answer({**runtime, **own}, MOCKSERVER_PORT=port)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({"MOCKSERVER_UDS": "/nowhere.sock"}, "(Unix socket /nowhere.sock)", id="a socket"),
        pytest.param({"MOCKSERVER_TLS": "self-signed", "MOCKSERVER_PORT": "1"}, "https://127.0.0.1:1", id="TLS"),
    ],
)
def test_a_server_that_the_variables_describe(
    runtime: dict[str, str], variables: dict[str, str], expected: str
) -> None:
    """It does not run, so the check fails, whatever else runs on the default port."""
    code, text = answer(runtime, **variables)

    assert (1, True) == (code, expected in text), text


def test_an_empty_url(runtime: dict[str, str]) -> None:
    """An empty URL, such as that of an unset variable, is an error. No other server is checked."""
    with served(variables=runtime):
        ended = run("health", "", variables=runtime)

    assert (2, "mockserver: the URL is empty: write one such as http://127.0.0.1:8080, or none\n") == (
        ended.returncode,
        ended.stderr,
    )


def test_a_server_without_its_store(runtime: dict[str, str]) -> None:
    """The message has the reason."""
    need(program_of("redis"), "redis-server is not installed")
    store = store_server("redis")
    try:
        with served("--store", store.url, variables=runtime) as server:
            store.kill()
            ended = run("health", server.url, variables=runtime)
    finally:
        store.close()

    assert 1 == ended.returncode
    assert "returned 503: The store of --store cannot be used: " in ended.stderr
