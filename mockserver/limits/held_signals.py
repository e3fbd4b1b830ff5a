"""Holds back the signals that stop a process."""

import contextlib
import signal
from collections.abc import Iterator
from typing import Final

_STOP: Final = (signal.SIGINT, signal.SIGTERM)


def handled_signals() -> tuple[signal.Signals, ...]:
    """The signals that stop a server. SIGHUP, the end of a terminal, is one of them unless nohup(1) ignores it."""
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is None or signal.getsignal(hangup) == signal.SIG_IGN:
        return _STOP
    return (*_STOP, hangup)


@contextlib.contextmanager
def held_signals() -> Iterator[None]:
    """Hold the stop signals of this thread back in this context. They are handled at its end.

    Windows cannot do this: there, they are handled at once.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, handled_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
