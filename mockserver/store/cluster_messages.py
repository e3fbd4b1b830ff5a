"""What is sent to a cluster, and what it replies."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from mockserver.errors import StoreUnavailableError
from mockserver.store.commits import COMMITTED, OUTDATED, Commits
from mockserver.store.exchange import Outcome
from mockserver.store.redis_link import Texts
from mockserver.store.transaction import Transaction


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

    `applied` are the numbers of the last effects of the namespaces that were registered. `items` are to be removed from
    their namespaces, `outdated` are namespaces that may have expired, and `namespaces` all that have to know a new
    record of the server.
    """

    result: int
    server: Sequence[str]
    owners: Sequence[str | None]
    applied: Sequence[str | None]
    items: Sequence[tuple[str, str, str]]
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
        self.has_to_ask = not self.written and not any(each["version"] for each in self.namespaces.values())
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


class Gathered:
    """What became of parts, by their versions, and the replies of namespaces.

    `problem` is why something could not be loaded; None if it was. `has_outdated` says that namespaces have expired.
    """

    def __init__(self, calls: Iterable[PartCalls]) -> None:
        self.outcomes: dict[str, Outcome] = dict.fromkeys((call.version for call in calls), OUTDATED)
        self.replies: list[NamespaceReply] = []
        self.problem: StoreUnavailableError | None = None
        self.has_outdated = False

    @property
    def effects(self) -> list[Effect]:
        """The effects that the shared keys may not have."""
        return [effect for reply in self.replies for effect in reply.effects]

    def undo(self) -> None:
        """Note that what was committed is outdated."""
        for version, outcome in self.outcomes.items():
            if outcome == COMMITTED:
                self.outcomes[version] = OUTDATED
