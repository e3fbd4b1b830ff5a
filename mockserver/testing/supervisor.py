"""Runs a command, and ends all its processes when the parent process says so or has ended.

    python supervisor.py COMMAND [ARGUMENT …]

A byte on standard input, or its end, means stop. The operating system closes it when the parent ends, however that
happens. This file is run as a script and uses only the standard library. Its exit code is that of the command, or 127
if the command cannot be run.
"""

import os
import signal
import subprocess
import sys
import threading
import time

GRACE = 10.0
"""In seconds: how long the processes may take to stop before they are killed."""
NOT_FOUND = 127
_POLL = 0.02


def main(command: list[str]) -> int:
    """Run the command until it ends or must stop."""
    try:
        # A wrapper such as `uvx` starts the server as its child. All of them are one process group.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - the user's own
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return NOT_FOUND
    threading.Thread(target=_stop_when_told, args=(process,), daemon=True).start()
    code = process.wait()
    # A wrapper may end before its children.
    _end_group(process)
    return code


def _stop_when_told(process: subprocess.Popen[bytes]) -> None:
    os.read(0, 1)
    _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Ask all processes of the command to end; kill those that do not."""
    if sys.platform == "win32":
        command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
        subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - no part of it comes from outside
        return
    try:
        os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline:
            time.sleep(_POLL)
            os.killpg(process.pid, 0)
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # There are no more processes; macOS reports the second.
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
