"""What a process remembers about a cluster, besides the state itself."""

import math
import time
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from mockserver.store.commits import Commits
from mockserver.store.known_state import KnownState
from mockserver.store.transaction import Transaction

_MOST_REMEMBERED: Final = 16_384
"""The maximum number of namespaces or names in each of the caches."""


class ServerRevision(NamedTuple):
    """The revision of the record of the server, and its generation: the revision at the last reset of everything."""

    number: int = 0
    generation: int = 0


class ClusterMemory:
    """What this process has learned from replies. All times are in seconds of the monotonic clock.

    `revision` is the one of the known record of the server. `newest` is the highest number that a namespace has
    reported.
    """

    def __init__(self, known: KnownState, commits: Commits) -> None:
        self._known = known
        self._commits = commits
        self.revision = ServerRevision()
        self.newest = 0
        # For each namespace, the number of the last effects that were applied.
        self._settled: dict[str, int] = {}
        # For each namespace, when this process has registered it.
        self._registered: dict[str, float] = {}
        # For each namespace, its loaded version, and when the call that loaded it began.
        self._loaded: dict[str, tuple[str, float]] = {}
        # For each name, when this process last asked the shared keys for its owners.
        self._asked: dict[str, float] = {}

    def settled(self, namespace: str) -> int:
        """The number of the last effects of a namespace that were applied, as far as this process knows."""
        return self._settled.get(namespace, 0)

    def is_registered(self, namespace: str) -> bool:
        """Whether a namespace is registered: it is told when the record of the server changes."""
        registered = self._registered.get(namespace, -math.inf)
        return bool(self._commits.version(namespace)) or time.monotonic() < registered + self._commits.ttl / 2

    def is_sure(self, part: Transaction, name: str) -> bool:
        """Whether the known owners of a name are up to date if the versions of all namespaces of the part are."""
        return self._asked.get(name, -math.inf) >= part.since or any(
            self._known.is_only_owner(namespace, name) for namespace in part.namespaces
        )

    def is_fresh(self, part: Transaction) -> bool:
        """Whether everything that the part has read was loaded after its decisions arrived.

        This is only known of parts that have read one existing namespace. Several could have changed between two loads.
        """
        if len(part.namespaces) != 1:
            return False
        (namespace,) = part.namespaces
        version, asked = self._loaded.get(namespace, ("", -math.inf))
        is_loaded = bool(version) and version == self._commits.version(namespace) and asked >= part.since
        return is_loaded and all(self.is_sure(part, name) for name in part.names)

    def learn_server(self, reply: Sequence[str]) -> None:
        """Remember the record of the server, its revision and its generation. Raises StoreUnavailableError."""
        version, text, stored_format, number, generation = reply
        self._commits.learn_server(version, text, stored_format)
        if self.revision.generation != int(generation):
            self._registered.clear()
            self._settled.clear()
        self.revision = ServerRevision(int(number), int(generation))

    def learn_owners(self, names: Sequence[str], owners: Sequence[str | None], *, asked: float) -> None:
        """Remember the owners of names."""
        _make_room(self._asked)
        for name, found in zip(names, owners, strict=True):
            self._commits.learn_owners(name, found or "")
            self._asked[name] = asked
            if found and " " not in found:
                self._known.learn_only_owner(found, name)

    def learn_loaded(self, namespaces: Sequence[Any], *, asked: float) -> None:
        """Remember namespaces and their fields, as the script for a namespace returns them."""
        _make_room(self._loaded)
        self._commits.learn_namespaces(namespaces)
        for namespace, version, *_ in namespaces:
            self._loaded[namespace] = version, asked

    def learn_registered(self, namespaces: Sequence[str], applied: Sequence[str | None]) -> None:
        """Remember that namespaces are registered, and the numbers of their last applied effects."""
        _make_room(self._registered)
        for namespace, number in zip(namespaces, applied, strict=True):
            self._registered[namespace] = time.monotonic()
            self.settle(namespace, int(number or 0))

    def settle(self, namespace: str, number: int) -> None:
        """Remember that the effects of a namespace were applied up to this number."""
        _make_room(self._settled)
        self._settled[namespace] = max(number, self.settled(namespace))


def _make_room(cache: dict[str, Any]) -> None:
    if len(cache) > _MOST_REMEMBERED:
        cache.clear()
