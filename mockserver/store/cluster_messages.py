"""Messages to a cluster and its replies."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from mockserver.errors import StoreUnavailableError
from mockserver.store.cluster_memory import ServerRevision
from mockserver.store.commits import COMMITTED, OUTDATED, Commits
from mockserver.store.exchange import Outcome
from mockserver.store.redis_link import Texts
from mockserver.store.transaction import Transaction


class Effect(NamedTuple):
    """An update of the shared keys that follows from a commit to a namespace. Later effects have higher numbers."""

    namespace: str
    number: int
    text: str


class NamespaceReply(NamedTuple):
    """The reply of the script for a namespace.

    After a success, `effects` may still have to be applied to the shared keys. `loaded` has the namespace with its
    loaded fields. `asked` is when the script was called, in seconds of the monotonic clock.
    """

    result: int
    effects: tuple[Effect, ...]
    loaded: Sequence[Any]
    asked: float


class SharedReply(NamedTuple):
    """The reply of the script for the shared keys.

    `applied` has, for each registered namespace, the number of its last applied effects. `items` must be removed from
    their namespaces. `sharing` namespaces must get a new version. `outdated` namespaces may have expired. `namespaces`
    must be told of a new record of the server.
    """

    result: int
    server: Sequence[str]
    owners: Sequence[str | None]
    applied: Sequence[str | None]
    items: Sequence[tuple[str, str, str]]
    sharing: Sequence[tuple[str, str]]
    outdated: Sequence[str]
    namespaces: Sequence[str]


class PartCalls:
    """The members of messages for one transaction: for the server, and for each namespace."""

    def __init__(self, commits: Commits, part: Transaction, version: str) -> None:
        self.part = part
        self.version = version
        self.server = commits.server(part)
        self.changes_server = "new_server" in self.server
        self.names = commits.names(part)
        self.texts = {name: Texts() for name in part.namespaces}
        self.namespaces = {name: commits.namespace(part, name, texts) for name, texts in self.texts.items()}
        self.written = [name for name, each in self.namespaces.items() if "record" in each or "items" in each]
        # An existing namespace reports a changed record of the server. Without one, the shared keys have to be asked.
        self.has_to_ask = not self.written and not any(each["version"] for each in self.namespaces.values())
        for name in self.written:
            own, texts = self.namespaces[name], self.texts[name]
            own |= {"id": version, "effects": texts.number(commits.effects(part, own, texts))}
        self._fields = {need.namespace: need.fields for need in part.reads()}

    def used_names(self) -> Iterator[str]:
        """The names that the transaction has read, and those that it gives to items."""
        yield from self.names
        yield from (name for _, name in self.part.fields_of_names)

    def commit(self, namespace: str, *, is_unsure: bool, is_reserved: bool) -> dict[str, Any]:
        """The members that commit what was written to a namespace. If it is unsure, it can be undone."""
        part = {**self.namespaces[namespace], "unsure": is_unsure, "reserved": is_reserved}
        return {"part": part, "fields": self._fields[namespace]}

    def check(self, namespace: str) -> dict[str, Any]:
        """The members that compare the version of a namespace, and reserve it if it was written to."""
        return {
            "check": self.namespaces[namespace]["version"],
            "reserve": namespace in self.written,
            "fields": self._fields[namespace],
        }


class Gathered:
    """The outcomes of parts, by version, the replies of namespaces, and the owners of names.

    `revision` is the one of the record of the server that the parts have read. Parts are `unsure` if the shared keys
    are asked about them at the same time. `problem` is the error of a load, or None. `has_outdated` is true if
    namespaces may have expired.
    """

    def __init__(self, calls: Iterable[PartCalls], revision: ServerRevision) -> None:
        self.revision = revision
        self.unsure: list[PartCalls] = []
        self.owners: dict[str, str] = {}
        self.outcomes: dict[str, Outcome] = dict.fromkeys((call.version for call in calls), OUTDATED)
        self.replies: list[NamespaceReply] = []
        self.problem: StoreUnavailableError | None = None
        self.has_outdated = False

    def drop_effects(self, namespace: str) -> None:
        """Drop the effects of the commit to a namespace, because it was undone."""
        self.replies = [
            reply._replace(effects=tuple(each for each in reply.effects if each.namespace != namespace))
            for reply in self.replies
        ]

    def effects(self) -> list[Effect]:
        """The effects in all replies."""
        return [effect for reply in self.replies for effect in reply.effects]

    def mark_outdated(self) -> None:
        """Mark committed parts as outdated."""
        for version, outcome in self.outcomes.items():
            if outcome == COMMITTED:
                self.outcomes[version] = OUTDATED
