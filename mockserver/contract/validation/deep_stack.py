"""Raises Python's recursion limit for a while. The limit applies to all threads."""

import sys
from threading import Lock
from typing import Final

MAX_FRAMES: Final = 5_000

_lock = Lock()


class DeepStack:
    """A context in which at least MAX_FRAMES calls may be nested, also if other threads are in such a context."""

    _users = 0
    _usual = 0

    def __enter__(self) -> None:
        with _lock:
            if DeepStack._users == 0:
                DeepStack._usual = sys.getrecursionlimit()
                sys.setrecursionlimit(max(DeepStack._usual, MAX_FRAMES))
            DeepStack._users += 1

    def __exit__(self, *_: object) -> None:
        with _lock:
            DeepStack._users -= 1
            if DeepStack._users == 0:
                sys.setrecursionlimit(DeepStack._usual)
