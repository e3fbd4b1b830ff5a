"""Logs when a store can no longer be used, and when it can be used again."""

import logging
import time
from typing import Final

_logger = logging.getLogger("mockserver")

_CALM_SECONDS: Final = 1.0
"""How long nothing may fail until the store counts as available again. If one node of a cluster is down, other calls
succeed in between."""
_REPEAT_SECONDS: Final = 60.0
"""After this time, a problem that lasts is logged again."""


class Availability:
    """Writes one line into the log when a problem begins, when it lasts, and when it ends."""

    def __init__(self) -> None:
        # Times of the monotonic clock, in seconds.
        self._since: float | None = None
        self._logged = 0.0
        self._last = 0.0

    def note_problem(self, problem: object) -> None:
        """Note that a commit or a check has failed."""
        now = self._last = time.monotonic()
        if self._since is None:
            self._since = now
            _logger.error("The store of --store cannot be used: %s", problem)
        elif now - self._logged >= _REPEAT_SECONDS:
            _logger.error("The store of --store cannot be used for %.0f s: %s", now - self._since, problem)
        else:
            return
        self._logged = now

    def note_success(self) -> None:
        """Note that a commit or a check has succeeded."""
        if self._since is None:
            return
        now = time.monotonic()
        if now - self._last >= _CALM_SECONDS:
            _logger.warning("The store of --store can be used again, after %.1f s", now - self._since)
            self._since = None
