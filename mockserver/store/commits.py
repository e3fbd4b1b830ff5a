"""The messages to the script `commit`, and its replies."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from mockserver.engine.journal import DEFAULT_CAP
from mockserver.errors import StoreUnavailableError
from mockserver.storage.bounded_store import CAPACITY
from mockserver.store import codec
from mockserver.store.known_state import KnownServer, KnownState
from mockserver.store.records import FORMAT, NEW_NAMESPACE, NamespaceRecord, StoreRecord
from mockserver.store.redis_link import PREFIX
from mockserver.store.shared_metrics import counters_of
from mockserver.store.stored_entries import StoredEntries
from mockserver.store.transaction import Item, Need, Transaction

COMMITTED: Final = 1
OUTDATED: Final = 0
TOO_EARLY: Final = 2
"""Another process may commit first, because its last commit failed."""

_EVERYTHING: Final = "*"


class Commits:
    """Writes transactions as messages, and learns from replies."""

    def __init__(self, known: KnownState, entries: StoredEntries, *, ttl: float) -> None:
        self._known = known
        self._entries = entries
        self._ttl = max(1, round(ttl))

    def begin_message(self, commit: str, record: StoreRecord) -> str:
        """The message to the script `begin`."""
        return json.dumps(
            {"prefix": PREFIX, "ttl": self._ttl, "id": commit, "format": FORMAT, "record": record.write()}
        )

    def message(self, commit: str, parts: Sequence[Transaction], needs: Iterable[Need]) -> dict[str, Any]:
        """The message with these transactions and needs."""
        return {
            "prefix": PREFIX,
            "ttl": self._ttl,
            "id": commit,
            "worker": commit.partition("-")[0],
            "repeated": False,
            "journal_cap": DEFAULT_CAP,
            "journal_capacity": CAPACITY,
            "parts": [self._part(part) for part in parts],
            "needs": [_need(need) for need in needs],
        }

    def learn(self, commit: str, parts: Sequence[Transaction], reply: Any) -> list[int]:
        """Remember what a reply says; returns what became of the transactions: COMMITTED, OUTDATED or TOO_EARLY."""
        results: list[int]
        results, server, namespaces, names = reply
        for part, result in zip(parts, results, strict=True):
            if result == COMMITTED:
                self._learn_written(commit, part)
        self.learn_server(*server)
        for name, version, text, items in namespaces:
            record = NamespaceRecord.read(text) if text else NEW_NAMESPACE
            self._known.learn_namespace(name, version, record)
            self._known.learn_items(name, {field: self._value(stored) for field, stored in items})
        for name, owners in names:
            self._known.learn_owners(name, tuple(owners.split()))
        return results

    def learn_server(self, version: str, text: str, stored_format: str) -> None:
        """Remember the record of the server. Raises StoreUnavailableError: another format."""
        if stored_format != FORMAT:
            raise StoreUnavailableError(
                f"its data has the format {stored_format}, and this version of mockserver reads the format {FORMAT}: "
                "use another database, or delete the keys that begin with " + PREFIX
            )
        if self._known.server is None or self._known.server.version != version:
            self._known.server = KnownServer(version, StoreRecord.read(text))

    def _part(self, part: Transaction) -> dict[str, Any]:
        known = self._known
        message: dict[str, Any] = {
            "namespaces": {name: _version(known, name) for name in part.namespaces},
            "names": {name: " ".join(known.peek_owners(name) or ()) for name in part.names},
            "reads": [_need(need) for need in part.reads()],
            "resets": [_EVERYTHING if name is None else name for name in part.resets],
            "records": {name: record.write() for name, record in part.records.items()},
            "items": [self._item(namespace, field, item) for (namespace, field), item in part.items.items()],
            "journal": [
                {
                    "namespace": each.namespace,
                    "data": self._entries.write(each.entry),
                    **({} if each.cell is None else {"cell": json.dumps(each.cell)}),
                }
                for each in part.journal
            ],
        }
        if part.journal:
            message["metrics"] = counters_of(each.entry for each in part.journal)
        if part.reads_server and known.server is not None:
            message["server"] = known.server.version
        if part.server is not None:
            message["new_server"] = part.server.write()
        return message

    def _item(self, namespace: str, field: str, item: Item) -> dict[str, Any]:
        return {
            "namespace": namespace,
            "field": field,
            "stored": f"{' '.join(item.names)}\n{' '.join(item.related)}\n{codec.write(item.value)}",
            "cap": item.kind.cap,
            "capacity": item.kind.capacity,
            "takes_names": item.takes_names,
        }

    def _value(self, stored: str | None) -> Any:
        """The value of an item, or the name of a field, as the script returns them."""
        return codec.read(stored[1:]) if stored is not None and stored.startswith("\n") else stored

    def _learn_written(self, commit: str, part: Transaction) -> None:
        for namespace in part.resets:
            if namespace is None:
                self._known.forget()
        if part.server is not None:
            self._known.server = KnownServer(commit, part.server)
        for namespace, record in part.records.items():
            known = self._known.namespace(namespace)
            is_reset = namespace in part.resets or known is None
            if known is None or is_reset:
                known = self._known.learn_namespace(namespace, commit, record)
                known.items.clear()
            known.version, known.record = commit, record
        for (namespace, field), item in part.items.items():
            self._known.learn_items(namespace, {field: item.value})
        for (namespace, name), field in part.fields_of_names.items():
            if name != field:
                self._known.learn_items(namespace, {name: field})
        for name, owners in part.owners.items():
            self._known.learn_owners(name, owners)


def _version(known: KnownState, name: str) -> str:
    namespace = known.namespace(name)
    return "" if namespace is None else namespace.version


def _need(need: Need) -> dict[str, Any]:
    if need.namespace is not None:
        return {"namespace": need.namespace, "fields": need.fields}
    return {"name": need.name, "fields": need.fields} if need.name is not None else {}
