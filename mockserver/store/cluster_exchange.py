"""The messages to a cluster, where a script can use the keys of one namespace, or those that all namespaces share."""

import asyncio
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from mockserver.errors import StoreUnavailableError
from mockserver.store.commits import COMMITTED, OUTDATED, TOO_EARLY, Commits
from mockserver.store.exchange import MISSING, Exchange, Outcome
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


class Effect(NamedTuple):
    """What a commit to a namespace means for the shared keys, as text. The numbers of a namespace grow."""

    namespace: str
    number: int
    text: str


class NamespaceReply(NamedTuple):
    """The reply of the script for a namespace.

    `effects` are those that the shared keys may not know. `loaded` are namespaces with their fields.
    """

    result: int
    effects: tuple[Effect, ...] = ()
    loaded: Sequence[Any] = ()


class SharedReply(NamedTuple):
    """The reply of the script for the shared keys.

    `items` are to be removed from their namespaces, `outdated` are namespaces that may have expired, and `namespaces`
    all that have to know a new record of the server.
    """

    result: int
    owners: Sequence[str | None]
    items: Sequence[tuple[str, str]]
    outdated: Sequence[str]
    namespaces: Sequence[str]


class PartCalls:
    """What a transaction means for the server and for each namespace, as members of messages."""

    def __init__(self, commits: Commits, part: Transaction, version: str) -> None:
        self.part = part
        self.version = version
        self.server = commits.server(part)
        self.changes_server = "new_server" in self.server
        self.names = commits.names(part)
        self.texts = {name: Texts() for name in part.namespaces}
        self.namespaces = {name: commits.namespace(part, name, texts) for name, texts in self.texts.items()}
        self.written = [name for name, each in self.namespaces.items() if "record" in each or "items" in each]
        # The reply for a namespace that exists shows whether the record of the server has changed.
        self.is_vague = not self.written and not any(each["version"] for each in self.namespaces.values())
        for name in self.written:
            own, texts = self.namespaces[name], self.texts[name]
            own |= {"id": version, "effects": texts.number(commits.effects(part, own, texts))}
        self._fields = {need.namespace: need.fields for need in part.reads()}

    def commit(self, namespace: str) -> dict[str, Any]:
        """The members that commit what was written to a namespace."""
        return {"part": self.namespaces[namespace], "fields": self._fields[namespace]}

    def check(self, namespace: str) -> dict[str, Any]:
        """The members that compare the version of a namespace, and reserve it if it was written to."""
        return {
            "check": self.namespaces[namespace]["version"],
            "reserve": namespace in self.written,
            "fields": self._fields[namespace],
        }


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
        # The number of the last effects of each namespace that the shared keys have.
        self._settled: dict[str, int] = {}
        # When this process registered a namespace.
        self._registered: dict[str, float] = {}

    async def _send(self, commit: str, parts: Sequence[Transaction], needs: Sequence[Need]) -> list[Outcome] | None:
        calls = [PartCalls(self._commits, part, f"{commit}.{index}") for index, part in enumerate(parts)]
        try:
            outcomes = await self._exchange([call for call in calls if not call.changes_server], needs)
            for call in calls:
                # It comes last: what is known of the namespaces may end with it.
                if call.changes_server:
                    outcomes[call.version] = await self._change_server(call)
        except _MissingError:
            return None
        return [outcomes[call.version] for call in calls]

    async def _exchange(self, calls: Sequence[PartCalls], needs: Sequence[Need]) -> dict[str, Outcome]:
        """Commit to the namespaces and load from them; returns what became of each part, by its version."""
        replies: list[NamespaceReply] = []

        async def load(needed: Mapping[str, Sequence[str]]) -> None:
            await self._load(needed, replies)

        async def commit() -> dict[str, Outcome]:
            owners = await self._look(calls, needs)
            fitting = [call for call in calls if self._fits(call, owners)]
            found, _ = await asyncio.gather(
                asyncio.gather(*(self._commit(call, replies) for call in fitting)),
                load(_fields_of_owners(needs, owners)),
            )
            outcomes = dict(zip((call.version for call in fitting), found, strict=True))
            return {call.version: outcomes.get(call.version, OUTDATED) for call in calls}

        outcomes, _ = await asyncio.gather(commit(), load(_fields_of_namespaces(needs)))
        generation = self._generation
        for call in calls:
            if outcomes[call.version] == COMMITTED:
                self._commits.learn_committed(call.part, call.version)
        for reply in replies:
            self._commits.learn_namespaces(reply.loaded)
        effects = [effect for reply in replies for effect in reply.effects]
        if effects:
            await self._apply(effects)
        elif any(reply.result == _ASK_FIRST for reply in replies):
            await self._ask_shared()
        if generation != self._generation:
            # Everything was deleted in between, also what was committed here.
            outcomes = {version: OUTDATED if outcome == COMMITTED else outcome for version, outcome in outcomes.items()}
        return outcomes

    async def _look(self, calls: Sequence[PartCalls], needs: Sequence[Need]) -> dict[str, str]:
        """The owners of the names in parts and needs. New namespaces are registered, so that they hear of changes."""
        names = {name: None for call in calls for name in call.names}
        names |= {need.name: None for need in needs if need.name is not None}
        used = [name for call in calls for name in call.namespaces]
        used += [need.namespace for need in needs if need.namespace is not None]
        new = [namespace for namespace in dict.fromkeys(used) if not self._is_registered(namespace)]
        if not (names or new or Need() in needs or any(call.is_vague for call in calls)):
            return {}
        reply = await self._ask_shared(names=list(names), register=new)
        if len(self._registered) > _MOST_REMEMBERED:
            self._registered.clear()
        self._registered.update(dict.fromkeys(new, time.monotonic()))
        owners = {name: found or "" for name, found in zip(names, reply.owners, strict=True)}
        for name, found in owners.items():
            self._commits.learn_owners(name, found)
        return owners

    def _is_registered(self, namespace: str) -> bool:
        """Whether a namespace is certain to hear of changes of the server."""
        registered = self._registered.get(namespace, -math.inf)
        return bool(self._commits.version(namespace)) or time.monotonic() < registered + self._commits.ttl / 2

    def _fits(self, call: PartCalls, owners: Mapping[str, str]) -> bool:
        """Whether what a part has read of the shared keys is still valid."""
        server = self._known.server
        is_current = call.changes_server or (
            "server" not in call.server or (server is not None and server.version == call.server["server"])
        )
        return is_current and all(owners[name] == known for name, known in call.names.items())

    async def _commit(self, call: PartCalls, replies: list[NamespaceReply]) -> Outcome:
        """Commit a part; returns what became of it."""
        try:
            if list(call.namespaces) != call.written or len(call.written) > 1:
                # Several namespaces are reserved before the first one is changed.
                checks = [self._call(name, call.check(name), call.version) for name in call.namespaces]
                checked = await asyncio.gather(*checks)
                replies += checked
                if any(reply.result != COMMITTED for reply in checked):
                    return _outcome(checked)
            commits = [self._call(name, call.commit(name), call.version, call.texts[name]) for name in call.written]
            committed = await asyncio.gather(*commits)
        except StoreUnavailableError as error:
            return error
        replies += committed
        if len({reply.result for reply in committed}) > 1:
            return StoreUnavailableError("several servers have changed the same namespaces; not everything was stored")
        return _outcome(committed)

    async def _load(self, needed: Mapping[str, Sequence[str]], replies: list[NamespaceReply]) -> None:
        """Load fields of namespaces. Raises StoreUnavailableError."""
        replies += await self._call_all({name: {"fields": fields} for name, fields in needed.items()})

    async def _change_server(self, call: PartCalls) -> Outcome:
        """Replace the record of the server, and tell all namespaces; returns what became of the part."""
        version = "" if self._known.server is None else self._known.server.version
        generation = self._generation
        reply = await self._ask_shared(**{"id": call.version, "server": version, **call.server})
        if reply.result != COMMITTED:
            return OUTDATED
        self._commits.learn_committed(call.part, call.version)
        # After a reset, any call deletes what is older. Else, the namespaces refuse processes that know the old record.
        revise = {"revise": generation == self._generation}
        await self._call_all(dict.fromkeys(reply.namespaces, revise))
        return (await self._exchange([call], ()))[call.version] if call.namespaces else COMMITTED

    async def _apply(self, effects: Iterable[Effect]) -> None:
        """Apply effects to the shared keys. Items that are too many, and namespaces that have expired, are removed."""
        waiting, gone = sorted(set(effects)), list[str]()
        for _ in range(_MOST_ROUNDS):
            reply = await self._ask_shared(effects=waiting, gone=gone)
            if len(self._settled) > _MOST_REMEMBERED:
                self._settled.clear()
            self._settled.update((effect.namespace, effect.number) for effect in waiting)
            wanted: dict[str, dict[str, list[str]]] = {namespace: {} for namespace in reply.outdated}
            for namespace, field in reply.items:
                wanted.setdefault(namespace, {}).setdefault("evict", []).append(field)
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
        if number:
            effects.append(Effect(namespace, int(number), texts.text(members["part"]["effects"])))
        return NamespaceReply(result, tuple(effects), loaded)

    async def _ask_shared(self, effects: Iterable[Effect] = (), **members: Any) -> SharedReply:
        """The reply of the script for the shared keys. Raises StoreUnavailableError, and _MissingError."""
        texts = Texts()
        message = {
            **self._commits.header(self._link.new_id()),
            "generation": self._generation,
            "effects": [(*effect[:2], texts.number(effect.text)) for effect in effects],
            **dict.fromkeys(("names", "register", "gone"), ()),
            **members,
        }
        reply = await self._link.run("cluster_shared", message, texts)
        if reply == MISSING:
            raise _MissingError
        result, server, *rest = reply
        self._learn_server(server)
        return SharedReply(result, *rest)

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
