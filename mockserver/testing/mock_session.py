"""The mock of one pytest run, and the use that each test makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pytest

from mockserver.engine.coverage import Cell
from mockserver.errors import UsageError
from mockserver.redaction.terminal import printable
from mockserver.settings import refuse_url
from mockserver.testing.backends import Backend, backend_of
from mockserver.testing.failure_reports import ContractBrokenError, entry_lines
from mockserver.testing.journal_watch import JournalWatch
from mockserver.testing.mock_server import MockServer
from mockserver.testing.reply_value import UnexpectedReplyError
from mockserver.testing.running_server import RunningServer
from mockserver.testing.started_server import StartedServer

if TYPE_CHECKING:
    import httpx

    from mockserver.testing.local_backend import LocalBackend

DEFAULT_SEED: Final = 1
MAX_ENTRIES: Final = 20
"""How many of the latest exchanges are shown with a failure."""

MARKER_ARGUMENTS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "scenario": (str, type(None)),
    "allow_violations": bool,
    "strict": bool,
}


@dataclass(kw_only=True)
class MockUsage:
    """The use that one test makes of the mock.

    `test` is the test's node id. `problem` describes the requests that were refused or broke the contract. `reported`
    is true after the test has failed because of them, `has_failed` after it has failed for any reason.
    """

    session: MockSession
    test: str
    mock: MockServer
    watch: JournalWatch
    allow_violations: bool
    problem: str | None = None
    reported: bool = False
    has_failed: bool = False

    def update(self) -> None:
        """Read the exchanges up to now, for the coverage and the problem."""
        try:
            self.watch.update()
            self.session.cells |= self.watch.cells
            for warning in self.watch.warnings:
                self.session.warnings.setdefault(warning, {})[self.test] = None
            unsound = self.watch.unsound
            if unsound and not self.allow_violations:
                hints = ["to allow it: @pytest.mark.mockserver(allow_violations=True)"]
                if self.session.generates_keys and any(each.refused == "not-authenticated" for each in unsound):
                    hints.append(
                        "if the server was started with --api-key: pass one of its keys as --mockserver-api-key"
                    )
                error = ContractBrokenError(unsound, in_force=self.mock.in_force)
                self.problem = "\n".join([str(error), *(f"  ({hint})" for hint in hints)])
        except UsageError as error:
            self.problem = f"mockserver: {error}"

    def end(self) -> None:
        """Read the last exchanges, after the test and its fixtures have ended."""
        self.update()
        self.watch.end()

    def summary(self) -> str:
        """What the mock received, for the report of a failure."""
        try:
            entries = self.mock.journal
            lines = [
                f"scenario in force: {self.mock.in_force}",
                f"{len(entries)} request{'' if len(entries) == 1 else 's'} in the test's namespace, {self.mock.shown}",
                *(f"  {entry}" for entry in entries[-MAX_ENTRIES:]),
            ]
        except UsageError as error:
            return str(error)
        if self.watch.unsound and not self.reported:
            lines += ["refused or broke the contract:", *entry_lines(self.watch.unsound)]
        return "\n".join(map(printable, lines))


class MockSession:
    """The mock for all tests of a process: in it, started by a command, or a running server. Raises UsageError.

    `cells` has the outcomes that the tests have used, `warnings` the tests that caused each warning. All clients share
    the connections of `transport`.
    """

    def __init__(self, options: Mapping[str, str | None], config: pytest.Config) -> None:
        self.cells: set[Cell] = set()
        self.warnings: dict[tuple[str, str], dict[str, None]] = {}
        self.transport: httpx.HTTPTransport | None = None
        is_running = options["url"] is not None
        self.is_remote = is_running or options["command"] is not None
        # Another server may accept only its own keys.
        self.generates_keys = self.is_remote and options["api_key"] is None
        self._options = options
        self._strict = True if options["strict"] else None
        if is_running and options["api_key"] and getattr(config, "workerinput", {}).get("workercount", 1) > 1:
            raise UsageError(
                "with --mockserver-api-key and --mockserver-url all tests share one namespace, so workers of "
                "pytest-xdist would disturb each other: leave out one of the three"
            )
        self._backend = self._new_backend(config)
        # None for a server that others may use, too.
        self._own_backend: LocalBackend | StartedServer | None = None
        if isinstance(self._backend, StartedServer) or not isinstance(self._backend, RunningServer):
            self._own_backend = self._backend
        # Two runs against the same server must not share namespaces.
        self._salt = uuid4().hex if is_running else ""
        self._owners: set[str] = set()
        self._started = False

    def start(self) -> None:
        """Start listening."""
        if not self._started:
            self._backend.start()
            self._started = True

    def use(self, item: pytest.Item) -> MockUsage:
        """The mock for one test, with a new namespace or one in its initial state."""
        arguments = _marker_arguments(item)
        test_id = (item.nodeid + self._salt).encode("utf-8", "surrogatepass")
        key = f"api_key_test_{blake2b(test_id, digest_size=10, person=b'test').hexdigest()}"
        mock = MockServer(backend=self._backend, api_key=self._options["api_key"] or key)
        if self._own_backend is not None:
            # Only these tests use the mock, so the state of every namespace can go.
            self._own_backend.restore()
        elif mock.owner in self._owners or self._options["api_key"]:
            # All tests share the key, or a test is repeated.
            mock.reset()
        if arguments.get("scenario") is not None:
            mock.scenario(arguments["scenario"])
        self._set_strict(mock, arguments.get("strict", self._strict))
        watch = mock.watch(frozenset(self._owners - {mock.owner}))
        self._owners.add(mock.owner)
        return MockUsage(
            session=self,
            test=item.nodeid,
            mock=mock,
            watch=watch,
            allow_violations=arguments.get("allow_violations", False),
        )

    def _set_strict(self, mock: MockServer, strict: bool | None) -> None:  # noqa: FBT001  # see MockServer.strict
        if self._own_backend is not None:
            # Only these tests use the mock: requests without the key of the test are checked strictly, too.
            self._own_backend.set_strict(strict)
        elif strict is not None:
            mock.strict(strict)

    def finish(self) -> dict[str, Any] | None:
        """Stop the mock. Returns the used and the expected cells and the warnings; None if there is no mock.

        All of them are plain values, which a worker of pytest-xdist can send.
        """
        if self.transport is not None:
            self.transport.close()
        problem = None
        try:
            expected = MockServer(backend=self._backend, api_key="api_key_test").expected_cells
        except UnexpectedReplyError as error:
            expected, problem = [], str(error)
        except UsageError:
            # The tests have already failed for this reason, or the server has stopped since.
            return None
        finally:
            self._backend.stop()
        warnings = [[operation, text, list(tests)] for (operation, text), tests in self.warnings.items()]
        return {
            "cells": [list(cell) for cell in self.cells],
            "expected": [list(cell) for cell in expected],
            "warnings": warnings,
            "problem": problem,
        }

    def _new_backend(self, config: pytest.Config) -> Backend:
        changes: dict[str, Any] = {}
        # A path in the ini file is relative to that file, a path on the command line to the current folder.
        ini_folder = config.inipath.parent if config.inipath else config.rootpath
        for name in ("spec", "scenarios"):
            value = self._options[name]
            if value is not None:
                refuse_url(f"--mockserver-{name}", value)
                changes[name] = Path(value) if config.getoption(f"mockserver_{name}") else ini_folder / value
        url, seed = self._options["url"], self._options["seed"]
        if url is None or seed is not None:
            try:
                changes["seed"] = DEFAULT_SEED if seed is None else int(seed)
            except ValueError:
                raise UsageError(f"--mockserver-seed {seed!r} is not a whole number") from None
        command, admin_token = self._options["command"], self._options["admin_token"]
        if url is None and command is not None:
            settings = {
                name: str(value.absolute() if isinstance(value, Path) else value) for name, value in changes.items()
            }
            return StartedServer(command, settings=settings, admin_token=admin_token)
        return backend_of(None, url, admin_token if url else None, changes)


def _marker_arguments(item: pytest.Item) -> dict[str, Any]:
    """The arguments of a test's markers; the nearest marker wins. Raises UsageError if an argument is wrong."""
    arguments: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers("mockserver"))):
        if marker.args:
            raise UsageError(f"the marker takes keyword arguments only: write mockserver(scenario={marker.args[0]!r})")
        for name, value in marker.kwargs.items():
            if name not in MARKER_ARGUMENTS:
                raise UsageError(f"the marker has no argument {name!r}; it has {', '.join(MARKER_ARGUMENTS)}")
            if not isinstance(value, MARKER_ARGUMENTS[name]):
                raise UsageError(f"the marker's argument {name} cannot be {value!r}")
        arguments |= marker.kwargs
    return arguments
