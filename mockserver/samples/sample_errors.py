"""Why a schema has no sample."""

from __future__ import annotations

from mockserver.errors import MockserverError

__all__ = ["Exhausted", "NoSample"]


class NoSample(MockserverError):  # noqa: N818  # it is an answer as much as an error
    """No value that satisfies the schema can be made.

    `reason` is a sentence's worth of why, `pointer` the place in the value (RFC 6901) for which it was tried.
    """

    def __init__(self, reason: str, pointer: str = "") -> None:
        super().__init__(f"{pointer}: {reason}" if pointer else reason)
        self.reason = reason
        self.pointer = pointer


class Exhausted(Exception):  # noqa: N818  # it ends one attempt, and never leaves this package
    """The whole attempt has taken too many steps; no other branch of it is tried."""
