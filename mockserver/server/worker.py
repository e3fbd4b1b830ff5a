"""A worker process of `--workers`."""

import asyncio
import contextlib
import logging
import os
import signal
import struct
import sys
from collections.abc import Callable
from typing import Final, NoReturn

PID: Final = struct.Struct("i")
"""How a worker that is ready writes its process id to its supervisor."""

_logger = logging.getLogger("mockserver")


class Supervision:
    """What connects a worker with its supervisor: a pipe for "ready", and one that closes if the supervisor is gone.

    `worker` is the number of the worker, from 0. A worker that replaces another one has the same number.
    """

    def __init__(self, worker: int, ready: int, lifeline: int) -> None:
        self.worker = worker
        self._ready = ready
        self._lifeline = lifeline

    def accept_stop(self) -> None:
        """Let SIGTERM arrive, which was blocked until it is handled. Only the supervisor handles SIGINT (Ctrl-C)."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])

    def note_ready(self, stop: Callable[[], None]) -> None:
        """Tell the supervisor that connections are accepted; call `stop` if the supervisor ends. In the event loop."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._ready, PID.pack(os.getpid()))
        loop = asyncio.get_running_loop()

        def on_end() -> None:
            loop.remove_reader(self._lifeline)
            stop()

        loop.add_reader(self._lifeline, on_end)


def become_worker(work: Callable[[], None]) -> NoReturn:
    """Run a worker in this process, right after a fork; then end the process.

    The function never returns: the code of the supervisor would remove the files of the server.
    """
    code = 1
    try:
        work()
        code = 0
    except SystemExit:
        # uvicorn has logged the reason.
        pass
    except BaseException:
        _logger.exception("a worker failed")
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)
