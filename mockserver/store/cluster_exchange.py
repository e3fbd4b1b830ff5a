"""Commits transactions to a cluster, where no script can use the keys of a namespace together with the shared keys."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from mockserver.errors import StoreUnavailableError
from mockserver.store.cluster_messages import Effect, Gathered, NamespaceReply, PartCalls
from mockserver.store.cluster_scripts import ASK_FIRST, ClusterScripts, MissingError
from mockserver.store.commits import COMMITTED, MOST_OWNERS, OUTDATED, TOO_EARLY, Commits
from mockserver.store.exchange import Exchange, Exchanged, Outcome
from mockserver.store.known_state import KnownState
from mockserver.store.redis_link import RedisLink
from mockserver.store.transaction import Need, Transaction

_MOST_ROUNDS: Final = 3
"""The maximum number of cleanup rounds after a commit. Later commits remove the rest."""


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
        self._scripts = ClusterScripts(link, known, commits)

    async def forget_expired(self) -> None:
        """Remove the data of expired namespaces from the shared keys. Raises StoreUnavailableError."""
        gone: list[str] = []
        while True:
            try:
                outdated = (await self._scripts.ask_shared(gone=gone)).outdated
            except MissingError:
                # The store was emptied.
                return
            gone = _gone(await self._scripts.call_all({namespace: {} for namespace in outdated}))
            if not gone:
                return

    async def _send(self, commit: str, parts: Sequence[Transaction], needs: Sequence[Need]) -> Exchanged | None:
        calls = [PartCalls(self._commits, part, f"{commit}.{index}") for index, part in enumerate(parts)]
        try:
            gathered = await self._exchange([call for call in calls if not call.changes_server], needs)
            for call in calls:
                # Changes of the server come last: a reset deletes the namespaces that the other parts have changed.
                if call.changes_server:
                    gathered.outcomes[call.version] = await self._change_server(call)
        except MissingError:
            return None
        return Exchanged([gathered.outcomes[call.version] for call in calls], gathered.problem)

    async def _exchange(self, calls: Sequence[PartCalls], needs: Sequence[Need]) -> Gathered:
        """Commit to the namespaces and load from them. Then apply the effects to the shared keys."""
        gathered = Gathered(calls)
        await asyncio.gather(
            self._commit_all(calls, needs, gathered), self._load(_fields_of_namespaces(needs), gathered)
        )
        generation = self._scripts.generation
        # Loads and commits run at the same time, so a load can return an older state than a commit.
        for reply in gathered.replies:
            self._commits.learn_namespaces(reply.loaded)
        for call in calls:
            if gathered.outcomes[call.version] == COMMITTED:
                self._commits.learn_committed(call.part, call.version)
        effects = [effect for reply in gathered.replies for effect in reply.effects]
        if effects or gathered.has_outdated:
            await self._apply(effects, names={name: None for call in calls for name in call.used_names()})
        elif any(reply.result == ASK_FIRST for reply in gathered.replies):
            await self._scripts.ask_shared()
        if generation != self._scripts.generation:
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
            replies = await self._scripts.call_all({name: {"fields": fields} for name, fields in needed.items()})
        except StoreUnavailableError as error:
            gathered.problem = error
        else:
            # The commit of the decision that needs these namespaces returns their effects again.
            gathered.replies += [reply._replace(effects=()) for reply in replies]

    async def _look(self, calls: Sequence[PartCalls], needs: Sequence[Need], gathered: Gathered) -> dict[str, str]:
        """Return the owners of names in parts and needs, unless they are sure. Registers new namespaces."""
        names = {name: None for call in calls for name in call.names if not self._scripts.is_sure(call.part, name)}
        names |= {need.name: None for need in needs if need.name is not None}
        used = [name for call in calls for name in call.namespaces]
        used += [need.namespace for need in needs if need.namespace is not None]
        new = [namespace for namespace in dict.fromkeys(used) if not self._scripts.is_registered(namespace)]
        if not (names or new or Need() in needs or any(call.has_to_ask for call in calls)):
            return {}
        reply = await self._scripts.ask_shared(names=names, register=new)
        gathered.has_outdated = bool(reply.outdated)
        return {name: found or "" for name, found in zip(names, reply.owners, strict=True)}

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
        commits = [self._scripts.call(name, call.commit(name), call.version, call.texts[name]) for name in call.written]
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
            checked.append(await self._scripts.call(name, call.check(name), call.version))
            if _outcome(checked) != COMMITTED:
                return checked
        rest = {name: call.check(name) for name in call.namespaces if name not in call.written}
        return checked + await self._scripts.call_all(rest)

    async def _change_server(self, call: PartCalls) -> Outcome:
        """Replace the record of the server and tell all namespaces. Returns the outcome of the part."""
        generation = self._scripts.generation
        try:
            reply = await self._scripts.ask_shared(**{"id": call.version, **call.server})
            if reply.result != COMMITTED:
                return OUTDATED
            self._commits.learn_committed(call.part, call.version)
            # If the call was repeated, another process can have changed the record since the first attempt.
            self._scripts.learn_server(reply.server)
            # After a reset, any call deletes the old namespace. After other changes, it refuses the old record.
            revise = {"revise": generation == self._scripts.generation}
            await self._scripts.call_all(dict.fromkeys(reply.namespaces, revise))
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
            reply = await self._scripts.ask_shared(effects=waiting, gone=gone, names=names)
            names = ()
            wanted: dict[str, dict[str, Any]] = {namespace: {} for namespace in reply.outdated}
            for namespace, field, applied in reply.items:
                own = wanted.setdefault(namespace, {})
                own |= {"evict": [*own.get("evict", ()), field], "applied": int(applied)}
            for namespace, number in reply.sharing:
                wanted.setdefault(namespace, {})["sharing"] = number
            try:
                replies = await self._scripts.call_all(wanted)
            except StoreUnavailableError:
                # The commit itself is complete. A later commit removes the rest.
                return
            waiting = sorted({effect for each in replies for effect in each.effects})
            gone = _gone(replies)
            if not (waiting or gone):
                return

    def _learn_server(self, reply: Sequence[str]) -> None:
        self._scripts.learn_server(reply)


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


def _gone(replies: Iterable[NamespaceReply]) -> list[str]:
    """The namespaces among the loaded ones that have expired."""
    return [each.loaded[0][0] for each in replies if each.loaded and not each.loaded[0][1]]


def _outcome(replies: Iterable[NamespaceReply]) -> Outcome:
    results = {reply.result for reply in replies}
    if results <= {COMMITTED}:
        return COMMITTED
    return TOO_EARLY if results <= {COMMITTED, TOO_EARLY} else OUTDATED
