"""Commits transactions to a cluster, where no script can use the keys of a namespace together with the shared keys."""

import asyncio
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from mockserver.errors import StoreUnavailableError
from mockserver.store.cluster_messages import Effect, Gathered, NamespaceReply, PartCalls, SharedReply
from mockserver.store.commits import COMMITTED, MOST_OWNERS, OUTDATED, TOO_EARLY, Commits
from mockserver.store.exchange import MISSING, Exchange, Exchanged, Outcome
from mockserver.store.known_state import KnownState
from mockserver.store.redis_link import RedisLink, Texts, in_batches
from mockserver.store.transaction import Need, Transaction

_MOST_REMEMBERED: Final = 16_384
"""The maximum number of namespaces or names in each of the caches of an exchange."""
_MOST_ROUNDS: Final = 3
"""The maximum number of cleanup rounds after a commit. Later commits remove the rest."""
_ASK_FIRST: Final = 3
"""The script for a namespace returns this if the process has an outdated record of the server."""


class _MissingError(Exception):
    """The store has no record of the server."""


class ClusterExchange(Exchange):
    """Commits a transaction in two steps: first its namespace, then the shared keys.

    The first step changes the namespace if its version is still the one that the decision has read. The same script
    stores the effects there: the updates that the shared keys still need. The second step applies the effects. The
    result is returned after both steps. If this process ends between them, the next process that uses the namespace
    applies the effects. Effects are numbered, so that they are applied only once.
    """

    is_atomic = False

    def __init__(self, link: RedisLink, known: KnownState, commits: Commits) -> None:
        super().__init__(link, known, commits)
        self._revision = 0
        self._generation = 0
        # The highest revision of the server that a namespace has reported.
        self._newest = 0
        # By namespace: the number of the last effects that were applied.
        self._settled: dict[str, int] = {}
        # By namespace: when this process has registered it, in seconds of the monotonic clock.
        self._registered: dict[str, float] = {}
        # By name: when the shared keys were asked for its owners, in the same unit.
        self._asked: dict[str, float] = {}

    async def _send(self, commit: str, parts: Sequence[Transaction], needs: Sequence[Need]) -> Exchanged | None:
        calls = [PartCalls(self._commits, part, f"{commit}.{index}") for index, part in enumerate(parts)]
        try:
            gathered = await self._exchange([call for call in calls if not call.changes_server], needs)
            for call in calls:
                # Changes of the server come last: a reset deletes the namespaces that the other parts have changed.
                if call.changes_server:
                    gathered.outcomes[call.version] = await self._change_server(call)
        except _MissingError:
            return None
        return Exchanged([gathered.outcomes[call.version] for call in calls], gathered.problem)

    async def _exchange(self, calls: Sequence[PartCalls], needs: Sequence[Need]) -> Gathered:
        """Commit to the namespaces and load from them. Then apply the effects to the shared keys."""
        gathered = Gathered(calls)
        await asyncio.gather(
            self._commit_all(calls, needs, gathered), self._load(_fields_of_namespaces(needs), gathered)
        )
        generation = self._generation
        # Loads and commits run at the same time, so a load can return an older state than a commit.
        for reply in gathered.replies:
            self._commits.learn_namespaces(reply.loaded)
        for call in calls:
            if gathered.outcomes[call.version] == COMMITTED:
                self._commits.learn_committed(call.part, call.version)
        effects = [effect for reply in gathered.replies for effect in reply.effects]
        if effects or gathered.has_outdated:
            await self._apply(effects, names={name: None for call in calls for name in call.used_names()})
        elif any(reply.result == _ASK_FIRST for reply in gathered.replies):
            await self._ask_shared()
        if generation != self._generation:
            # Another server has deleted everything in the meantime, including these commits.
            gathered.undo()
        return gathered

    async def _commit_all(self, calls: Sequence[PartCalls], needs: Sequence[Need], gathered: Gathered) -> None:
        """Commit the parts whose values from the shared keys are still current, and load the owners of needed names."""
        owners = await self._look(calls, needs, gathered)
        fitting = [call for call in calls if self._fits(call, owners)]
        simple = [self._commit(call, gathered) for call in fitting if len(call.written) < 2]
        await asyncio.gather(self._load(_fields_of_owners(needs, owners), gathered), *simple)
        # A reservation does not keep out other parts of the same process, so these parts run one after another.
        for call in fitting:
            if len(call.written) > 1:
                await self._commit(call, gathered)

    async def _load(self, needed: Mapping[str, Sequence[str]], gathered: Gathered) -> None:
        try:
            replies = await self._call_all({name: {"fields": fields} for name, fields in needed.items()})
        except StoreUnavailableError as error:
            gathered.problem = error
        else:
            # The commit of the decision that needs these namespaces returns their effects again.
            gathered.replies += [reply._replace(effects=()) for reply in replies]

    async def _look(self, calls: Sequence[PartCalls], needs: Sequence[Need], gathered: Gathered) -> dict[str, str]:
        """Return the owners of names in parts and needs, unless they are sure. Registers new namespaces."""
        names = {name: None for call in calls for name in call.names if not self._is_sure(call.part, name)}
        names |= {need.name: None for need in needs if need.name is not None}
        used = [name for call in calls for name in call.namespaces]
        used += [need.namespace for need in needs if need.namespace is not None]
        new = [namespace for namespace in dict.fromkeys(used) if not self._is_registered(namespace)]
        if not (names or new or Need() in needs or any(call.has_to_ask for call in calls)):
            return {}
        reply = await self._ask_shared(names=names, register=new)
        if len(self._registered) > _MOST_REMEMBERED:
            self._registered.clear()
        for namespace, applied in zip(new, reply.applied, strict=True):
            self._registered[namespace] = time.monotonic()
            self._settle(namespace, int(applied or 0))
        gathered.has_outdated = bool(reply.outdated)
        return {name: found or "" for name, found in zip(names, reply.owners, strict=True)}

    def _is_sure(self, part: Transaction, name: str) -> bool:
        """Whether the known owners of a name are up to date if the versions of all namespaces of the part are."""
        return self._asked.get(name, -math.inf) >= part.since or any(
            self._known.is_only_owner(namespace, name) for namespace in part.namespaces
        )

    def _learn_owners(self, names: Iterable[str], owners: Iterable[str | None], asked: float) -> None:
        if len(self._asked) > _MOST_REMEMBERED:
            self._asked.clear()
        for name, found in zip(names, owners, strict=True):
            self._commits.learn_owners(name, found or "")
            self._asked[name] = asked
            if found and " " not in found:
                self._known.learn_only_owner(found, name)

    def _settle(self, namespace: str, number: int) -> None:
        """Remember that the effects of a namespace were applied up to this number."""
        if len(self._settled) > _MOST_REMEMBERED:
            self._settled.clear()
        self._settled[namespace] = max(number, self._settled.get(namespace, 0))

    def _is_registered(self, namespace: str) -> bool:
        """Whether a namespace is registered: it is told when the record of the server changes."""
        registered = self._registered.get(namespace, -math.inf)
        return bool(self._commits.version(namespace)) or time.monotonic() < registered + self._commits.ttl / 2

    def _fits(self, call: PartCalls, owners: Mapping[str, str]) -> bool:
        """Whether the values that a part has read from the shared keys are still current.

        `_change_server` checks the parts that change the server.
        """
        server = self._known.server
        is_current = call.changes_server or (
            "server" not in call.server or (server is not None and server.version == call.server["server"])
        )
        return is_current and all(owners.get(name, known) == known for name, known in call.names.items())

    async def _commit(self, call: PartCalls, gathered: Gathered) -> None:
        """Commit a part and store its outcome in `gathered`."""
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
        """Reserve the namespaces that a part changes, and compare the versions of all namespaces that it has read."""
        checked: list[NamespaceReply] = []
        # All processes reserve in the same order. This prevents deadlocks.
        for name in sorted(call.written):
            checked.append(await self._call(name, call.check(name), call.version))
            if _outcome(checked) != COMMITTED:
                return checked
        rest = {name: call.check(name) for name in call.namespaces if name not in call.written}
        return checked + await self._call_all(rest)

    async def _change_server(self, call: PartCalls) -> Outcome:
        """Replace the record of the server and tell all namespaces. Returns the outcome of the part."""
        generation = self._generation
        try:
            reply = await self._ask_shared(**{"id": call.version, **call.server})
            if reply.result != COMMITTED:
                return OUTDATED
            self._commits.learn_committed(call.part, call.version)
            # If the call was repeated, another process can have changed the record since the first attempt.
            self._learn_server(reply.server)
            # After a reset, any call deletes the old namespace. After other changes, it refuses the old record.
            revise = {"revise": generation == self._generation}
            await self._call_all(dict.fromkeys(reply.namespaces, revise))
        except StoreUnavailableError as error:
            self._known.forget()
            return error
        return (await self._exchange([call], ())).outcomes[call.version] if call.namespaces else COMMITTED

    async def _apply(self, effects: Iterable[Effect], names: Iterable[str]) -> None:
        """Apply effects to the shared keys, and ask them for the owners of names.

        Then remove items beyond the limits and namespaces that have expired, and give namespaces that share a name for
        the first time a new version.
        """
        waiting, gone = sorted(set(effects)), list[str]()
        for _ in range(_MOST_ROUNDS):
            reply = await self._ask_shared(effects=waiting, gone=gone, names=names)
            names = ()
            for effect in waiting:
                self._settle(effect.namespace, effect.number)
            wanted: dict[str, dict[str, Any]] = {namespace: {} for namespace in reply.outdated}
            for namespace, field, applied in reply.items:
                own = wanted.setdefault(namespace, {})
                own |= {"evict": [*own.get("evict", ()), field], "applied": int(applied)}
            for namespace, number in reply.sharing:
                wanted.setdefault(namespace, {})["sharing"] = number
            try:
                replies = await self._call_all(wanted)
            except StoreUnavailableError:
                # The commit itself is complete. A later commit removes the rest.
                return
            waiting = sorted({effect for each in replies for effect in each.effects})
            gone = [each.loaded[0][0] for each in replies if each.loaded and not each.loaded[0][1]]
            if not (waiting or gone):
                return

    async def _call_all(self, members: Mapping[str, Mapping[str, Any]]) -> list[NamespaceReply]:
        """Run the script for several namespaces; returns the replies. Raises StoreUnavailableError."""
        replies = list[NamespaceReply]()
        for some in in_batches(list(members.items())):
            replies += await asyncio.gather(*(self._call(*each, self._link.new_id()) for each in some))
        return replies

    async def _call(
        self, namespace: str, members: Mapping[str, Any], commit: str, texts: Texts | None = None
    ) -> NamespaceReply:
        """Run the script for a namespace; returns its reply. Raises StoreUnavailableError."""
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
        effects = [Effect(namespace, int(other), text) for other, text in pending] if result == COMMITTED else []
        if result == _ASK_FIRST:
            self._newest = max(self._newest, int(number))
        elif number:
            effects.append(Effect(namespace, int(number), texts.text(members["part"]["effects"])))
        return NamespaceReply(result, tuple(effects), loaded)

    async def _ask_shared(
        self, effects: Iterable[Effect] = (), names: Iterable[str] = (), **members: Any
    ) -> SharedReply:
        """Run the script for the shared keys; returns its reply. Raises StoreUnavailableError and _MissingError."""
        texts, names, asked = Texts(), list(names), time.monotonic()
        message = {
            **self._commits.header(self._link.new_id()),
            **self._commits.journal_limits(),
            "generation": self._generation,
            "newest": self._newest,
            "effects": [(*effect[:2], texts.number(effect.text)) for effect in effects],
            "names": names,
            **dict.fromkeys(("register", "gone"), ()),
            **members,
        }
        reply = await self._link.run("cluster_shared", message, texts)
        if reply == MISSING:
            raise _MissingError
        read = SharedReply(*reply)
        self._learn_server(read.server)
        self._learn_owners(names, read.owners, asked)
        return read

    def _learn_server(self, reply: Sequence[str]) -> None:
        super()._learn_server(reply)
        *_, revision, generation = reply
        if self._generation != int(generation):
            self._registered.clear()
            self._settled.clear()
        self._revision, self._generation = int(revision), int(generation)


def _fields_of_namespaces(needs: Iterable[Need]) -> dict[str, list[str]]:
    """The fields to load, by namespace, for needs that name a namespace."""
    fields: dict[str, list[str]] = {}
    for need in needs:
        if need.namespace is not None:
            fields.setdefault(need.namespace, []).extend(need.fields)
    return fields


def _fields_of_owners(needs: Iterable[Need], owners: Mapping[str, str]) -> dict[str, list[str]]:
    """The fields to load, by namespace, for needs that look up a name."""
    fields: dict[str, list[str]] = {}
    for need in needs:
        for owner in owners[need.name].split()[-MOST_OWNERS:] if need.name is not None else ():
            fields.setdefault(owner, []).extend((str(need.name), *need.fields))
    return fields


def _outcome(replies: Iterable[NamespaceReply]) -> Outcome:
    results = {reply.result for reply in replies}
    if results <= {COMMITTED}:
        return COMMITTED
    return TOO_EARLY if results <= {COMMITTED, TOO_EARLY} else OUTDATED
