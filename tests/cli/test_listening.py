"""Where a server listens: `--port-file`, `--uds`, `--tls` and `--tls-cert`, each with `mockserver health`."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from tests.support.calls import PATH
from tests.support.command import environment, run, spawned

BODY = {"operation": "add_method", "address": True}


@contextmanager
def started(folder: Path, *flags: str, **variables: str) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """A server in a folder: its greeting in JSON, and its process."""
    own = {"MOCKSERVER_PORT": "0", "XDG_RUNTIME_DIR": str(folder), **variables}
    with spawned(*flags, cwd=folder, variables=own) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline()), process
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(30)


def health(folder: Path) -> tuple[int, str]:
    ended = run("health", variables={"MOCKSERVER_PORT": "0", "XDG_RUNTIME_DIR": str(folder)})
    return ended.returncode, ended.stdout + ended.stderr


def create(client: httpx.Client, url: str) -> int:
    return client.post(f"{url}{PATH}", json=BODY, headers={"wb-key": "k"}).status_code


def test_the_port_file(tmp_path: Path) -> None:
    """It has the port while the server runs. It replaces an old one, and at the end the file is gone."""
    (tmp_path / "port").write_text("1\n", "ascii")
    with started(tmp_path, "--port-file", "port") as (greeting, _):
        port = (tmp_path / "port").read_text("ascii")
        assert f"http://127.0.0.1:{port}" == f"{greeting['url']}\n"
        assert (0, "ok\n") == health(tmp_path)

    assert [] == [*tmp_path.glob("port*")]


def unanswered(greeting: dict[str, Any]) -> socket.socket:
    """A connection with a request that has not arrived completely: the server waits for it when it stops."""
    if greeting["uds"]:
        client = socket.socket(socket.AF_UNIX)
        client.connect(greeting["uds"])
    else:
        client = socket.create_connection(("127.0.0.1", httpx.URL(greeting["url"]).port))
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nwb-key: k\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
    client.sendall(head.encode())
    assert client.recv(100).startswith(b"HTTP/1.1 100 ")
    client.sendall(b"abc")
    return client


@pytest.mark.parametrize("flag", ["--uds", "--port-file"])
def test_two_servers_one_after_the_other(tmp_path: Path, flag: str) -> None:
    """A server that still answers its last request does not remove the socket or the port file of the next one."""
    with started(tmp_path, flag, "x") as (first, stopping), unanswered(first) as client:
        stopping.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        with started(tmp_path, flag, "x") as (second, _):
            client.sendall(b"defghi")
            assert client.recv(100).startswith(b"HTTP/1.1 4")
            assert 0 == stopping.wait(30)
            assert (tmp_path / "x").exists()
            assert flag == "--uds" or second["url"].endswith(f":{(tmp_path / 'x').read_text('ascii').strip()}")
            assert (0, "ok\n") == health(tmp_path)
    assert not (tmp_path / "x").exists()


def test_the_port_file_of_another_server(tmp_path: Path) -> None:
    """A server that cannot start does not touch it. The file of a server that was killed is removed at once."""
    with started(tmp_path, "--port-file", "port") as (greeting, running):
        port = str(httpx.URL(greeting["url"]).port)
        ended = run("--port", port, "--port-file", "port", cwd=tmp_path)
        assert (2, f"{port}\n") == (ended.returncode, (tmp_path / "port").read_text("ascii"))
        running.kill()
        running.wait()
        assert 2 == run("--host", "192.0.2.1", "--port-file", "port", cwd=tmp_path).returncode
        assert not (tmp_path / "port").exists()
        running.returncode = 0


def is_known(host: str) -> bool:
    """Whether this system takes a text as an address."""
    try:
        return bool(socket.getaddrinfo(host, 0, flags=socket.AI_PASSIVE))
    except OSError:
        return False


@pytest.mark.parametrize("host", [host for host in ("0", "127.1", "*") if is_known(host)])
def test_another_way_to_write_an_address(tmp_path: Path, host: str) -> None:
    """The URL has an address that clients can use."""
    with started(tmp_path, "--host", host) as (greeting, _):
        assert "127.0.0.1" == httpx.URL(greeting["url"]).host
        assert (0, "ok\n") == health(tmp_path)


def test_a_port_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The server ends with exit code 2 and one line."""
    ended = run("--port", "0", "--port-file", str(tmp_path / "none" / "port"))

    assert 2 == ended.returncode
    assert f"mockserver: --port-file {tmp_path}/none/port cannot be written: No such file" in ended.stderr
    assert 1 == len(ended.stderr.splitlines())


def test_a_unix_socket(tmp_path: Path) -> None:
    """The server listens there and nowhere else, and removes the socket at the end."""
    with started(tmp_path, "--uds", "s.sock") as (greeting, _):
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(tmp_path / "s.sock"))) as client:
            assert 200 == create(client, "http://localhost")
            assert 200 == client.get("http://localhost/__mock/health").status_code
        assert str(tmp_path / "s.sock") == greeting["uds"]
        assert f" at unix:{tmp_path}/s.sock" in greeting["message"]
        assert (0, "ok\n") == health(tmp_path)

    assert not (tmp_path / "s.sock").exists()


def test_a_socket_that_was_left_behind(tmp_path: Path) -> None:
    """After SIGKILL the next server takes the path over; one that still listens keeps it."""
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "s.sock"))
    with started(tmp_path, "--uds", "s.sock"):
        second = run("--uds", str(tmp_path / "s.sock"))
        assert (0, "ok\n") == health(tmp_path)

    assert (2, f"mockserver: the socket {tmp_path}/s.sock is already in use") == (
        second.returncode,
        second.stderr.partition(":")[0] + ":" + second.stderr.partition(":")[2].partition(": stop")[0],
    )


def test_a_file_is_not_replaced_by_a_socket(tmp_path: Path) -> None:
    """A path with a file of the user is an error, and the file stays."""
    (tmp_path / "mine").write_text("text", "utf-8")
    ended = run("--uds", str(tmp_path / "mine"))

    assert (2, "text") == (ended.returncode, (tmp_path / "mine").read_text("utf-8"))
    assert f"mockserver: --uds {tmp_path}/mine exists and is not a socket: " in ended.stderr


def test_a_certificate_for_this_run(tmp_path: Path) -> None:
    """A client that trusts the CA can call the server; others cannot. At the end, the files are gone."""
    with started(tmp_path, "--tls", "self-signed", "--allow-host", "[::2]:80") as (greeting, _):
        authority = Path(greeting["ca"])
        context = ssl.create_default_context(cafile=authority)
        with httpx.Client(verify=context) as client:
            assert greeting["url"].startswith("https://127.0.0.1:")
            assert 200 == create(client, greeting["url"])
            assert 200 == create(client, greeting["url"].replace("127.0.0.1", "localhost"))
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(greeting["url"])
        assert "set SSL_CERT_FILE to the CA that its greeting names" in run("health", greeting["url"]).stderr
        trusting = run("health", greeting["url"], variables={"SSL_CERT_FILE": str(authority)})
        assert (0, "ok\n") == (trusting.returncode, trusting.stdout)
        assert b"PRIVATE KEY" not in authority.read_bytes()
        assert 0o700 == authority.parent.stat().st_mode & 0o777
        assert (0, "ok\n") == health(tmp_path)

    assert not authority.parent.exists()


def test_the_pages_of_an_https_server_stay_there(tmp_path: Path) -> None:
    """A redirect to a challenge has the scheme of the server, and a malformed request is answered."""
    with started(tmp_path, "--tls", "self-signed") as (greeting, _):
        context = ssl.create_default_context(cafile=greeting["ca"])
        with httpx.Client(verify=context, base_url=greeting["url"]) as client:
            session = client.post(PATH, json=BODY, headers={"wb-key": "k"}).json()["setup_intent"]["stripe"]
            confirmed = client.post(
                f"/v1/setup_intents/{session['client_secret'].partition('_secret')[0]}/confirm",
                headers={
                    "authorization": f"Bearer {session['pk_key']}",
                    "stripe-account": session["connected_account_id"],
                },
                data={
                    "client_secret": session["client_secret"],
                    "payment_method": "pm_card_threeDSecure2Required",
                    "return_url": "https://shop.example.com/done",
                },
            ).json()
            page = confirmed["next_action"]["redirect_to_url"]["url"]
            assert page.startswith(f"{greeting['url']}/v1/setup_intents/")
            assert 200 == client.get(page).status_code
        port = httpx.URL(greeting["url"]).port
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            secure.sendall(b"nonsense\r\n\r\n")
            assert secure.recv(100).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("files", ["one file", "two files"])
def test_a_certificate_of_the_user(tmp_path: Path, files: str) -> None:
    """The key is in the file of the certificate or in its own."""
    authority = trustme.CA()
    made = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    made.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    chain = made.private_key_and_cert_chain_pem if files == "one file" else made.cert_chain_pems[0]
    chain.write_to_path(str(tmp_path / "cert.pem"))
    flags = ["--tls-cert", "cert.pem"] + ([] if files == "one file" else ["--tls-key", "key.pem"])
    with started(tmp_path, *flags) as (greeting, _):
        with httpx.Client(verify=ssl.create_default_context(cafile=tmp_path / "ca.pem")) as client:
            assert 200 == create(client, greeting["url"].replace("127.0.0.1", "localhost"))
        assert greeting["ca"] is None
        assert (0, "ok\n") == health(tmp_path)


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (-2, -1, ["the certificate cert.pem has expired: clients will refuse to connect"]),
        (1, 2, ["the certificate cert.pem is not valid yet: clients will refuse to connect"]),
        (-1, 1, []),
    ],
    ids=["expired", "not valid yet", "valid"],
)
def test_the_dates_of_a_certificate(tmp_path: Path, begins: int, ends: int, expected: list[str]) -> None:
    """The greeting notes a certificate that is not valid now."""
    first, last = (datetime.now(UTC) + timedelta(days=days) for days in (begins, ends))
    made = trustme.CA().issue_cert("localhost", not_before=first, not_after=last)
    made.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "cert.pem"))
    with started(tmp_path, "--tls-cert", "cert.pem") as (greeting, _):
        assert expected == greeting["notes"]


def test_both_at_once(tmp_path: Path) -> None:
    """A Unix socket with TLS works, too."""
    with started(tmp_path, "--uds", "s.sock", "--tls", "self-signed") as (greeting, _):
        transport = httpx.HTTPTransport(
            uds=str(tmp_path / "s.sock"), verify=ssl.create_default_context(cafile=greeting["ca"])
        )
        with httpx.Client(transport=transport) as client:
            assert 200 == create(client, "https://localhost")
        assert (0, "ok\n") == health(tmp_path)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        pytest.param(["--tls-cert", "none.pem"], "--tls-cert none.pem cannot be read: No such file", id="no file"),
        pytest.param(["--tls-cert", "text.pem"], "--tls-cert text.pem has no certificate in PEM", id="not PEM"),
        pytest.param(["--tls-key", "text.pem"], "--tls-key needs --tls-cert", id="a key alone"),
        pytest.param(
            ["--tls", "self-signed", "--tls-cert", "text.pem"], "leave out one of them", id="two certificates"
        ),
        pytest.param(["--uds", "s", "--port-file", "p"], "--port-file needs a port", id="no port"),
        pytest.param(["--uds", "x" * 200], "is too long: the path of a socket has at most 10", id="a long path"),
        pytest.param(["--uds", ""], "it is empty", id="an empty path"),
        pytest.param(["--uds", "."], "--uds . exists and is not a socket", id="a folder"),
        pytest.param(["--uds", "datagrams"], "--uds datagrams is a socket of another kind", id="a datagram socket"),
        pytest.param(["--port-file", "text.pem"], "--port-file text.pem has another content", id="another file"),
        pytest.param(["--port-file", "."], "--port-file . is not a regular file", id="a folder as port file"),
        pytest.param(["--port-file", "/dev/null"], "/dev/null is not a regular file", id="a device as port file"),
        pytest.param(["--tls-cert", "pipe"], "it is a named pipe", id="a pipe"),
        pytest.param(["--tls-cert", "cert.pem"], "name the file of the key with --tls-key", id="no key"),
        pytest.param(
            ["--tls-cert", "cert.pem", "--tls-key", "cert.pem"], "--tls-key cert.pem has no private", id="two"
        ),
        pytest.param(["--tls-cert", "cert.pem", "--tls-key", "other.pem"], "key does not belong", id="another key"),
        pytest.param(["--tls-cert", "cert.pem", "--tls-key", "secret.pem"], "secret.pem has a password", id="password"),
        pytest.param(["--tls", "self-signed", "--allow-host", "a_b"], "certificate for --allow-host a_b", id="a name"),
        pytest.param(["--tls", "self-signed", "--allow-host", "-a.b"], "--allow-host -a.b", id="a hyphen"),
        pytest.param(["--tls", "yes"], "'yes' is not 'self-signed'", id="an unknown kind"),
    ],
)
def test_wrong_usage(tmp_path: Path, flags: list[str], expected: str) -> None:
    """Each is one line and exit code 2."""
    (tmp_path / "text.pem").write_text("text", "utf-8")
    os.mkfifo(tmp_path / "pipe")
    certificate, other = (trustme.CA().issue_cert("localhost") for _ in range(2))
    certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    other.private_key_pem.write_to_path(str(tmp_path / "other.pem"))
    (tmp_path / "secret.pem").write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----", "utf-8")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(str(tmp_path / "datagrams"))
        ended = run("--port", "0", *flags, cwd=tmp_path)

    assert (2, "", 1) == (ended.returncode, ended.stdout, len(ended.stderr.splitlines()))
    assert expected in ended.stderr


@pytest.mark.parametrize(("soft", "hard", "code"), [(40, 40, 2), (100, 100, 2), (40, 1024, 0)])
def test_too_few_open_files(tmp_path: Path, soft: int, hard: int, code: int) -> None:
    """The server raises the limit if the system allows that. If not, it ends with exit code 2 and one line."""
    command = f"ulimit -S -n {soft} && ulimit -H -n {hard} && exec {sys.executable} -m mockserver --port 0"
    with subprocess.Popen(
        ["bash", "-c", command], env=environment({}), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert (code == 0) is ("serves" in process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        errors = process.communicate(timeout=30)[1]
    assert code == process.returncode
    assert not code or re.fullmatch(r"mockserver: the mock needs \d+ open files, and the system allows .*\n", errors)
