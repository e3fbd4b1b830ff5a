"""Starts a server in the folder it is called in, does what the README tells a newcomer, and stops it with SIGTERM.

    prove.py COMMAND...

The server has no variables but its port, PATH and HOME.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
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
        process.terminate()
        code = process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
    if code:
        raise SystemExit(f"stopped with SIGTERM, the server ended with {code}")
    print(f"started, answered, stopped: {' '.join(command)}")


if __name__ == "__main__":
    prove(sys.argv[1:])
