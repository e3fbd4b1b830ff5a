"""The messages to a cluster, where a script can use the keys of one namespace, or those that all namespaces share."""

import asyncio
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from mockserver.errors import StoreUnavailableError
from mockserver.store.cluster_messages import Effect, Gathered, NamespaceReply, PartCalls, SharedReply
from mockserver.store.commits import COMMITTED, OUTDATED, TOO_EARLY, Commits
from mockserver.store.exchange import MISSING, Exchange, Exchanged, Outcome
from mockserver.store.known_state import KnownState
from mockserver.store.redis_link import RedisLink, Texts
from mockserver.store.transaction import Need, Transaction

_MOST_OWNERS: Final = 1000
"""A scenario can give the same name to very many namespaces. The newest are loaded at once."""
_MOST_REMEMBERED: Final = 16_384
"""Of how many namespaces it is remembered what the shared keys know of them."""
_MOST_AT_ONCE: Final = 200
"""How many calls for namespaces are sent at once."""
_MOST_ROUNDS: Final = 3
"""How often what is too old or too much is removed after a commit. The rest is removed after later ones."""
_ASK_FIRST: Final = 3
"""The result of a call for a namespace: another process knows a newer record of the server."""


class _MissingError(Exception):
    """The store has no record of the server."""


class ClusterExchange(Exchange):
    """Commits to the namespaces, and applies the effects to the shared keys before a result is released.

    A namespace is changed at once, unless something of it has changed in between. It keeps the effects until the shared
    keys have them: if this process ends before that, the next one that uses the namespace applies them. The effects are
    numbered, so that they are applied once.
    """

    is_atomic = False

    def __init__(self, link: RedisLink, known: KnownState, commits: Commits) -> None:
        super().__init__(link, known, commits)
        self._revision = 0
        self._generation = 0
        # The highest revision that was found in a namespace.
        self._newest = 0
        # The number of the last effects of each namespace that the shared keys have.
        self._settled: dict[str, int] = {}
        # When this process registered a namespace.
        self._registered: dict[str, float] = {}

    async def _send(self, commit: str, parts: Sequence[Transaction], needs: Sequence[Need]) -> Exchanged | None:
        calls = [PartCalls(self._commits, part, f"{commit}.{index}") for index, part in enumerate(parts)]
        try:
            gathered = await self._exchange([call for call in calls if not call.changes_server], needs)
            for call in calls:
                # It comes last: what is known of the namespaces may end with it.
                if call.changes_server:
                    gathered.outcomes[call.version] = await self._change_server(call)
        except _MissingError:
            return None
        return Exchanged([gathered.outcomes[call.version] for call in calls], gathered.problem)

    async def _exchange(self, calls: Sequence[PartCalls], needs: Sequence[Need]) -> Gathered:
        """Commit to the namespaces and load from them, then apply the effects."""
        gathered = Gathered(calls)
        await asyncio.gather(
            self._commit_all(calls, needs, gathered), self._load(_fields_of_namespaces(needs), gathered)
        )
        generation = self._generation
        # What was loaded can be older than what was committed at the same time.
        for reply in gathered.replies:
            self._commits.learn_namespaces(reply.loaded)
        for call in calls:
            if gathered.outcomes[call.version] == COMMITTED:
                self._commits.learn_committed(call.part, call.version)
        if gathered.effects or gathered.has_outdated:
            await self._apply(gathered.effects)
        elif any(reply.result == _ASK_FIRST for reply in gathered.replies):
            await self._ask_shared()
        if generation != self._generation:
            # Everything was deleted in between, also what was committed here.
            gathered.undo()
        return gathered

    async def _commit_all(self, calls: Sequence[PartCalls], needs: Sequence[Need], gathered: Gathered) -> None:
        """Commit the parts that fit what the shared keys have, and load the owners of names."""
        owners = await self._look(calls, needs, gathered)
        fitting = [call for call in calls if self._fits(call, owners)]
        simple = [self._commit(call, gathered) for call in fitting if len(call.written) < 2]
        await asyncio.gather(self._load(_fields_of_owners(needs, owners), gathered), *simple)
        # Namespaces are reserved for a process, not for one of its parts.
        for call in fitting:
            if len(call.written) > 1:
                await self._commit(call, gathered)

    async def _load(self, needed: Mapping[str, Sequence[str]], gathered: Gathered) -> None:
        try:
            gathered.replies += await self._call_all({name: {"fields": fields} for name, fields in needed.items()})
        except StoreUnavailableError as error:
            gathered.problem = error

    async def _look(self, calls: Sequence[PartCalls], needs: Sequence[Need], gathered: Gathered) -> dict[str, str]:
        """The owners of the names in parts and needs. New namespaces are registered, so that they hear of changes."""
        names = {name: None for call in calls for name in call.names}
        names |= {need.name: None for need in needs if need.name is not None}
        used = [name for call in calls for name in call.namespaces]
        used += [need.namespace for need in needs if need.namespace is not None]
        new = [namespace for namespace in dict.fromkeys(used) if not self._is_registered(namespace)]
        if not (names or new or Need() in needs or any(call.has_to_ask for call in calls)):
            return {}
        reply = await self._ask_shared(names=list(names), register=new)
        if len(self._registered) > _MOST_REMEMBERED:
            self._registered.clear()
        for namespace, applied in zip(new, reply.applied, strict=True):
            self._registered[namespace] = time.monotonic()
            self._settle(namespace, int(applied or 0))
        owners = {name: found or "" for name, found in zip(names, reply.owners, strict=True)}
        for name, found in owners.items():
            self._commits.learn_owners(name, found)
        gathered.has_outdated = bool(reply.outdated)
        return owners

    def _settle(self, namespace: str, number: int) -> None:
        """Note that the shared keys have the effects of a namespace up to this number."""
        if len(self._settled) > _MOST_REMEMBERED:
            self._settled.clear()
        self._settled[namespace] = max(number, self._settled.get(namespace, 0))

    def _is_registered(self, namespace: str) -> bool:
        """Whether a namespace is certain to hear of changes of the server."""
        registered = self._registered.get(namespace, -math.inf)
        return bool(self._commits.version(namespace)) or time.monotonic() < registered + self._commits.ttl / 2

    def _fits(self, call: PartCalls, owners: Mapping[str, str]) -> bool:
        """Whether what a part has read of the shared keys is still valid. A change of the server is compared later."""
        server = self._known.server
        is_current = call.changes_server or (
            "server" not in call.server or (server is not None and server.version == call.server["server"])
        )
        return is_current and all(owners[name] == known for name, known in call.names.items())

    async def _commit(self, call: PartCalls, gathered: Gathered) -> None:
        """Commit a part, and note what became of it."""
        try:
            gathered.outcomes[call.version] = await self._committed(call, gathered)
        except StoreUnavailableError as error:
            gathered.outcomes[call.version] = error

    async def _committed(self, call: PartCalls, gathered: Gathered) -> Outcome:
        if len(call.namespaces) > 1 or not call.written:
            checked = await self._check(call)
            gathered.replies += checked
            if _outcome(checked) != COMMITTED:
                return _outcome(checked)
        commits = [self._call(name, call.commit(name), call.version, call.texts[name]) for name in call.written]
        committed = await asyncio.gather(*commits)
        gathered.replies += committed
        if len({reply.result for reply in committed}) > 1:
            return StoreUnavailableError("several servers have changed the same namespaces; not everything was stored")
        return _outcome(committed)

    async def _check(self, call: PartCalls) -> list[NamespaceReply]:
        """Compare what a part has read, and reserve what it has written before the first namespace is changed."""
        checked: list[NamespaceReply] = []
        # All processes reserve in one order, so that none waits for another that waits for it.
        for name in sorted(call.written):
            checked.append(await self._call(name, call.check(name), call.version))
            if _outcome(checked) != COMMITTED:
                return checked
        rest = {name: call.check(name) for name in call.namespaces if name not in call.written}
        return checked + await self._call_all(rest)

    async def _change_server(self, call: PartCalls) -> Outcome:
        """Replace the record of the server, and tell all namespaces; returns what became of the part."""
        version = "" if self._known.server is None else self._known.server.version
        generation = self._generation
        try:
            reply = await self._ask_shared(**{"id": call.version, "server": version, **call.server})
            if reply.result != COMMITTED:
                return OUTDATED
            self._commits.learn_committed(call.part, call.version)
            # If this call was sent twice, another process can have changed the record in between.
            self._learn_server(reply.server)
            # After a reset, any call deletes what is older. Else, namespaces refuse processes that know the old record.
            revise = {"revise": generation == self._generation}
            await self._call_all(dict.fromkeys(reply.namespaces, revise))
        except StoreUnavailableError as error:
            self._known.forget()
            return error
        return (await self._exchange([call], ())).outcomes[call.version] if call.namespaces else COMMITTED

    async def _apply(self, effects: Iterable[Effect]) -> None:
        """Apply effects to the shared keys. Items that are too many, and namespaces that have expired, are removed."""
        waiting, gone = sorted(set(effects)), list[str]()
        for _ in range(_MOST_ROUNDS):
            reply = await self._ask_shared(effects=waiting, gone=gone)
            for effect in waiting:
                self._settle(effect.namespace, effect.number)
            wanted: dict[str, dict[str, Any]] = {namespace: {} for namespace in reply.outdated}
            for namespace, field, applied in reply.items:
                own = wanted.setdefault(namespace, {})
                own |= {"evict": [*own.get("evict", ()), field], "applied": int(applied)}
            try:
                replies = await self._call_all(wanted)
            except StoreUnavailableError:
                # What was to be committed has been committed.
                return
            waiting = sorted({effect for each in replies for effect in each.effects})
            gone = [each.loaded[0][0] for each in replies if each.loaded and not each.loaded[0][1]]
            if not (waiting or gone):
                return

    async def _call_all(self, members: Mapping[str, Mapping[str, Any]]) -> list[NamespaceReply]:
        """The replies of the script for several namespaces. Raises StoreUnavailableError."""
        replies, calls = list[NamespaceReply](), list(members.items())
        for start in range(0, len(calls), _MOST_AT_ONCE):
            some = calls[start : start + _MOST_AT_ONCE]
            replies += await asyncio.gather(*(self._call(*each, self._link.new_id()) for each in some))
        return replies

    async def _call(
        self, namespace: str, members: Mapping[str, Any], commit: str, texts: Texts | None = None
    ) -> NamespaceReply:
        """The reply of the script for a namespace. Raises StoreUnavailableError."""
        texts = texts or Texts()
        message = {
            **self._commits.header(commit),
            "namespace": namespace,
            "fields": (),
            "revision": self._revision,
            "generation": self._generation,
            "settled": self._settled.get(namespace, 0),
            **members,
        }
        reply = await self._link.run("cluster_namespace", message, texts, namespace=namespace)
        result, number, pending, loaded = reply
        effects = [Effect(namespace, int(other), text) for other, text in pending]
        if result == _ASK_FIRST:
            self._newest = max(self._newest, int(number))
        elif number:
            effects.append(Effect(namespace, int(number), texts.text(members["part"]["effects"])))
        return NamespaceReply(result, tuple(effects), loaded)

    async def _ask_shared(self, effects: Iterable[Effect] = (), **members: Any) -> SharedReply:
        """The reply of the script for the shared keys. Raises StoreUnavailableError, and _MissingError."""
        texts = Texts()
        message = {
            **self._commits.header(self._link.new_id()),
            **self._commits.journal_limits(),
            "generation": self._generation,
            "newest": self._newest,
            "effects": [(*effect[:2], texts.number(effect.text)) for effect in effects],
            **dict.fromkeys(("names", "register", "gone"), ()),
            **members,
        }
        reply = await self._link.run("cluster_shared", message, texts)
        if reply == MISSING:
            raise _MissingError
        result, server, *rest = reply
        self._learn_server(server)
        return SharedReply(result, server, *rest)

    def _learn_server(self, reply: Sequence[str]) -> None:
        super()._learn_server(reply)
        *_, revision, generation = reply
        if self._generation != int(generation):
            self._registered.clear()
            self._settled.clear()
        self._revision, self._generation = int(revision), int(generation)


def _fields_of_namespaces(needs: Iterable[Need]) -> dict[str, list[str]]:
    """The fields to load of each namespace that is needed."""
    fields: dict[str, list[str]] = {}
    for need in needs:
        if need.namespace is not None:
            fields.setdefault(need.namespace, []).extend(need.fields)
    return fields


def _fields_of_owners(needs: Iterable[Need], owners: Mapping[str, str]) -> dict[str, list[str]]:
    """The fields to load of each namespace that has a name that is needed."""
    fields: dict[str, list[str]] = {}
    for need in needs:
        for owner in owners[need.name].split()[-_MOST_OWNERS:] if need.name is not None else ():
            fields.setdefault(owner, []).extend((str(need.name), *need.fields))
    return fields


def _outcome(replies: Iterable[NamespaceReply]) -> Outcome:
    results = {reply.result for reply in replies}
    if results <= {COMMITTED}:
        return COMMITTED
    return TOO_EARLY if results <= {COMMITTED, TOO_EARLY} else OUTDATED
