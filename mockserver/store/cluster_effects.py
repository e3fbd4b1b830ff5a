"""Applies the effects of commits to the shared keys of a cluster, and removes what is expired or beyond the limits."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from mockserver.errors import StoreUnavailableError
from mockserver.store.cluster_memory import ServerRevision
from mockserver.store.cluster_messages import Effect, NamespaceReply
from mockserver.store.cluster_scripts import PAUSE_FOR_ANOTHER, ClusterScripts
from mockserver.store.commits import TOO_EARLY

_MOST_ROUNDS: Final = 3
"""The maximum number of cleanup rounds after a commit. Later commits remove the rest."""
_MOST_RESERVED: Final = 1.0
"""How long to wait, in seconds, for a namespace that another process has reserved. Reservations end earlier."""


async def apply(
    scripts: ClusterScripts, effects: Iterable[Effect], names: Iterable[str], revision: ServerRevision
) -> None:
    """Apply effects that were committed with this revision of the server, and load the owners of names.

    Then remove items beyond the limits and namespaces that have expired, and give namespaces that share a name for
    the first time a new version. Raises StoreUnavailableError and MissingError.
    """
    waiting, gone = sorted(set(effects)), list[str]()
    for _ in range(_MOST_ROUNDS):
        reply = await scripts.ask_shared(effects=waiting, gone=gone, names=names, revision=revision)
        names = ()
        wanted: dict[str, dict[str, Any]] = {namespace: {} for namespace in reply.outdated}
        for namespace, field, applied in reply.items:
            own = wanted.setdefault(namespace, {})
            own |= {"evict": [*own.get("evict", ()), field], "applied": int(applied)}
        for namespace, number in reply.sharing:
            wanted.setdefault(namespace, {})["sharing"] = number
        try:
            replies = await _call_all(scripts, wanted)
        except StoreUnavailableError:
            # The commit itself is complete. A later commit removes the rest.
            return
        waiting = sorted({effect for each in replies for effect in each.effects})
        gone = _gone(replies)
        if not (waiting or gone):
            return


async def _call_all(scripts: ClusterScripts, wanted: Mapping[str, Mapping[str, Any]]) -> list[NamespaceReply]:
    """The replies of namespaces. One that another process has reserved is asked again if it shares a name."""
    replies: list[NamespaceReply] = []
    end = time.monotonic() + _MOST_RESERVED
    while wanted:
        found = dict(zip(wanted, await scripts.call_all(wanted), strict=True))
        replies += found.values()
        wanted = {name: own for name, own in wanted.items() if found[name].result == TOO_EARLY and "sharing" in own}
        if time.monotonic() >= end:
            break
        if wanted:
            await asyncio.sleep(PAUSE_FOR_ANOTHER)
    return replies


async def forget_expired(scripts: ClusterScripts) -> None:
    """Remove the data of expired namespaces from the shared keys. Raises StoreUnavailableError and MissingError."""
    gone: list[str] = []
    while True:
        outdated = (await scripts.ask_shared(gone=gone)).outdated
        gone = _gone(await scripts.call_all({namespace: {} for namespace in outdated}))
        if not gone:
            return


def _gone(replies: Iterable[NamespaceReply]) -> list[str]:
    """The namespaces among the loaded ones that have expired."""
    return [each.loaded[0][0] for each in replies if each.loaded and not each.loaded[0][1]]
