"""The reloader: a thread that reads what was edited, beside a server that goes on answering."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from importlib.util import find_spec

from mockserver.engine.engine import Engine
from mockserver.engine.snapshot import ReloadStatus, Snapshot
from mockserver.errors import UsageError
from mockserver.redaction import redact
from mockserver.reloading.sources import Sources
from mockserver.settings import Settings

__all__ = ["Act", "Reloader"]

Act = Callable[[], None]

_logger = logging.getLogger("mockserver")

# What people can read, and `mockserver health` does.
_MOST_PROBLEMS = 20
_LONGEST_PROBLEM = 500
_MOST_NAMES = 10


class Reloader:
    """Keeps an engine up to date with the files that its settings name.

    What cannot be served changes nothing but what health says. `tell` takes lines for the log, else logging does.
    Raises UsageError when watchfiles is not installed.
    """

    def __init__(self, engine: Engine, settings: Settings, *, tell: Callable[[str], None] | None = None) -> None:
        if find_spec("watchfiles") is None:
            raise UsageError("--reload needs watchfiles: run pip install '.[reload]' in a checkout")
        self._engine = engine
        self._tell = tell or _logger.warning
        self._sources = Sources(settings, engine.snapshot)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        engine.reload = ReloadStatus(since=engine.snapshot.read_at)

    def start(self, between: Callable[[Act], object]) -> None:
        """Watch from now on; `between` has an act done between two requests, and is called from another thread."""
        self._thread = threading.Thread(target=self._run, args=[between], name="reload", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stop.set()
        if self._thread is not None:
            # Whoever still reads a large contract is not waited for.
            self._thread.join(1.0)

    def _run(self, between: Callable[[Act], object]) -> None:
        from mockserver.reloading.watch import wakes

        while not self._stop.is_set():
            folders = self._sources.folders
            with closing(wakes(folders, self._stop)) as waking:
                for _ in waking:
                    if self._sources.have_changed(self._stop.wait):
                        act = self._read()
                        with suppress(RuntimeError):  # The server has ended meanwhile.
                            between(act)
                    if self._sources.folders != folders:
                        break

    def _read(self) -> Act:
        """Read the files; gives what is to be done about them."""
        try:
            return partial(self._accept, self._sources.read())
        except UsageError as error:
            return partial(self._reject, _shown(str(error).splitlines()))
        except Exception:
            _logger.exception("the files that changed met a bug of the mock server")
            return partial(self._reject, ("the files met a bug of the mock server; stderr has more",))

    def _accept(self, snapshot: Snapshot) -> None:
        before, recovered = self._engine.snapshot, self._engine.reload and self._engine.reload.problems
        changes, lost = snapshot.changes(before), before.lost
        if changes or recovered:
            self._engine.serve(snapshot)
            self._engine.reload = ReloadStatus(since=time.time())
            self._tell(f"reloaded: {_listed(changes) or 'the files are what is snapshot'}")
        for name in sorted(snapshot.lost - lost):
            self._tell(f"the scenario {name} is activated and gone: until it is back, the next that applies answers")

    def _reject(self, problems: tuple[str, ...]) -> None:
        self._engine.reload = ReloadStatus(since=time.time(), problems=problems)
        for problem in problems:
            self._tell(f"not reloaded: {problem}")


def _listed(names: list[str]) -> str:
    """The names, the first few of them."""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{', '.join(names[:_MOST_NAMES])}{more}"


def _shown(lines: list[str]) -> tuple[str, ...]:
    """The lines, the first few of them, each printable, not too long and without secrets."""
    plain = [line if line.isprintable() else line.encode("unicode_escape").decode() for line in lines[:_MOST_PROBLEMS]]
    shown = [redact(line)[:_LONGEST_PROBLEM] for line in plain]
    more = [f"and {len(lines) - _MOST_PROBLEMS} more"] if len(lines) > _MOST_PROBLEMS else []
    return (*shown, *more)
