"""Commits transactions to a cluster, where no script can use the keys of a namespace together with the shared keys."""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from mockserver.errors import StoreUnavailableError
from mockserver.store.cluster_effects import apply, forget_expired
from mockserver.store.cluster_memory import ClusterMemory, ServerRevision
from mockserver.store.cluster_messages import Gathered, NamespaceReply, PartCalls
from mockserver.store.cluster_scripts import ASK_FIRST, PAUSE_FOR_ANOTHER, ClusterScripts, MissingError
from mockserver.store.commits import COMMITTED, MOST_OWNERS, OUTDATED, TOO_EARLY, Commits
from mockserver.store.exchange import Exchange, Exchanged, Outcome
from mockserver.store.known_state import KnownState
from mockserver.store.redis_link import RedisLink
from mockserver.store.transaction import Need, Transaction

Value = TypeVar("Value")


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
        self._memory = ClusterMemory(known, commits)
        self._scripts = ClusterScripts(link, self._memory, commits)

    async def forget_expired(self) -> None:
        """Remove the data of expired namespaces from the shared keys. Raises StoreUnavailableError."""
        # The store may have been emptied in the meantime.
        with suppress(MissingError):
            await forget_expired(self._scripts)

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
        gathered = Gathered(calls, self._memory.revision)
        await _all(self._commit_all(calls, needs, gathered), self._load(_fields_of_namespaces(needs), gathered))
        # Loads and commits run at the same time, so a load can return an older state than a commit.
        for reply in gathered.replies:
            self._memory.learn_loaded(reply.loaded, asked=reply.asked)
        for call in calls:
            if gathered.outcomes[call.version] == COMMITTED:
                self._commits.learn_committed(call.part, call.version)
        effects = gathered.effects()
        if effects or gathered.has_outdated:
            names = {name: None for call in calls for name in call.used_names()}
            await _all(apply(self._scripts, effects, names, gathered.revision), self._confirm(gathered))
        else:
            await self._confirm(gathered)
            if any(reply.result == ASK_FIRST for reply in gathered.replies):
                await self._scripts.ask_shared()
        if self._is_reset_since(gathered):
            # Another server has deleted everything in the meantime, including these commits.
            gathered.mark_outdated()
        return gathered

    async def _commit_all(self, calls: Sequence[PartCalls], needs: Sequence[Need], gathered: Gathered) -> None:
        """Commit the parts, and load the owners of needed names.

        Most parts are committed while the shared keys are asked. If the reply shows that a part has used an outdated
        record of the server, it is undone. Until it is confirmed or undone, other servers wait.
        """
        names = {name: None for call in calls for name in call.names if not self._memory.is_sure(call.part, name)}
        first = [call for call in calls if len(call.written) < 2 and names.keys().isdisjoint(call.names)]
        gathered.unsure = [call for call in first if self._is_unsure(call)]
        look = self._look(names, calls, needs, gathered)
        await _all(look, *(self._commit(call, gathered) for call in first))
        await _all(*(self._check_late(call, gathered) for call in gathered.unsure))
        fitting = [call for call in calls if call not in first and self._fits(call, gathered.owners)]
        simple = [self._commit(call, gathered) for call in fitting if len(call.written) < 2]
        await _all(self._load(_fields_of_owners(needs, gathered.owners), gathered), *simple)
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
            if any(reply.result == TOO_EARLY for reply in replies):
                await asyncio.sleep(PAUSE_FOR_ANOTHER)

    async def _look(
        self, names: Mapping[str, None], calls: Sequence[PartCalls], needs: Sequence[Need], gathered: Gathered
    ) -> None:
        """Load the owners of names, including those of needs. Registers new namespaces."""
        names = {**names, **{need.name: None for need in needs if need.name is not None}}
        used = [name for call in calls for name in call.namespaces]
        used += [need.namespace for need in needs if need.namespace is not None]
        new = [namespace for namespace in dict.fromkeys(used) if not self._memory.is_registered(namespace)]
        if not (names or new or Need() in needs or any(call.has_to_ask for call in calls)):
            return
        reply = await self._scripts.ask_shared(names=names, register=new)
        gathered.has_outdated = bool(reply.outdated)
        gathered.owners = {name: found or "" for name, found in zip(names, reply.owners, strict=True)}

    def _is_unsure(self, call: PartCalls) -> bool:
        """Whether a part may have used an outdated record of the server, and no namespace would report it."""
        if call.written:
            # A registered namespace reports that the record of the server has changed.
            return not all(map(self._memory.is_registered, call.written))
        return call.has_to_ask or not all(map(self._memory.is_registered, call.namespaces))

    async def _check_late(self, call: PartCalls, gathered: Gathered) -> None:
        """Undo a part that was committed at the same time as the shared keys were asked, if they have changed."""
        if gathered.outcomes[call.version] != COMMITTED or self._is_reset_since(gathered):
            return
        is_current = gathered.revision == self._memory.revision
        if not call.written:
            gathered.outcomes[call.version] = COMMITTED if is_current else OUTDATED
            return
        (namespace,) = call.written
        numbers = [effect.number for effect in gathered.effects() if effect.namespace == namespace]
        # Numbers can be too low if the namespace has expired, and the clocks of the nodes differ.
        if is_current and (not numbers or max(numbers) > self._memory.settled(namespace)):
            return
        try:
            undone = await self._scripts.call(namespace, {"undo": call.version}, self._link.new_id())
        except StoreUnavailableError as error:
            gathered.outcomes[call.version] = error
            return
        if undone.result == COMMITTED:
            gathered.drop_effects(namespace)
            gathered.outcomes[call.version] = OUTDATED
        else:
            gathered.outcomes[call.version] = StoreUnavailableError(
                "several servers have changed a new namespace at the same time; the request may have been stored"
            )

    async def _confirm(self, gathered: Gathered) -> None:
        """Let other servers use the namespaces of unsure parts. If that fails, they only wait for some time."""
        unsure = [call for call in gathered.unsure if call.written and gathered.outcomes[call.version] == COMMITTED]
        with suppress(StoreUnavailableError):
            await self._scripts.call_all({call.written[0]: {"confirm": call.version} for call in unsure})

    def _is_reset_since(self, gathered: Gathered) -> bool:
        """Whether another server has deleted everything since the parts were decided."""
        return gathered.revision.generation != self._memory.revision.generation

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
        if not call.written and self._memory.is_fresh(call.part):
            return COMMITTED
        if len(call.namespaces) > 1 or not call.written:
            checked = await self._check(call, gathered.revision)
            gathered.replies += checked
            if _outcome(checked) != COMMITTED:
                return _outcome(checked)
        is_unsure, is_reserved = call in gathered.unsure, len(call.namespaces) > 1
        members = {name: call.commit(name, is_unsure=is_unsure, is_reserved=is_reserved) for name in call.written}
        committed = await _all(
            *(
                self._scripts.call(name, own, call.version, call.texts[name], gathered.revision)
                for name, own in members.items()
            )
        )
        gathered.replies += committed
        if len({reply.result for reply in committed}) > 1:
            return StoreUnavailableError("several servers have changed the same namespaces; not everything was stored")
        return _outcome(committed)

    async def _check(self, call: PartCalls, revision: ServerRevision) -> list[NamespaceReply]:
        """Reserve the namespaces that a part changes, and compare the versions of all namespaces that it has read."""
        checked: list[NamespaceReply] = []
        # All processes reserve in the same order. This prevents deadlocks.
        for name in sorted(call.written):
            checked.append(await self._scripts.call(name, call.check(name), call.version, revision=revision))
            if _outcome(checked) != COMMITTED:
                return checked
        rest = {name: call.check(name) for name in call.namespaces if name not in call.written}
        return checked + await self._scripts.call_all(rest, revision)

    async def _change_server(self, call: PartCalls) -> Outcome:
        """Replace the record of the server and tell all namespaces. Returns the outcome of the part."""
        generation = self._memory.revision.generation
        try:
            reply = await self._scripts.ask_shared(**{"id": call.version, **call.server})
            if reply.result != COMMITTED:
                return OUTDATED
            self._commits.learn_committed(call.part, call.version)
            # If the call was repeated, another process can have changed the record since the first attempt.
            self._memory.learn_server(reply.server)
            # After a reset, any call deletes the old namespace. After other changes, it refuses the old record.
            revise = {"revise": generation == self._memory.revision.generation}
            await self._scripts.call_all(dict.fromkeys(reply.namespaces, revise))
        except StoreUnavailableError as error:
            self._known.forget()
            return error
        return (await self._exchange([call], ())).outcomes[call.version] if call.namespaces else COMMITTED

    def _learn_server(self, reply: Sequence[str]) -> None:
        self._memory.learn_server(reply)


async def _all(*work: Coroutine[Any, Any, Value]) -> list[Value]:
    """The results of coroutines that run at the same time. An error is raised when all of them have ended."""
    results = await asyncio.gather(*work, return_exceptions=True)
    errors = [each for each in results if isinstance(each, BaseException)]
    if errors:
        raise errors[0]
    return [each for each in results if not isinstance(each, BaseException)]


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
