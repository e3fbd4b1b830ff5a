"""Sends transactions to a store, and loads the state that decisions need."""

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from mockserver.errors import StoreUnavailableError
from mockserver.store.availability import Availability
from mockserver.store.commits import COMMITTED, MOST_OWNERS, OUTDATED, Commits, need_message
from mockserver.store.known_state import KnownState
from mockserver.store.records import StoreRecord, check_format
from mockserver.store.redis_link import PREFIX, RedisLink, Texts
from mockserver.store.transaction import Need, Transaction

Outcome: TypeAlias = int | StoreUnavailableError
"""The outcome of a transaction: COMMITTED, OUTDATED, TOO_EARLY, or an error that leaves the outcome unknown."""

MISSING: Final = "missing"
"""Scripts return this if the store has no record of the server."""
_DONE: Final = "done"
"""The script `commit` returns this if all parts were committed and there is nothing to load."""
_MOST_NEW_STORES: Final = 4


class Exchanged(NamedTuple):
    """The outcomes of transactions. `problem` is the error of a load, or None."""

    outcomes: list[Outcome]
    problem: StoreUnavailableError | None = None


class Exchange(ABC):
    """Exchanges messages with a store, and remembers the contents of its replies.

    `is_atomic` says whether a transaction can change several namespaces at once.
    """

    is_atomic: bool

    def __init__(self, link: RedisLink, known: KnownState, commits: Commits) -> None:
        self._link = link
        self._known = known
        self._commits = commits
        self._initial_seed = int.from_bytes(os.urandom(4))
        self._availability = Availability()

    async def begin(self) -> StoreRecord:
        """Make the record of the server, unless there is one; returns it. Raises StoreUnavailableError."""
        header = self._commits.header(self._link.new_id())
        record = StoreRecord(self._initial_seed).write()
        reply = await self._link.run("begin", {**header, "format": self._commits.format, "record": record})
        self._known.forget()
        self._learn_server(reply)
        assert self._known.server is not None, "it was learned"  # noqa: S101  # by the line above
        return self._known.server.record

    async def check(self) -> None:
        """Check that this version can read the store. Raises StoreUnavailableError."""
        found = await self._link.execute("HGET", "server", "format")
        if found is None:
            # The store is new, or was emptied.
            await self.begin()
        else:
            check_format(found, self._commits.format)

    async def check_writes(self) -> None:
        """Check that this version can read and write the store. Raises StoreUnavailableError."""
        try:
            await self.check()
            await self._link.execute("SET", "ready", 1, "PX", 60_000)
        except StoreUnavailableError as error:
            self._availability.note_problem(error)
            raise
        self._availability.note_success()

    @abstractmethod
    async def forget_expired(self) -> None:
        """Remove the data of expired namespaces from the shared keys. Raises StoreUnavailableError."""

    async def commit(self, parts: Sequence[Transaction], needs: Sequence[Need]) -> Exchanged:
        """Commit transactions and load needs. Raises StoreUnavailableError."""
        for _ in range(_MOST_NEW_STORES):
            try:
                done = await self._send(self._link.new_id(), parts, needs)
            except StoreUnavailableError as error:
                self._known.forget()
                self._availability.note_problem(error)
                raise
            if done is not None:
                self._note(parts, done)
                return done
            # The store is new, or was emptied.
            await self.begin()
            if parts:
                return Exchanged([OUTDATED] * len(parts))
        raise StoreUnavailableError("it loses its data as soon as it is written")

    def _note(self, parts: Sequence[Transaction], done: Exchanged) -> None:
        problem = done.problem or next((each for each in done.outcomes if isinstance(each, Exception)), None)
        if problem is not None:
            self._availability.note_problem(problem)
        elif COMMITTED in done.outcomes and any(part.writes for part in parts):
            # A store can refuse to write although it can be read.
            self._availability.note_success()

    @abstractmethod
    async def _send(self, commit: str, parts: Sequence[Transaction], needs: Sequence[Need]) -> Exchanged | None:
        """What `commit` returns; None if the store has no record of the server."""

    def _learn_server(self, reply: Sequence[str]) -> None:
        version, text, stored_format, *_ = reply
        self._commits.learn_server(version, text, stored_format)


class AtomicExchange(Exchange):
    """Commits to a store in which one script can use all keys. One call does everything."""

    is_atomic = True

    async def forget_expired(self) -> None:
        """Remove the data of expired namespaces from the shared keys. Raises StoreUnavailableError."""
        while await self._link.run("expired", {"ttl": self._commits.ttl}):
            pass

    async def _send(self, commit: str, parts: Sequence[Transaction], needs: Sequence[Need]) -> Exchanged | None:
        texts = Texts()
        versions = [f"{commit}.{index}" for index in range(len(parts))]
        message = {
            **self._commits.header(commit),
            **self._commits.limits(),
            "parts": [self._commits.part(part, version, texts) for part, version in zip(parts, versions, strict=True)],
            "needs": [need_message(need) for need in needs],
            "most_owners": MOST_OWNERS,
            "known_server": self._commits.server_version(),
        }
        only_reads = not needs and self._known.server is not None and not any(part.writes for part in parts)
        reply: Any = await (
            self._link.run("commit_reads", message, self._read_values(parts))
            if only_reads
            else self._link.run("commit", message, texts)
        )
        if reply == MISSING:
            return None
        if reply == _DONE:
            reply = [COMMITTED] * len(parts), None, (), ()
        results, server, namespaces, names = reply
        for part, version, result in zip(parts, versions, results, strict=True):
            if result == COMMITTED:
                self._commits.learn_committed(part, version)
        if server is not None:
            self._learn_server(server)
        self._commits.learn_namespaces(namespaces)
        for name, owners in names:
            self._commits.learn_owners(name, owners)
        return Exchanged(list(results))

    def _read_values(self, parts: Sequence[Transaction]) -> list[str]:
        """Return what `commit_reads` compares: a key, a field and the known value, for everything that was read."""
        values = [f"{PREFIX}server", "v", self._commits.server_version()]
        for namespace in dict.fromkeys(name for part in parts for name in part.namespaces):
            values += self._link.key_of("n", namespace), "v", self._commits.version(namespace)
        for name in dict.fromkeys(name for part in parts for name in part.names):
            values += f"{PREFIX}names", name, self._commits.owners(name)
        return values
