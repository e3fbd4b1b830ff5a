"""Runs the scripts for a cluster."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from mockserver.store.cluster_memory import ClusterMemory, ServerRevision
from mockserver.store.cluster_messages import Effect, NamespaceReply, SharedReply
from mockserver.store.commits import COMMITTED, Commits
from mockserver.store.exchange import MISSING
from mockserver.store.redis_link import RedisLink, Texts, in_batches

ASK_FIRST: Final = 3
"""The script for a namespace returns this if the process has an outdated record of the server."""
PAUSE_FOR_ANOTHER: Final = 0.002
"""How long to wait, in seconds, before another call to a namespace that another process has reserved."""


class MissingError(Exception):
    """The store has no record of the server."""


class ClusterScripts:
    """Runs the scripts for namespaces and for the shared keys, and remembers what their replies say."""

    def __init__(self, link: RedisLink, memory: ClusterMemory, commits: Commits) -> None:
        self._link = link
        self._memory = memory
        self._commits = commits

    async def call_all(
        self, members: Mapping[str, Mapping[str, Any]], revision: ServerRevision | None = None
    ) -> list[NamespaceReply]:
        """Run the script for several namespaces; returns the replies. The revision is that of `call`.

        Raises StoreUnavailableError.
        """
        replies = list[NamespaceReply]()
        for some in in_batches(list(members.items())):
            replies += await asyncio.gather(
                *(self.call(*each, self._link.new_id(), revision=revision) for each in some)
            )
        return replies

    async def call(
        self,
        namespace: str,
        members: Mapping[str, Any],
        commit: str,
        texts: Texts | None = None,
        revision: ServerRevision | None = None,
    ) -> NamespaceReply:
        """Run the script for a namespace; returns its reply. Raises StoreUnavailableError.

        `revision` is the one of the record of the server that a decision has read. Without one, it is the newest.
        """
        texts, revision, asked = texts or Texts(), revision or self._memory.revision, time.monotonic()
        message = {
            **self._commits.header(commit),
            "namespace": namespace,
            "fields": (),
            "revision": revision.number,
            "generation": revision.generation,
            "settled": self._memory.settled(namespace),
            **members,
        }
        reply = await self._link.run("cluster_namespace", message, texts, namespace=namespace)
        result, number, pending, loaded = reply
        effects = [Effect(namespace, int(other), text) for other, text in pending] if result == COMMITTED else []
        if result == ASK_FIRST:
            self._memory.newest = max(self._memory.newest, int(number))
        elif number:
            effects.append(Effect(namespace, int(number), texts.text(members["part"]["effects"])))
        return NamespaceReply(result, tuple(effects), loaded, asked)

    async def ask_shared(
        self,
        effects: Sequence[Effect] = (),
        names: Iterable[str] = (),
        register: Sequence[str] = (),
        revision: ServerRevision | None = None,
        **members: Any,
    ) -> SharedReply:
        """Run the script for the shared keys; returns its reply. Raises StoreUnavailableError and MissingError.

        `revision` is the one with which the effects were committed. Without one, it is the newest.
        """
        texts, names, asked = Texts(), list(names), time.monotonic()
        generation = (revision or self._memory.revision).generation
        message = {
            **self._commits.header(self._link.new_id()),
            **self._commits.limits(),
            "generation": generation,
            "newest": self._memory.newest,
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
        self._memory.learn_server(read.server)
        self._memory.learn_owners(names, read.owners, asked=asked)
        self._memory.learn_registered(register, read.applied)
        if generation == self._memory.revision.generation:
            for effect in effects:
                self._memory.settle(effect.namespace, effect.number)
        return read
