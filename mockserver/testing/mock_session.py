"""A suite: one mock for all tests of a process, and the use that each test makes of it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pytest

from mockserver.engine.coverage import Cell
from mockserver.errors import UsageError
from mockserver.settings import Settings, refuse_url
from mockserver.testing.backends import Backend, LocalBackend, RemoteBackend
from mockserver.testing.failure_reports import ContractBrokenError, entry_lines
from mockserver.testing.journal_entry import JournalEntry
from mockserver.testing.mock_server import MockServer

if TYPE_CHECKING:
    import httpx

    from mockserver.testing.shared_connections import SharedTransport

__all__ = ["MockSession", "MockUsage"]

SEED: Final = 1
SHOWN: Final = 20
"""So many of the latest exchanges are shown beside a failure."""

NOBODY: Final = "api_key_test"
MARKER: Final = "mockserver"
MARKS: Final[Mapping[str, type | tuple[type, ...]]] = {"scenario": (str, type(None)), "allow_violations": bool}


class MockUsage:
    """What one test does with the mock.

    `complaint` says what went wrong, once it was looked for; `complained` that the test has failed by it.
    """

    def __init__(self, suite: MockSession, mock: MockServer, *, allows: bool, former: Container[str]) -> None:
        self.suite = suite
        self.mock = mock
        self.complaint: str | None = None
        self.complained = False
        self.has_failed = False
        self._allows = allows
        self._watch = mock.watch(former)

    def look(self) -> None:
        """Look at what has come: note what was exercised, and what is to be complained about."""
        try:
            self._watch.look()
            self.suite.cells |= self._watch.cells
            if self._unsound and not self._allows:
                hints = ["to allow it: @pytest.mark.mockserver(allow_violations=True)"]
                if self.suite.makes_keys and any(each.refused == "not-authenticated" for each in self._unsound):
                    hints.append(
                        "if the server was started with --api-key: give one of its keys as --mockserver-api-key"
                    )
                broken = ContractBrokenError(self._unsound, in_force=self.mock.in_force)
                self.complaint = "\n".join([str(broken), *(f"  ({hint})" for hint in hints)])
        except UsageError as error:
            self.complaint = f"mockserver: {error}"

    def end(self) -> None:
        """The test is over, its fixtures too."""
        self.look()
        self._watch.end()

    @property
    def _unsound(self) -> list[JournalEntry]:
        return self._watch.unsound

    def told(self) -> str:
        """What the mock saw, for whoever reads of a failure."""
        try:
            return "\n".join(self._lines())
        except UsageError as error:
            return str(error)

    def _lines(self) -> list[str]:
        entries = self.mock.journal
        count = f"{len(entries)} request{'' if len(entries) == 1 else 's'}"
        lines = [
            f"scenario in force: {self.mock.in_force}",
            f"{count} came in the test's namespace, {self.mock.shown}",
            *(f"  {entry}" for entry in entries[-SHOWN:]),
        ]
        if self._unsound and not self.complained:
            lines += ["refused, or in breach of the contract:", *entry_lines(self._unsound)]
        return lines

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """An httpx client of the test's namespace; the connections behind it are those of the whole suite."""
        if find_spec("httpx") is None:
            raise UsageError("mockserver_client needs httpx: run pip install '.[pytest]' in a checkout")
        import httpx

        with httpx.Client(
            base_url=self.mock.url, headers=self.mock.headers, transport=self.suite.lend(), trust_env=False
        ) as client:
            yield client


class MockSession:
    """One mock for all tests of a process: of its own, or one that runs already. Raises UsageError."""

    def __init__(self, options: Mapping[str, str | None], config: pytest.Config) -> None:
        self.cells: set[Cell] = set()
        self._options = options
        url = options["url"]
        self.is_remote = url is not None
        if self.is_remote and options["api_key"] and getattr(config, "workerinput", {}).get("workercount", 1) > 1:
            raise UsageError(
                "--mockserver-api-key with --mockserver-url gives all tests one namespace, and workers of pytest-xdist "
                "would disturb each other in it: leave one of the three out"
            )
        self._host = self._remote(url) if url else LocalBackend(self._settings(config))
        # Two runs against one server must not meet.
        self._salt = uuid4().hex if self.is_remote else ""
        self._used: set[str] = set()
        self._owners: set[str] = set()
        self._started = False
        self._connections: SharedTransport | None = None

    @property
    def makes_keys(self) -> bool:
        """Whether tests send keys of ours to a server that may accept others."""
        return self.is_remote and self._options["api_key"] is None

    def start(self) -> None:
        """Have the mock listen."""
        if not self._started:
            self._host.start()
            self._started = True

    def use(self, item: pytest.Item) -> MockUsage:
        """The mock for one test: a namespace that nobody has used, or that is as new."""
        marks = _marks(item)
        key = self._options["api_key"] or f"api_key_test_{_hash(item.nodeid + self._salt)}"
        mock = MockServer(on=self._host, api_key=key)
        if isinstance(self._host, LocalBackend):
            # Nobody else uses it: what earlier tests have left, under whatever key, is gone.
            self._host.engine.reset(None)
        elif key in self._used or self._options["api_key"]:
            # The same key again: every test has it, or a test is run once more.
            mock.reset()
        self._used.add(key)
        if marks.get("scenario") is not None:
            mock.scenario(marks["scenario"])
        former = frozenset(self._owners - {mock.owner})
        self._owners.add(mock.owner)
        return MockUsage(self, mock, allows=bool(marks.get("allow_violations")), former=former)

    def lend(self) -> httpx.BaseTransport:
        """Connections for the client of one test: to set up new ones takes longer than a test should."""
        from mockserver.testing.shared_connections import SharedTransport

        if self._connections is None:
            self._connections = SharedTransport()
        return self._connections.lend()

    def finish(self) -> dict[str, Any] | None:
        """Stop the mock; gives what was exercised, and what there was to exercise, as plain values; None without a mock."""
        if self._connections is not None:
            self._connections.close()
        try:
            report = MockServer(on=self._host, api_key=NOBODY).coverage
        except UsageError:
            # Each test was told that there is none; or it has gone meanwhile.
            return None
        finally:
            self._host.stop()
        expected = [
            [each["operation"], each["scenario"] or "", each["outcome"]] for each in report["cells"] if each["expected"]
        ]
        return {"cells": [[cell.operation, cell.scenario, cell.outcome] for cell in self.cells], "expected": expected}

    def _remote(self, url: str) -> Backend:
        given = [name for name in ("spec", "scenarios", "seed") if self._options[name]]
        if given:
            flags = ", ".join(f"--mockserver-{name}" for name in given)
            raise UsageError(
                f"{flags}: the server at {url} runs already and has its own; leave it out, or --mockserver-url"
            )
        return RemoteBackend(url, admin_token=self._options["admin_token"])

    def _settings(self, config: pytest.Config) -> Settings:
        base = config.inipath.parent if config.inipath else config.rootpath

        def path(name: str) -> Path | None:
            said = self._options[name]
            if said is None:
                return None
            refuse_url(f"--mockserver-{name}", said)
            # A flag is meant from where it is typed, the ini file from where it lies.
            return Path(said) if config.getoption(f"mockserver_{name}") else base / said

        return Settings(
            port=0, spec=path("spec"), scenarios=path("scenarios"), seed=_whole(self._options["seed"], SEED)
        )


def _marks(item: pytest.Item) -> dict[str, Any]:
    """What the markers of a test say; the nearest one counts. Raises UsageError for what none of them may say."""
    said: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers(MARKER))):
        if marker.args:
            raise UsageError(f"the marker takes no positional values: write mockserver(scenario={marker.args[0]!r})")
        for name, value in marker.kwargs.items():
            if name not in MARKS:
                raise UsageError(f"the marker has no {name!r}; it has {', '.join(MARKS)}")
            if not isinstance(value, MARKS[name]):
                raise UsageError(f"the marker's {name} cannot be {value!r}")
        said |= marker.kwargs
    return said


def _whole(text: str | None, default: int) -> int:
    try:
        return default if text is None else int(text)
    except ValueError:
        raise UsageError(f"--mockserver-seed {text!r} is not a whole number") from None


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10, person=b"test").hexdigest()
