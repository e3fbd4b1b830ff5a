"""Strictness: in which namespaces names that the contract does not document are violations."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final

MAX_NAMESPACES: Final = 10_000


class Strictness:
    """Whether requests are checked strictly: on the whole server, or in single namespaces.

    `initial` holds for the whole server until `set` changes it, and again after a reset. Beyond `MAX_NAMESPACES`, the
    namespace that was set first is forgotten. Thread-safe.
    """

    def __init__(self, *, initial: bool) -> None:
        self._initial = initial
        self._server_wide = initial
        self._namespaces: OrderedDict[str, bool] = OrderedDict()
        self._lock = Lock()

    def of(self, namespace: str) -> bool:
        """Whether the requests of a namespace are checked strictly."""
        return self._namespaces.get(namespace, self._server_wide)

    def set(self, strict: bool | None, namespace: str | None) -> None:  # noqa: FBT001  # as in the control API
        """Set it for one namespace, or for the whole server (None). The value None returns to the default."""
        with self._lock:
            if namespace is None:
                self._server_wide = self._initial if strict is None else strict
                return
            self._namespaces.pop(namespace, None)
            if strict is not None:
                self._namespaces[namespace] = strict
                if len(self._namespaces) > MAX_NAMESPACES:
                    self._namespaces.popitem(last=False)

    def reset(self, namespace: str | None) -> None:
        """Return to the default, in one namespace, or in all and on the whole server (None)."""
        self.set(None, namespace)
        if namespace is None:
            with self._lock:
                self._namespaces.clear()
