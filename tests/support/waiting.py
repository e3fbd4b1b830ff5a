"""Waits for what another process or thread will do."""

from __future__ import annotations

import time
from collections.abc import Callable

import redis


def wait_until(condition: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait until a condition holds. A store that does not answer counts as a condition that does not hold."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return
        except redis.ConnectionError:
            # It starts, or was just promoted and closes the connections of its clients.
            pass
        time.sleep(0.02)
    raise AssertionError(f"it took more than {seconds:g} s")
