"""Usage counts: how often each stub with `times` has answered, per namespace and scenario."""

from collections import OrderedDict
from threading import Lock
from typing import Final, Protocol

from mockserver.scenarios.scenario import Stub

MOST_NAMESPACES: Final = 10_000


class Usage(Protocol):
    """Counts the answers of stubs with `times`, per namespace and scenario."""

    def claim(self, namespace: str, scenario: str, stub: Stub) -> bool:
        """Whether the stub may answer once more. If so, the answer is counted."""

    def reset(self, namespace: str | None = None, scenario: str | None = None) -> None:
        """Start counting again: in one namespace or all (None), for one scenario or all (None)."""


class UsageCounts:
    """Counts the answers of stubs with `times`. Safe to use from many threads.

    Beyond `most` namespaces, the one that was unused longest is forgotten and starts again when it comes back.
    """

    def __init__(self, *, most: int = MOST_NAMESPACES) -> None:
        self._most = most
        self._lock = Lock()
        self._counts: OrderedDict[str, dict[tuple[str, str], int]] = OrderedDict()

    def claim(self, namespace: str, scenario: str, stub: Stub) -> bool:
        """Whether the stub may answer once more. If so, the answer is counted."""
        if stub.times is None:
            return True
        with self._lock:
            counts = self._counts.setdefault(namespace, {})
            self._counts.move_to_end(namespace)
            if len(self._counts) > self._most:
                self._counts.popitem(last=False)
            used = counts.get((scenario, stub.name), 0)
            if used >= stub.times:
                return False
            counts[scenario, stub.name] = used + 1
            return True

    def reset(self, namespace: str | None = None, scenario: str | None = None) -> None:
        """Start counting again: in one namespace or all (None), for one scenario or all (None)."""
        with self._lock:
            for name in list(self._counts) if namespace is None else [namespace]:
                counts = self._counts.get(name, {})
                for key in [key for key in counts if scenario in (None, key[0])]:
                    del counts[key]
