"""Signals that arrive before a server listens."""

import signal
from types import FrameType
from typing import Final, NoReturn

_NAMES: Final = ("SIGTERM", "SIGHUP")


class StoppedError(SystemExit):
    """A signal has stopped the process. The exit code is that of a shell: 128 and the number of the signal."""


def stop_early() -> None:
    """Raise StoppedError when a signal arrives, so that files are removed.

    Without a handler, the system ignores SIGTERM if the process is the first one of a container. A signal that is
    ignored, as nohup(1) does it with SIGHUP, stays ignored.
    """
    for name in _NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _stop)


def _stop(number: int, _: FrameType | None) -> NoReturn:
    raise StoppedError(128 + number)
