"""A setting of the whole server that single namespaces can override."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final, Generic, Protocol, TypeVar

Value = TypeVar("Value")

MAX_NAMESPACES: Final = 10_000
"""How many namespaces can override a setting. Beyond that, the one that was set first is forgotten."""


class Setting(Protocol[Value]):
    """A setting of the whole server that single namespaces can override."""

    server_wide: Value
    """The value for namespaces without a value of their own."""

    def of(self, namespace: str) -> Value:
        """The value for a namespace."""

    def own(self, namespace: str) -> Value | None:
        """The namespace's own value, or None."""

    def all_own(self) -> set[Value]:
        """The values of all namespaces that have their own, as far as they are known."""

    def set(self, value: Value | None, namespace: str | None) -> None:
        """Set the value for a namespace, or for the whole server (None). The value None restores the default."""

    def reset(self, namespace: str | None) -> None:
        """Restore the default for a namespace, or for all namespaces and the whole server (None)."""


class NamespaceSetting(Generic[Value]):
    """One setting. `server_wide` is the value for namespaces without a value of their own. Thread-safe."""

    def __init__(self, initial: Value) -> None:
        self.server_wide = initial
        self._initial = initial
        self._own: OrderedDict[str, Value] = OrderedDict()
        self._lock = Lock()

    def of(self, namespace: str) -> Value:
        """The value for a namespace."""
        return self._own.get(namespace, self.server_wide)

    def own(self, namespace: str) -> Value | None:
        """The namespace's own value, or None."""
        return self._own.get(namespace)

    def all_own(self) -> set[Value]:
        """The values of all namespaces that have their own."""
        with self._lock:
            return set(self._own.values())

    def set(self, value: Value | None, namespace: str | None) -> None:
        """Set the value for a namespace, or for the whole server (None). The value None restores the default."""
        if namespace is None:
            self.server_wide = self._initial if value is None else value
            return
        with self._lock:
            self._own.pop(namespace, None)
            if value is not None:
                self._own[namespace] = value
                if len(self._own) > MAX_NAMESPACES:
                    self._own.popitem(last=False)

    def reset(self, namespace: str | None) -> None:
        """Restore the default for a namespace, or for all namespaces and the whole server (None)."""
        self.set(None, namespace)
        if namespace is None:
            with self._lock:
                self._own.clear()
