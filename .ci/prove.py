"""Starts a server in the folder it is called in, does what the README tells a newcomer, and stops it with SIGTERM.

    prove.py [--then COMMANDS] COMMAND...

The server has no variables but its port, PATH and HOME. COMMANDS are a line of the shell's, and have MOCKSERVER_URL.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
PATIENCE = 30.0
CUSTOMER = "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def curl_to(port: int) -> str:
    """The README's first curl, to another port."""
    found = re.search(r"^curl (?:[^\n]*\\\n)*[^\n]*$", README.read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise SystemExit(f"{README} has no curl")
    return found[0].replace("127.0.0.1:8080", f"127.0.0.1:{port}")


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once somebody listens."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the server did not start")


def prove(
    command: Sequence[str],
    *,
    health: Sequence[str] = (),
    then: str | None = None,
    variables: Mapping[str, str] | None = None,
    user: int | None = None,
) -> None:
    """Start, ask for its health, ask the README's question, stop. Raises SystemExit when something is not as promised."""
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**kept, **(variables or {}), "MOCKSERVER_PORT": str(port)}
    process = subprocess.Popen(command, env=environment, user=user, group=user)
    try:
        wait_for(port, process)
        if health:
            subprocess.run(health, env=environment, user=user, group=user, check=True, timeout=PATIENCE)
        answer = subprocess.run(["bash", "-c", curl_to(port)], check=True, capture_output=True, timeout=PATIENCE)
        if json.loads(answer.stdout)["customer_id"] != CUSTOMER:
            raise SystemExit(f"not the customer's payment session: {answer.stdout!r}")
        if then is not None:
            url = f"http://127.0.0.1:{port}"
            subprocess.run(
                ["bash", "-c", then], env={**os.environ, "MOCKSERVER_URL": url}, check=True, timeout=10 * PATIENCE
            )
        process.terminate()
        code = process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
    if code:
        raise SystemExit(f"stopped with SIGTERM, the server ended with {code}")
    print(f"started, answered, stopped: {' '.join(command)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--then", help="what is to be done while the server runs")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    said = parser.parse_args()
    prove(said.command, then=said.then)
