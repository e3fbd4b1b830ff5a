"""What this process knows of a store. It may be out of date: a commit fails then, and brings what is new."""

from collections import OrderedDict
from typing import Any, Final, NamedTuple

from mockserver.store.records import NamespaceRecord, StoreRecord

MOST_NAMESPACES: Final = 4096
MOST_ITEMS: Final = 256
MOST_NAMES: Final = 16_384
UNKNOWN: Final = object()
"""The value of an item about which nothing is known, as opposed to None: there is none."""


class KnownServer(NamedTuple):
    """The record of the server, with its version."""

    version: str
    record: StoreRecord


class KnownNamespace:
    """One namespace: its version (empty before its first commit), its record, and some of its items by field."""

    __slots__ = ("items", "record", "version")

    def __init__(self, version: str, record: NamespaceRecord) -> None:
        self.version = version
        self.record = record
        self.items: dict[str, Any] = {}

    def learn(self, items: dict[str, Any]) -> None:
        """Remember items. With too many, the others are forgotten."""
        if len(self.items) + len(items) > MOST_ITEMS:
            self.items.clear()
        self.items.update(items)


class KnownState:
    """The server, namespaces by id, and the ids of the owners of names. Bounded: the rest is asked for again.

    The methods `peek_…` are those that a transaction has, too: it reads what it has not changed itself from here.
    """

    def __init__(self) -> None:
        self.server: KnownServer | None = None
        self._namespaces: OrderedDict[str, KnownNamespace] = OrderedDict()
        self._owners: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def namespace(self, name: str) -> KnownNamespace | None:
        """A namespace, given its id."""
        return self._namespaces.get(name)

    def peek_server(self) -> StoreRecord | None:
        """The record of the server; None if it is not known."""
        return None if self.server is None else self.server.record

    def peek_record(self, namespace: str) -> NamespaceRecord | None:
        """The record of a namespace; None if it is not known."""
        known = self._namespaces.get(namespace)
        return None if known is None else known.record

    def peek_item(self, namespace: str, field: str) -> Any:
        """The value of an item, None if there is no such item; UNKNOWN if it is not known."""
        known = self._namespaces.get(namespace)
        if known is None:
            return UNKNOWN
        # A namespace that nobody has used has no items.
        return known.items.get(field, UNKNOWN if known.version else None)

    def peek_field(self, namespace: str, name: str) -> Any:
        """The field of the item with a name, None if there is no such item; UNKNOWN if it is not known."""
        # Fields of names are stored beside the items.
        return self.peek_item(namespace, name)

    def peek_owners(self, name: str) -> tuple[str, ...] | None:
        """The ids of the namespaces that have an item with a name, the newest last; None if they are not known."""
        return self._owners.get(name)

    def learn_namespace(self, name: str, version: str, record: NamespaceRecord) -> KnownNamespace:
        """Remember a namespace. Of another version, its items are not known any more."""
        known = self._namespaces.get(name)
        if known is None or known.version != version:
            known = self._namespaces[name] = KnownNamespace(version, record)
        self._namespaces.move_to_end(name)
        if len(self._namespaces) > MOST_NAMESPACES:
            self._namespaces.popitem(last=False)
        return known

    def learn_owners(self, name: str, owners: tuple[str, ...]) -> None:
        """Remember the owners of a name."""
        self._owners[name] = owners
        self._owners.move_to_end(name)
        if len(self._owners) > MOST_NAMES:
            self._owners.popitem(last=False)

    def forget(self) -> None:
        """Forget everything."""
        self.server = None
        self._namespaces.clear()
        self._owners.clear()
