"""Where a server listens: `--port-file`, `--uds`, `--tls` and `--tls-cert`, each with `mockserver health`."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from tests.support.calls import PATH
from tests.support.command import environment, run

BODY = {"operation": "add_method", "address": True}


@contextmanager
def started(folder: Path, *flags: str, **variables: str) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """A server in a folder: its greeting in JSON, and its process."""
    with subprocess.Popen(
        [sys.executable, "-m", "mockserver", "--log-format", "json", *flags],
        env=environment({"MOCKSERVER_PORT": "0", "XDG_RUNTIME_DIR": str(folder), **variables}),
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline()), process
            process.send_signal(signal.SIGTERM)
            assert 0 == process.wait(30)
        finally:
            process.kill()


def health(folder: Path) -> tuple[int, str]:
    ended = run("health", variables={"MOCKSERVER_PORT": "0", "XDG_RUNTIME_DIR": str(folder)})
    return ended.returncode, ended.stdout + ended.stderr


def create(client: httpx.Client, url: str) -> int:
    return client.post(f"{url}{PATH}", json=BODY, headers={"wb-key": "k"}).status_code


def test_the_port_file(tmp_path: Path) -> None:
    """It has the port while the server listens. An old one is removed first, and at the end the file is gone."""
    (tmp_path / "port").write_text("1\n", "ascii")
    with started(tmp_path, "--port-file", "port") as (greeting, _):
        port = (tmp_path / "port").read_text("ascii")
        assert f"http://127.0.0.1:{port}" == f"{greeting['url']}\n"
        assert (0, "ok\n") == health(tmp_path)

    assert [] == [*tmp_path.glob("port*")]


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
    assert f"mockserver: cannot listen at --uds {tmp_path}/mine: Address already in use\n" == ended.stderr


def test_a_certificate_for_this_run(tmp_path: Path) -> None:
    """A client that trusts the CA can call the server; others cannot. At the end, the files are gone."""
    with started(tmp_path, "--tls", "self-signed", "--allow-host", "mock.example.com") as (greeting, _):
        authority = Path(greeting["ca"])
        context = ssl.create_default_context(cafile=authority)
        with httpx.Client(verify=context) as client:
            assert greeting["url"].startswith("https://127.0.0.1:")
            assert 200 == create(client, greeting["url"])
            assert 200 == create(client, greeting["url"].replace("127.0.0.1", "localhost"))
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(greeting["url"])
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
        pytest.param(["--tls-cert", "text.pem"], "--tls-cert text.pem cannot be used: it must have", id="not PEM"),
        pytest.param(["--tls-key", "text.pem"], "--tls-key needs --tls-cert", id="a key alone"),
        pytest.param(
            ["--tls", "self-signed", "--tls-cert", "text.pem"], "leave out one of them", id="two certificates"
        ),
        pytest.param(["--uds", "s", "--port-file", "p"], "--port-file needs a port", id="no port"),
        pytest.param(["--uds", "x" * 200], "cannot listen at --uds", id="a long path"),
        pytest.param(["--tls", "yes"], "'yes' is not 'self-signed'", id="an unknown kind"),
    ],
)
def test_wrong_usage(tmp_path: Path, flags: list[str], expected: str) -> None:
    """Each is one line and exit code 2."""
    (tmp_path / "text.pem").write_text("text", "utf-8")
    ended = run("--port", "0", *flags, cwd=tmp_path)

    assert (2, "", 1) == (ended.returncode, ended.stdout, len(ended.stderr.splitlines()))
    assert expected in ended.stderr
