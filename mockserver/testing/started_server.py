"""A server that a command starts for one pytest run, in a process of its own."""

from __future__ import annotations

import atexit
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from mockserver.errors import UsageError
from mockserver.messages import Request
from mockserver.redaction.terminal import printable
from mockserver.testing import supervisor
from mockserver.testing.control_request import control_request
from mockserver.testing.running_server import MAX_REPLY_SIZE, RunningServer

START_TIMEOUT: Final = 120.0
"""In seconds: a command such as `uvx` may first have to download the server."""
MAX_LINES: Final = 20
"""How many lines of the output of a failed command are shown."""
_STOP_TIMEOUT: Final = supervisor.GRACE + 5
_POLL: Final = 0.02
_GREETING: Final = re.compile(
    r'^(?:\{"time": "[^"]*", "message": ")?mockserver \S+ serves .*? at (https?://[^\s"]+)(?:\n|")', re.MULTILINE
)


class CommandProcess:
    """A command and its processes. Its output goes to files, which nobody has to read while it runs."""

    def __init__(self, command: str, variables: Mapping[str, str]) -> None:
        self.command = command
        try:
            words = shlex.split(command)
        except ValueError as error:
            raise UsageError(f"the mockserver_command `{printable(command)}` cannot be read: {error}") from None
        self._folder = tempfile.TemporaryDirectory(prefix="mockserver-")
        self._out, self._err = (Path(self._folder.name, name) for name in ("stdout", "stderr"))
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._supervisor = subprocess.Popen(  # noqa: S603 - the command is the user's own
                [sys.executable, "-I", "-S", supervisor.__file__, *words],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                env=variables,
                start_new_session=True,  # Ctrl-C is for pytest, which then stops the command.
            )
        atexit.register(self.stop)

    def stop(self) -> None:
        """End all processes of the command. Stopping twice has no effect."""
        atexit.unregister(self.stop)
        if self._supervisor.stdin is not None:
            with suppress(OSError):  # The command has ended.
                self._supervisor.stdin.write(b"\n")
                self._supervisor.stdin.close()
        try:
            self._supervisor.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._supervisor.kill()
            self._supervisor.wait()
        self._folder.cleanup()

    def announced_url(self) -> str:
        """Wait until the server says where it listens. Raises UsageError if it does not start."""
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            found = _GREETING.search(self._out.read_text("utf-8", "replace"))
            if found is not None:
                return found[1]
            self.check()
            if time.monotonic() > deadline:
                raise UsageError(self._report(f"started no server in {START_TIMEOUT:g} seconds"))
            time.sleep(_POLL)

    def check(self) -> None:
        """Raise UsageError if the command has ended."""
        code = self._supervisor.poll()
        if code is not None:
            raise UsageError(self._report(f"ended with exit code {code}"))

    def _report(self, problem: str) -> str:
        output = [path.read_text("utf-8", "replace").splitlines() for path in (self._err, self._out)]
        lines = [f"the mockserver_command `{printable(self.command)}` {problem}"]
        lines += [f"  {printable(line)}" for line in (output[0] or output[1])[-MAX_LINES:]]
        return "\n".join(lines)


class StartedServer(RunningServer):
    """A server that only this process uses. `stop`, or the end of this process, ends all processes of the command.

    The settings are passed in variables such as MOCKSERVER_SEED, so that they reach the server through any wrapper.
    Options in the command take precedence. Raises UsageError if the command does not start a server.
    """

    is_shared = False

    def __init__(self, command: str, *, settings: Mapping[str, str], admin_token: str | None = None) -> None:
        variables = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")}
        variables |= {f"MOCKSERVER_{name.upper()}": value for name, value in settings.items()}
        variables |= {"MOCKSERVER_PORT": "0", "MOCKSERVER_LOG_FORMAT": "none"}
        if admin_token is not None:
            variables["MOCKSERVER_ADMIN_TOKEN"] = admin_token
        self._process = CommandProcess(command, variables)
        try:
            super().__init__(self._process.announced_url(), admin_token=admin_token)
            self.start()
        except BaseException:
            self._process.stop()
            raise

    def page(self, request: Request, *, max_size: int = MAX_REPLY_SIZE) -> tuple[int, Any, str | None]:
        """See RunningServer. If the server has ended, the error has its last output."""
        try:
            return super().page(request, max_size=max_size)
        except UsageError:
            self._process.check()
            raise

    def stop(self) -> None:
        """End the server and all other processes of the command."""
        self._process.stop()

    def restore(self) -> None:
        """Restore the initial state of every namespace."""
        self._set("POST", "reset", {})

    def set_strict(self, strict: bool | None) -> None:  # noqa: FBT001  # see MockServer.strict
        """Choose for the whole server whether undocumented names are violations."""
        self._set("PUT", "strict", {"strict": strict})

    def _set(self, method: str, name: str, body: Any) -> None:
        status, _ = self.call(control_request(method, name, body))
        if status >= 400:
            raise UsageError(f"the mock server at {self.url} refused {method} /__mock/{name} with status {status}")
