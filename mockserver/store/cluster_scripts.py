"""Runs the scripts for a cluster, and remembers what their replies say about the state of the cluster."""

import asyncio
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from mockserver.store.cluster_messages import Effect, NamespaceReply, SharedReply
from mockserver.store.commits import COMMITTED, Commits
from mockserver.store.exchange import MISSING
from mockserver.store.known_state import KnownState
from mockserver.store.redis_link import RedisLink, Texts, in_batches
from mockserver.store.transaction import Transaction

ASK_FIRST: Final = 3
"""The script for a namespace returns this if the process has an outdated record of the server."""
_MOST_REMEMBERED: Final = 16_384
"""The maximum number of namespaces or names in each of the caches."""


class MissingError(Exception):
    """The store has no record of the server."""


class ClusterScripts:
    """Runs the scripts for namespaces and for the shared keys.

    `generation` is the revision of the server at the last reset of everything.
    """

    def __init__(self, link: RedisLink, known: KnownState, commits: Commits) -> None:
        self._link = link
        self._known = known
        self._commits = commits
        self.generation = 0
        self._revision = 0
        # The highest revision of the server that a namespace has reported.
        self._newest = 0
        # By namespace: the number of the last effects that were applied.
        self._settled: dict[str, int] = {}
        # By namespace: when this process has registered it, in seconds of the monotonic clock.
        self._registered: dict[str, float] = {}
        # By name: when the shared keys were asked for its owners, in the same unit.
        self._asked: dict[str, float] = {}

    def is_registered(self, namespace: str) -> bool:
        """Whether a namespace is registered: it is told when the record of the server changes."""
        registered = self._registered.get(namespace, -math.inf)
        return bool(self._commits.version(namespace)) or time.monotonic() < registered + self._commits.ttl / 2

    def is_sure(self, part: Transaction, name: str) -> bool:
        """Whether the known owners of a name are up to date if the versions of all namespaces of the part are."""
        return self._asked.get(name, -math.inf) >= part.since or any(
            self._known.is_only_owner(namespace, name) for namespace in part.namespaces
        )

    async def call_all(self, members: Mapping[str, Mapping[str, Any]]) -> list[NamespaceReply]:
        """Run the script for several namespaces; returns the replies. Raises StoreUnavailableError."""
        replies = list[NamespaceReply]()
        for some in in_batches(list(members.items())):
            replies += await asyncio.gather(*(self.call(*each, self._link.new_id()) for each in some))
        return replies

    async def call(
        self, namespace: str, members: Mapping[str, Any], commit: str, texts: Texts | None = None
    ) -> NamespaceReply:
        """Run the script for a namespace; returns its reply. Raises StoreUnavailableError."""
        texts = texts or Texts()
        message = {
            **self._commits.header(commit),
            "namespace": namespace,
            "fields": (),
            "revision": self._revision,
            "generation": self.generation,
            "settled": self._settled.get(namespace, 0),
            **members,
        }
        reply = await self._link.run("cluster_namespace", message, texts, namespace=namespace)
        result, number, pending, loaded = reply
        effects = [Effect(namespace, int(other), text) for other, text in pending] if result == COMMITTED else []
        if result == ASK_FIRST:
            self._newest = max(self._newest, int(number))
        elif number:
            effects.append(Effect(namespace, int(number), texts.text(members["part"]["effects"])))
        return NamespaceReply(result, tuple(effects), loaded)

    async def ask_shared(
        self,
        effects: Sequence[Effect] = (),
        names: Iterable[str] = (),
        register: Sequence[str] = (),
        **members: Any,
    ) -> SharedReply:
        """Run the script for the shared keys; returns its reply. Raises StoreUnavailableError and MissingError."""
        texts, names, asked = Texts(), list(names), time.monotonic()
        message = {
            **self._commits.header(self._link.new_id()),
            **self._commits.limits(),
            "generation": self.generation,
            "newest": self._newest,
            "effects": [(*effect[:2], texts.number(effect.text)) for effect in effects],
            "names": names,
            "register": register,
            "gone": (),
            **members,
        }
        reply = await self._link.run("cluster_shared", message, texts)
        if reply == MISSING:
            raise MissingError
        read = SharedReply(*reply)
        self.learn_server(read.server)
        self._learn_owners(names, read.owners, asked)
        self._learn_registered(register, read.applied)
        for effect in effects:
            self._settle(effect.namespace, effect.number)
        return read

    def learn_server(self, reply: Sequence[str]) -> None:
        """Remember the record of the server, its revision and its generation. Raises StoreUnavailableError."""
        version, text, stored_format, revision, generation = reply
        self._commits.learn_server(version, text, stored_format)
        if self.generation != int(generation):
            self._registered.clear()
            self._settled.clear()
        self._revision, self.generation = int(revision), int(generation)

    def _learn_owners(self, names: Sequence[str], owners: Sequence[str | None], asked: float) -> None:
        if len(self._asked) > _MOST_REMEMBERED:
            self._asked.clear()
        for name, found in zip(names, owners, strict=True):
            self._commits.learn_owners(name, found or "")
            self._asked[name] = asked
            if found and " " not in found:
                self._known.learn_only_owner(found, name)

    def _learn_registered(self, namespaces: Sequence[str], applied: Sequence[str | None]) -> None:
        if len(self._registered) > _MOST_REMEMBERED:
            self._registered.clear()
        for namespace, number in zip(namespaces, applied, strict=True):
            self._registered[namespace] = time.monotonic()
            self._settle(namespace, int(number or 0))

    def _settle(self, namespace: str, number: int) -> None:
        """Remember that the effects of a namespace were applied up to this number."""
        if len(self._settled) > _MOST_REMEMBERED:
            self._settled.clear()
        self._settled[namespace] = max(number, self._settled.get(namespace, 0))
