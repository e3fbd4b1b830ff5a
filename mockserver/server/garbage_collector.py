"""Runs Python's garbage collector between requests, on few objects at a time, so that it never takes long."""

import asyncio
import gc

# A request leaves about fifteen objects, in the journal: so a collection takes less than a millisecond.
_REQUESTS = 128
# If a single request creates more objects than this, Python collects meanwhile.
_OBJECTS = 50_000


class GarbageCollector:
    """Collects after every 128 requests, and excludes what survives from later collections.

    Python's own collections would visit the whole journal again and again, which takes 10 to 65 ms. Objects that
    survive a collection are freed as soon as nothing refers to them. Only reference cycles would stay. Requests leave
    none, but there can be some while a request is answered. Therefore collections run between requests. There is none
    while another part of the process has switched collections off, as the warm-up does.
    """

    def __init__(self) -> None:
        self._requests = 0
        gc.collect()
        gc.freeze()
        # Objects that are collected in between stay in the second generation, which `_collect` visits.
        gc.set_threshold(_OBJECTS, 1_000, 1_000)

    def count_request(self) -> None:
        """Count an answered request. Call this in the event loop."""
        self._requests += 1
        if self._requests >= _REQUESTS:
            self._requests = 0
            asyncio.get_running_loop().call_soon(_collect)


def _collect() -> None:
    if gc.isenabled():
        gc.collect(1)
        gc.freeze()
