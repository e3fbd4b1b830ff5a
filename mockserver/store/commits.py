"""Encodes transactions as messages to a store, and remembers the contents of its replies."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from mockserver.engine.journal import DEFAULT_CAP
from mockserver.engine.metrics import MAX_SERIES, OTHER
from mockserver.storage.bounded_store import CAPACITY
from mockserver.store import codec
from mockserver.store.known_state import KnownServer, KnownState
from mockserver.store.records import (
    FORMAT,
    FORMAT_WITH_SLOTS,
    NEW_NAMESPACE,
    NamespaceRecord,
    StoreRecord,
    check_format,
)
from mockserver.store.redis_link import Texts
from mockserver.store.shared_metrics import counter_name, counters_of
from mockserver.store.stored_entries import StoredEntries
from mockserver.store.transaction import Item, Journalled, Need, Transaction

MOST_OWNERS: Final = 1000
"""The maximum number of owners of a name that are loaded, newest first. A scenario can give many of them one name."""

MOST_COUNTERS: Final = 16 * MAX_SERIES
"""The maximum number of counters for metrics. A histogram has several. Further operations share theirs."""

COMMITTED: Final = 1
OUTDATED: Final = 0
TOO_EARLY: Final = 2
"""Another process may commit first, because its last commit failed."""


class Commits:
    """Encodes transactions, and stores what replies say in the known state.

    `ttl` is the time after its last commit until a namespace expires, in seconds. `format` is that of the data.
    """

    def __init__(self, known: KnownState, entries: StoredEntries, *, ttl: float, has_slots: bool) -> None:
        self._known = known
        self._entries = entries
        self.format = FORMAT_WITH_SLOTS if has_slots else FORMAT
        self.ttl = max(1, round(ttl))

    def header(self, commit: str) -> dict[str, Any]:
        """The members that all messages of a commit have in common, given its id."""
        return {
            "ttl": self.ttl,
            "id": commit,
            "worker": commit.partition("-")[0],
        }

    @staticmethod
    def limits() -> dict[str, Any]:
        """The maximum number of journal entries, their maximum size in bytes, and the maximum number of counters."""
        limits = {"journal_cap": DEFAULT_CAP, "journal_capacity": CAPACITY, "most_counters": MOST_COUNTERS}
        return {**limits, "other": OTHER}

    def part(self, part: Transaction, version: str, texts: Texts) -> dict[str, Any]:
        """Encode a transaction for the script `commit`. Everything that it changes gets this version."""
        message: dict[str, Any] = {
            "id": version,
            "namespaces": [self.namespace(part, name, texts) for name in part.namespaces],
            "names": self.names(part),
            "reads": [need_message(need) for need in part.reads()],
            **self.server(part),
        }
        if not part.writes:
            return message
        journal = [(each.namespace, texts.number(self._entries.write(each.entry))) for each in part.journal]
        return {**message, "limits": _limits(part), "journal": journal, **_counts(part.journal)}

    def names(self, part: Transaction) -> dict[str, str]:
        """The known owners of the names that a transaction has read."""
        return {name: self.owners(name) for name in part.names}

    def owners(self, name: str) -> str:
        """The known owners of a name, as they are stored."""
        return " ".join(self._known.peek_owners(name) or ())

    def server_version(self) -> str:
        """The known version of the record of the server. It is empty if the record is unknown."""
        return "" if self._known.server is None else self._known.server.version

    def server(self, part: Transaction) -> dict[str, Any]:
        """Encode the version of the server record that a transaction has read, and the new record that it writes."""
        message: dict[str, Any] = {}
        if part.reads_server and self._known.server is not None:
            message["server"] = self._known.server.version
        if part.server is not None:
            message["new_server"] = part.server.write()
        if None in part.resets:
            message["reset"] = True
        return message

    def namespace(self, part: Transaction, name: str, texts: Texts) -> dict[str, Any]:
        """Encode the version of a namespace that a transaction has read, and its changes there."""
        message: dict[str, Any] = {"namespace": name, "version": self.version(name)}
        if name in part.resets:
            message["reset"] = True
        record = part.records.get(name)
        if record is not None:
            message["record"] = record.write()
        items = [_item(field, item, texts) for (owner, field), item in part.items.items() if owner == name]
        if items:
            message["items"] = items
        return message

    def effects(self, part: Transaction, namespace: Mapping[str, Any], texts: Texts) -> str:
        """Encode the updates of the shared keys that follow from `namespace`, the message about a namespace."""
        journalled = [each for each in part.journal if each.namespace == namespace["namespace"]]
        message: dict[str, Any] = {}
        if "items" in namespace:
            message["items"] = [_noted(item, texts.text(item["stored"])) for item in namespace["items"]]
            message["limits"] = _limits(part)
        if "reset" in namespace:
            message["reset"] = True
        if journalled:
            message["journal"] = [(each.namespace, self._entries.write(each.entry)) for each in journalled]
            message |= _counts(journalled)
        return codec.written(message)

    def version(self, namespace: str) -> str:
        """The known version of a namespace. It is empty if the namespace is unknown or was never used."""
        known = self._known.namespace(namespace)
        return "" if known is None else known.version

    def learn_server(self, version: str, text: str, stored_format: str) -> None:
        """Remember the record of the server. Raises StoreUnavailableError: another format."""
        check_format(stored_format, self.format)
        if self._known.server is None or self._known.server.version != version:
            self._known.server = KnownServer(version, StoreRecord.read(text))

    def learn_namespaces(self, namespaces: Iterable[tuple[str, str, str, Sequence[tuple[str, str | None]]]]) -> None:
        """Remember namespaces, each with its version, its record and some of its fields."""
        for name, version, text, items in namespaces:
            record = NamespaceRecord.read(text) if text else NEW_NAMESPACE
            self._known.learn_namespace(name, version, record)
            self._known.learn_items(name, {field: _value(stored) for field, stored in items})

    def learn_owners(self, name: str, owners: str) -> None:
        """Remember the owners of a name."""
        self._known.learn_owners(name, tuple(owners.split()))

    def learn_committed(self, part: Transaction, version: str) -> None:
        """Remember the changes of a committed transaction, with their new version."""
        if None in part.resets:
            self._known.forget()
        if part.server is not None:
            self._known.server = KnownServer(version, part.server)
        for namespace, record in part.records.items():
            known = self._known.namespace(namespace)
            if known is None or namespace in part.resets:
                known = self._known.learn_namespace(namespace, version, record)
                known.items.clear()
                known.is_complete = namespace in part.resets
            known.version, known.record = version, record
        values: dict[str, dict[str, Any]] = {}
        for (namespace, name), field in part.fields_of_names.items():
            values.setdefault(namespace, {})[name] = field
        for (namespace, field), item in part.items.items():
            values.setdefault(namespace, {})[field] = item.value
        for namespace, own in values.items():
            known = self._known.namespace(namespace)
            if known is not None:
                known.version = version
            self._known.learn_items(namespace, own)
        for name, owners in part.owners.items():
            self._known.learn_owners(name, owners)


def need_message(need: Need) -> dict[str, Any]:
    """Encode a need for the script `commit`."""
    if need.namespace is not None:
        return {"namespace": need.namespace, "fields": need.fields}
    return {"name": need.name, "fields": need.fields} if need.name is not None else {}


def _counts(journalled: Sequence[Journalled]) -> dict[str, Any]:
    """The increments of the metrics and of the coverage of each namespace."""
    cells: dict[str, dict[str, int]] = {}
    for each in journalled:
        if each.cell is not None:
            own, name = cells.setdefault(each.namespace, {}), counter_name(*each.cell)
            own[name] = own.get(name, 0) + 1
    return {"metrics": counters_of(each.entry for each in journalled), "cells": cells}


def _limits(part: Transaction) -> dict[str, tuple[int, int]]:
    """The maximum number of items of each kind, and their maximum size in bytes."""
    return {item.kind.name: (item.kind.cap, item.kind.capacity) for item in part.items.values()}


def _item(field: str, item: Item, texts: Texts) -> dict[str, Any]:
    stored = f"{' '.join(item.names)}\n{' '.join(item.related)}\n{codec.write(item.value)}"
    return {"field": field, "stored": texts.number(stored), "takes_names": item.takes_names}


def _noted(item: Mapping[str, Any], stored: str) -> dict[str, Any]:
    """The description of an item for the shared keys."""
    names = stored.partition("\n")[0].split() if item["takes_names"] else []
    return {"field": item["field"], "names": names, "size": len(stored.encode())}


def _value(stored: str | None) -> Any:
    """Decode the value of an item. The name of a field is returned as it is."""
    return codec.read(stored[1:]) if stored is not None and stored.startswith("\n") else stored
