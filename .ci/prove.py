"""Start a server in the current folder, send the first request of the README, and stop the server with SIGTERM.

    prove.py [--then COMMANDS] COMMAND...

The server's environment has only MOCKSERVER_PORT, PATH and HOME. COMMANDS is a shell command line; it runs while the
server runs, with MOCKSERVER_URL in its environment.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
PATIENCE = 30.0
CUSTOMER = "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670"


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def curl_to(port: int) -> str:
    """The first curl command of the README, with another port."""
    found = re.search(r"^curl (?:[^\n]*\\\n)*[^\n]*$", README.read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise SystemExit(f"{README} has no curl")
    return found[0].replace("127.0.0.1:8080", f"127.0.0.1:{port}")


def create_payment_session(port: int) -> None:
    """Send the README's request. Raises SystemExit if the reply is not the payment session of its customer."""
    reply = subprocess.run(["bash", "-c", curl_to(port)], check=True, capture_output=True, timeout=PATIENCE)
    if json.loads(reply.stdout)["customer_id"] != CUSTOMER:
        raise SystemExit(f"the reply is not the customer's payment session: {reply.stdout!r}")


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when the server accepts connections."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the server did not start")


def prove(command: Sequence[str], *, then: str | None = None) -> None:
    """Start the server, send the README's request and stop the server. Raises SystemExit if a step fails."""
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = subprocess.Popen(command, env={**kept, "MOCKSERVER_PORT": str(port)})
    try:
        wait_for(port, process)
        create_payment_session(port)
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
        raise SystemExit(f"after SIGTERM the exit code of the server is {code}")
    print(f"started, replied, stopped: {' '.join(command)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--then", help="shell command line to run while the server runs")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    prove(arguments.command, then=arguments.then)
