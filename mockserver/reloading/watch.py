"""Waiting until files may have changed."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from pathlib import Path

import watchfiles

__all__ = ["wakes"]

# Network folders and some containers' mounts report no changes, and no folder reports its own return; in seconds.
_TICK = 0.5
# A burst of changes is one; in milliseconds.
_STEP = 20
_BURST = 100


def wakes(folders: Iterable[Path], stop: threading.Event) -> Generator[None]:
    """Yields when something has changed in one of the folders, and twice a second in any case; ends with the event."""
    try:
        for _ in watchfiles.watch(
            *folders,
            watch_filter=None,
            debounce=_BURST,
            step=_STEP,
            stop_event=stop,
            rust_timeout=int(_TICK * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
            recursive=False,
        ):
            yield
    except (OSError, RuntimeError):
        # A folder has just gone, or the system watches no more of them for this user.
        while not stop.wait(_TICK):
            yield
