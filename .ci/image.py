"""Build the image, run it, and check its size, labels, user, files, packages, start, health, metrics and stop.

    image.py FOLDER

FOLDER is a new folder for everything that is built. The first line of the output says which engine builds the image,
and from which base image.
"""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
import tarfile
import time
import urllib.request
from pathlib import Path

from engines import PATIENCE, ROOT, Engine, find_engine
from prove import create_payment_session, free_port

TAG = "localhost/wingback-mock:ci"
USER = 65532
MAX_SIZE = 150_000_000
MAX_SECONDS = 1.0
"""How long the fastest of several starts may take, with one run of the health check.

How often an engine runs the check is not part of this time.
"""
LABELS = ("title", "description", "licenses", "version", "revision")
# Certificate authorities are needed for --store rediss://.
AUTHORITIES = """
import ssl
print(ssl.create_default_context().cert_store_stats()["x509_ca"])
"""
# Faker's other languages are removed from the image: each value that scenarios can name is made once.
FAKES = """
from mockserver.payments.fake_values import FakeValues, _names
fake = FakeValues(lambda: 1)
print(len([fake(name) for name in _names()]))
"""
# What the extras and the metrics need.
PACKAGES = """
from importlib import import_module
from importlib.metadata import version
for name in ("redis", "prometheus_client", "watchfiles", "brotli", "backports.zstd"):
    import_module(name)
    print(name, version(name), end="; ")
"""


def require(condition: object, message: str) -> None:
    """Raise SystemExit with the message if a condition does not hold."""
    if not condition:
        raise SystemExit(message)


def check_configuration(engine: Engine) -> None:
    """The image has labels and a user that is not root."""
    config = json.loads(engine("image", "inspect", "--format", "{{json .Config}}", TAG))
    labels = {name: config["Labels"].get(f"org.opencontainers.image.{name}") for name in LABELS}
    require(all(labels.values()), f"labels are missing: {labels}")
    require(config["User"] == f"{USER}:{USER}", f"the image runs as {config['User']}")
    print(f"labels: {labels}")


def check_files(engine: Engine, container: str) -> None:
    """The files are small enough, none gives other rights, and the user can write none."""
    command = [*engine.program, "export", container]
    size = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE) as export:
        with tarfile.open(fileobj=export.stdout, mode="r|") as archive:
            for file in archive:
                size += file.size
                if file.isfile() or file.isdir():
                    require(not file.mode & (stat.S_ISUID | stat.S_ISGID), f"{file.name} sets user or group")
                    require(file.uid != USER, f"{file.name} belongs to the user of the container")
                    require(not file.mode & stat.S_IWOTH or file.name == "tmp", f"everybody can write {file.name}")
        require(export.wait() == 0, "the export failed")
    print(f"size: {size / 1e6:.1f} MB of files; the limit is {MAX_SIZE / 1e6:.0f} MB")
    require(size <= MAX_SIZE, "the image is too large")


def seconds_until_ready(engine: Engine, container: str, port: int) -> float:
    """Start a container and wait until it answers a probe."""
    url = f"http://127.0.0.1:{port}/__mock/health/ready"
    begin = time.monotonic()
    with subprocess.Popen([*engine.program, "start", container], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        while True:
            try:
                urllib.request.urlopen(url, timeout=PATIENCE).read()
            except OSError:
                require(time.monotonic() < begin + PATIENCE, f"not ready:\n{engine('logs', container)}")
                time.sleep(0.01)
            else:
                return time.monotonic() - begin


def check_metrics(port: int) -> None:
    """The metrics have the payment session that was created. Their format is OpenMetrics if the client asks for it."""
    url, accept = f"http://127.0.0.1:{port}/__mock/metrics", {"Accept": "application/openmetrics-text"}
    with urllib.request.urlopen(urllib.request.Request(url, headers=accept), timeout=PATIENCE) as reply:
        lines = reply.read().decode().splitlines()
    require("mockserver_payment_sessions 1.0" in lines and lines[-1] == "# EOF", f"wrong metrics: {lines}")


def check_container(engine: Engine, *options: object) -> float:
    """A container starts, is healthy, answers, runs without rights, and ends with 0 after SIGTERM.

    Returns how many seconds the start and one run of the health check took.
    """
    port = free_port()
    container = engine.create(TAG, "--seed", "1", options=("--env", f"MOCKSERVER_PORT={port}", *options))
    try:
        ready = seconds_until_ready(engine, container, port)
        begin = time.monotonic()
        engine("exec", container, "mockserver", "health")
        healthy = time.monotonic() - begin
        engine.wait_until_healthy(container)
        create_payment_session(port)
        check_metrics(port)
        inside = engine("exec", container, "sh", "-c", "id -u; grep -E 'CapEff|NoNewPrivs' /proc/self/status")
        refused = engine(
            "exec", container, "sh", "-c", "for each in /spec/x /tmp/x; do (: >$each) 2>&1; done", check=False
        )
        require(inside.split() == [str(USER), "CapEff:", "0" * 16, "NoNewPrivs:", "1"], f"it has rights: {inside}")
        require(refused.count("Read-only file system") == 2, f"the file system is not read-only: {refused}")
        engine("stop", "-t", "10", container)
        code = engine("wait", container)
        require(code == "0", f"the exit code after SIGTERM is {code}:\n{engine('logs', container)}")
    finally:
        engine("rm", "--force", container)
    print(f"ready {ready:.2f} s after the start, health check in {healthy:.2f} s, healthy, exit code 0")
    return ready + healthy


def check_early_stop(engine: Engine) -> None:
    """SIGTERM ends a container that waits for its store. The system ignores it for a first process without a handler.

    The port is one on which no store listens.
    """
    store = f"redis://127.0.0.1:{free_port()}/0"
    container = engine.create(TAG, "--store", store, "--store-timeout", "30s")
    try:
        engine("start", container)
        time.sleep(2)
        begin = time.monotonic()
        engine("stop", "-t", "10", container)
        seconds, code = time.monotonic() - begin, engine("wait", container)
        require(code == "0" and seconds < 5, f"it ended {seconds:.1f} s after SIGTERM, with exit code {code}")
    finally:
        engine("rm", "--force", container)
    print(f"stopped {seconds:.2f} s after SIGTERM while it waited for its store, exit code 0")


def mounted(folder: Path, name: str, file: str) -> tuple[str, str]:
    """The option that replaces a folder of the image by one that holds only this file."""
    (folder / name).mkdir()
    shutil.copy(ROOT / name / file, folder / name)
    return ("--volume", f"{folder / name}:/{name}:ro")


def main() -> None:
    """The command line."""
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir()
    engine = find_engine(folder)
    print(f"engine: {engine.name}", flush=True)
    begin = time.monotonic()
    engine.build(TAG)
    print(f"built in {time.monotonic() - begin:.0f} s", flush=True)
    try:
        check_configuration(engine)
        container = engine.create(TAG)
        check_files(engine, container)
        engine("rm", container)
        fastest = min(check_container(engine) for _ in range(3))
        print(f"fastest start with a health check: {fastest:.2f} s; the limit is {MAX_SECONDS:.2f} s")
        require(fastest <= MAX_SECONDS, "the start takes too long")
        check_early_stop(engine)
        print("with one mounted contract and one mounted scenario:")
        check_container(
            engine, *mounted(folder, "spec", "wingback.yaml"), *mounted(folder, "scenarios", "server_error.yaml")
        )
        checked = engine("run", "--rm", *engine.run_options, TAG, "check")
        print(f"mockserver check: {checked.splitlines()[-1]}")
        python = ("run", "--rm", *engine.run_options, "--entrypoint", "python", TAG, "-c")
        print(f"packages: {engine(*python, PACKAGES)}")
        authorities = int(engine(*python, AUTHORITIES))
        print(f"certificate authorities: {authorities}")
        require(authorities, "no certificate of a store can be checked")
        print(f"Faker makes {engine(*python, FAKES)} values")
    finally:
        engine.remove(TAG)


if __name__ == "__main__":
    main()
