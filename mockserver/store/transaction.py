"""Transactions: what one decision, or several in a row, has read from a store and wants to write."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from mockserver.engine.coverage import Cell
from mockserver.engine.journal import Entry
from mockserver.store.known_state import UNKNOWN, KnownState
from mockserver.store.records import NamespaceRecord, StoreRecord

Value = TypeVar("Value")


class Need(NamedTuple):
    """Something that a decision needs to know.

    With a `namespace`, its record and the items in `fields`; without one, every item with the name `name` in any
    namespace, and the `fields` of these namespaces.
    """

    namespace: str | None = None
    name: str | None = None
    fields: tuple[str, ...] = ()


class NeededError(BaseException):
    """A decision needs something that is not known yet. It is made again when it is known.

    No handler of errors may catch it, so it is not an Exception.
    """

    def __init__(self, need: Need) -> None:
        super().__init__(need)
        self.need = need


class StateNeededError(BaseException):
    """State is read or changed outside a decision. No handler of errors may catch it, so it is not an Exception."""


class ItemKind(NamedTuple):
    """A kind of stored items: at most `cap` items of at most `capacity` bytes are stored, the newest."""

    name: str
    cap: int
    capacity: int


class Item(NamedTuple):
    """An item to be stored in a field of a namespace.

    `names` are the names that it is found by; with `takes_names`, it takes them from other items of the namespace.
    `related` are the fields that are read together with it.
    """

    kind: ItemKind
    value: Any
    names: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    takes_names: bool = True


class Journalled(NamedTuple):
    """A journal entry of a namespace, and the cell of the coverage that it counts for."""

    namespace: str
    entry: Entry
    cell: Cell | None


class Transaction:
    """Reads and writes on top of what is known, or of another transaction with earlier decisions.

    Everything that was read is listed in `namespaces`, `names` and `reads_server`: the commit fails if it has changed.
    """

    def __init__(self, below: "KnownState | Transaction") -> None:
        self._below = below
        # When the newest of its decisions arrived, in seconds of the monotonic clock.
        self.since = -math.inf
        self.reads_server = False
        self.namespaces: dict[str, None] = {}
        self.names: dict[str, None] = {}
        self.fields: dict[tuple[str, str], None] = {}
        self.server: StoreRecord | None = None
        self.records: dict[str, NamespaceRecord] = {}
        self.items: dict[tuple[str, str], Item] = {}
        self.fields_of_names: dict[tuple[str, str], str] = {}
        self.owners: dict[str, tuple[str, ...]] = {}
        self.journal: list[Journalled] = []
        self.resets: list[str | None] = []

    def reads(self) -> list[Need]:
        """Needs for everything that was read."""
        fields: dict[str, list[str]] = {namespace: [] for namespace in self.namespaces}
        for namespace, field in self.fields:
            fields[namespace].append(field)
        of_namespaces = [Need(namespace=each, fields=tuple(found)) for each, found in fields.items()]
        return [*of_namespaces, *(Need(name=name) for name in self.names)]

    @property
    def writes(self) -> bool:
        """Whether there is something to be stored."""
        return bool(self.records or self.items or self.journal or self.resets or self.server is not None)

    def merge(self, later: "Transaction") -> None:
        """Add the reads and writes of a transaction on top of this one."""
        for namespace in later.resets:
            self._drop_writes(namespace)
        self.since = max(self.since, later.since)
        self.reads_server = self.reads_server or later.reads_server
        self.server = self.server if later.server is None else later.server
        self.namespaces |= later.namespaces
        self.names |= later.names
        self.fields |= later.fields
        self.records |= later.records
        self.items |= later.items
        self.fields_of_names |= later.fields_of_names
        self.owners |= later.owners
        self.journal += later.journal
        self.resets += later.resets

    def read_server(self) -> StoreRecord:
        """The record of the server. Raises NeededError."""
        record = self.peek_server()
        if record is None:
            raise NeededError(Need())
        self.reads_server = True
        return record

    def write_server(self, record: StoreRecord) -> None:
        """Replace the record of the server."""
        self.server = record

    def read(self, namespace: str) -> NamespaceRecord:
        """The record of a namespace. Raises NeededError."""
        record = self.peek_record(namespace)
        if record is None:
            raise NeededError(Need(namespace=namespace))
        self.namespaces[namespace] = None
        return record

    def change(self, namespace: str) -> NamespaceRecord:
        """A copy of the record of a namespace. The transaction writes what the caller changes. Raises NeededError."""
        record = self.records.get(namespace)
        if record is None:
            record = self.records[namespace] = self.read(namespace).copy()
        return record

    def write(self, namespace: str, record: NamespaceRecord) -> None:
        """Replace the record of a namespace."""
        self.namespaces[namespace] = None
        self.records[namespace] = record

    def item(self, namespace: str, field: str) -> Any:
        """The value of an item of a namespace; None if there is none. Raises NeededError."""
        value = self.peek_item(namespace, field)
        if value is UNKNOWN:
            raise NeededError(Need(namespace=namespace, fields=(field,)))
        self.namespaces[namespace] = None
        self.fields[namespace, field] = None
        return value

    def put(self, namespace: str, field: str, item: Item) -> None:
        """Store an item."""
        self.namespaces[namespace] = None
        self.items[namespace, field] = item
        for name in item.names if item.takes_names else ():
            self.fields_of_names[namespace, name] = field
            # Most names are new. The commit of a transaction that reads the owners checks them.
            former = self.peek_owners(name)
            others = [owner for owner in former if owner != namespace] if former else ()
            self.owners[name] = (*others, namespace)

    def named(self, namespace: str, name: str) -> str | None:
        """The field of the item of a namespace that has a name; None if there is none. Raises NeededError."""
        field: str | None = self.peek_field(namespace, name)
        if field is UNKNOWN:
            raise NeededError(Need(namespace=namespace, fields=(name,)))
        self.namespaces[namespace] = None
        self.fields[namespace, name] = None
        return field

    def owners_of(self, name: str) -> tuple[str, ...]:
        """The namespaces that have an item with a name, the newest last. Raises NeededError."""
        owners = self.peek_owners(name)
        if owners is None:
            raise NeededError(Need(name=name))
        self.names[name] = None
        return owners

    def record_entry(self, journalled: Journalled) -> None:
        """Add an entry to the journal."""
        self.journal.append(journalled)

    def reset(self, namespace: str | None) -> None:
        """Delete everything of a namespace, or of all (None), before anything else is written."""
        self.resets.append(namespace)
        self._drop_writes(namespace)

    def _drop_writes(self, namespace: str | None) -> None:
        if namespace is None:
            self.records, self.items, self.fields_of_names, self.owners = {}, {}, {}, {}
            return
        self.records.pop(namespace, None)
        self.items = _of_others(self.items, namespace)
        self.fields_of_names = _of_others(self.fields_of_names, namespace)

    # These methods return what is known. They do not count as reads.

    def peek_server(self) -> StoreRecord | None:
        """The record of the server; None if it is not known."""
        return self._below.peek_server() if self.server is None else self.server

    def peek_record(self, namespace: str) -> NamespaceRecord | None:
        """The record of a namespace; None if it is not known."""
        found = self.records.get(namespace)
        return self._below.peek_record(namespace) if found is None else found

    def peek_item(self, namespace: str, field: str) -> Any:
        """The value of an item, None if there is no such item; UNKNOWN if it is not known."""
        found = self.items.get((namespace, field))
        return self._below.peek_item(namespace, field) if found is None else found.value

    def peek_field(self, namespace: str, name: str) -> Any:
        """The field of the item with a name, None if there is no such item; UNKNOWN if it is not known."""
        found = self.fields_of_names.get((namespace, name))
        return self._below.peek_field(namespace, name) if found is None else found

    def peek_owners(self, name: str) -> tuple[str, ...] | None:
        """The ids of the namespaces that have an item with a name, the newest last; None if they are not known."""
        found = self.owners.get(name)
        return self._below.peek_owners(name) if found is None else found


def _of_others(values: dict[tuple[str, str], Value], namespace: str) -> dict[tuple[str, str], Value]:
    """What belongs to other namespaces than this one."""
    return {key: value for key, value in values.items() if key[0] != namespace}


class RunningTransaction:
    """The transaction of the decision that is being made. Decisions are made one after another."""

    def __init__(self) -> None:
        self._transaction: Transaction | None = None

    @property
    def now(self) -> Transaction:
        """The transaction. Raises StateNeededError: there is none."""
        if self._transaction is None:
            raise StateNeededError
        return self._transaction

    def run(self, decide: Callable[[], Value], transaction: Transaction | None) -> Value:
        """The result of a decision with a transaction. Without one (None), `now` raises StateNeededError."""
        before, self._transaction = self._transaction, transaction
        try:
            return decide()
        finally:
            self._transaction = before
