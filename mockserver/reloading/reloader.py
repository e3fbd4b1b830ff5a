"""The reloader: a thread that loads edited files while the server continues to answer."""

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from mockserver.contract.document.slips import grouped
from mockserver.engine.engine import Engine
from mockserver.engine.snapshot import ReloadStatus, Snapshot
from mockserver.errors import UsageError
from mockserver.redaction.redact import redact
from mockserver.redaction.terminal import printable
from mockserver.reloading.sources import Sources
from mockserver.settings import Settings

Action = Callable[[], None]

_logger = logging.getLogger("mockserver")

# Network folders and some container mounts report no changes, so files are also checked after this many seconds.
_INTERVAL = 0.5
# The limits keep the reply of `GET /__mock/health` readable.
_MAX_PROBLEMS = 20
_MAX_PROBLEM_LENGTH = 500
_MAX_NAMES = 10
_MAX_NOTES = 10


class Reloader:
    """Keeps an engine up to date with the files of its settings.

    If the files cannot be used, the engine keeps its snapshot, and health reports the problems. `log` receives one
    line per event; by default it is the logger "mockserver". Raises UsageError when watchfiles is not installed.
    """

    def __init__(self, engine: Engine, settings: Settings, *, log: Callable[[str], None] | None = None) -> None:
        if find_spec("watchfiles") is None:
            raise UsageError(
                "--reload needs watchfiles: run pip install watchfiles, or pip install '.[reload]' in a checkout"
            )
        self._engine = engine
        self._log = log or _logger.warning
        self._sources = Sources(settings, engine.snapshot)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        engine.reload = ReloadStatus(since=engine.snapshot.read_at)

    def start(self, run_between_requests: Callable[[Action], object]) -> None:
        """Begin to watch. Another thread calls `run_between_requests` with a function that changes the engine."""
        self._thread = threading.Thread(target=self._run, args=[run_between_requests], name="reload", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        if self._thread is not None:
            # The thread may be reading a large contract: do not wait for the end of it.
            self._thread.join(1.0)

    def _run(self, run_between_requests: Callable[[Action], object]) -> None:
        while not self._stopped.is_set():
            folders = self._sources.folders
            with closing(_possible_changes(folders, self._stopped)) as possible_changes:
                for _ in possible_changes:
                    if self._sources.have_changed(self._stopped.wait):
                        action = self._read()
                        with suppress(RuntimeError):  # The server has ended meanwhile.
                            run_between_requests(action)
                    if self._sources.folders != folders:
                        break

    def _read(self) -> Action:
        """Read the files. Returns the function that serves the result or reports the problems."""
        try:
            snapshot = self._sources.read()
            if self._engine.snapshot.is_prepared:
                snapshot.prepare()
            return partial(self._accept, snapshot)
        except UsageError as error:
            return partial(self._reject, _shortened(str(error).splitlines()))
        except Exception:
            _logger.exception("the changed files cannot be read because of a bug in the mock server")
            problem = "the files cannot be read because of a bug in the mock server; stderr has the traceback"
            return partial(self._reject, (problem,))

    def _accept(self, snapshot: Snapshot) -> None:
        before, recovered = self._engine.snapshot, self._engine.reload and self._engine.reload.problems
        changes, lost = snapshot.changes(before), before.lost
        if changes or recovered:
            self._engine.serve(snapshot)
            self._engine.reload = ReloadStatus(since=time.time())
            more = f" and {len(changes) - _MAX_NAMES} more" if len(changes) > _MAX_NAMES else ""
            self._log(f"reloaded: {', '.join(changes[:_MAX_NAMES]) or 'no changes'}{more}")
        if snapshot.contract is not before.contract:
            for note in grouped(snapshot.contract.document.notes)[:_MAX_NOTES]:
                self._log(f"note: {printable(note)}")
        for name in sorted(snapshot.lost - lost):
            self._log(f"the activated scenario {name} no longer exists: until it exists again, another one answers")

    def _reject(self, problems: tuple[str, ...]) -> None:
        self._engine.reload = ReloadStatus(since=time.time(), problems=problems)
        for problem in problems:
            self._log(f"not reloaded: {problem}")


def _possible_changes(folders: Iterable[Path], stopped: threading.Event) -> Generator[None]:
    """Yields when something in one of the folders has changed, and at least twice a second, until `stopped` is set."""
    import watchfiles

    try:
        for _ in watchfiles.watch(
            *folders,
            watch_filter=None,
            debounce=100,
            step=20,
            stop_event=stopped,
            rust_timeout=int(_INTERVAL * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
            recursive=False,
        ):
            yield
    except (OSError, RuntimeError):
        # A folder was just deleted, or the system allows this user no more watches.
        while not stopped.wait(_INTERVAL):
            yield


def _shortened(problems: list[str]) -> tuple[str, ...]:
    """The first problems, shortened, without control characters and secrets."""
    shown = [redact(printable(problem))[:_MAX_PROBLEM_LENGTH] for problem in problems[:_MAX_PROBLEMS]]
    more = [f"and {len(problems) - _MAX_PROBLEMS} more"] if len(problems) > _MAX_PROBLEMS else []
    return (*shown, *more)
