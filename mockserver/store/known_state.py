"""What this process knows of a store. It may be out of date: then a commit fails, and returns what has changed."""

from collections import OrderedDict
from collections.abc import Mapping
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
    """One namespace: its version (empty before its first commit), its record, and items by field.

    `is_complete` says whether these are all of its items. Otherwise there may be others. As long as the version is
    up to date, no other namespace has an item with one of the `own_names`.
    """

    __slots__ = ("is_complete", "items", "own_names", "record", "version")

    def __init__(self, version: str, record: NamespaceRecord) -> None:
        self.version = version
        self.record = record
        self.items: dict[str, Any] = {}
        self.own_names: set[str] = set()
        self.is_complete = not version

    def forget_items(self) -> None:
        """Forget all items and own names."""
        self.items.clear()
        self.own_names.clear()
        self.is_complete = False


class KnownState:
    """The server, namespaces by id, and the ids of the owners of names.

    `trim` bounds it: what it drops is asked for again. Transactions have the methods `peek_…`, too: they read from here
    what they have not changed themselves.
    """

    def __init__(self) -> None:
        self.server: KnownServer | None = None
        self._namespaces: OrderedDict[str, KnownNamespace] = OrderedDict()
        self._owners: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        # Those with too many items.
        self._large: list[KnownNamespace] = []

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
        return UNKNOWN if known is None else known.items.get(field, None if known.is_complete else UNKNOWN)

    def peek_field(self, namespace: str, name: str) -> Any:
        """The field of the item with a name, None if there is no such item; UNKNOWN if it is not known."""
        # Fields of names are stored beside the items.
        return self.peek_item(namespace, name)

    def peek_owners(self, name: str) -> tuple[str, ...] | None:
        """The ids of the namespaces that have an item with a name, the newest last; None if they are not known."""
        return self._owners.get(name)

    def learn_namespace(self, name: str, version: str, record: NamespaceRecord) -> KnownNamespace:
        """Remember a namespace. If its version has changed, its items are forgotten."""
        known = self._namespaces.get(name)
        if known is None or known.version != version:
            known = self._namespaces[name] = KnownNamespace(version, record)
        self._namespaces.move_to_end(name)
        return known

    def learn_items(self, namespace: str, items: Mapping[str, Any]) -> None:
        """Remember items of a namespace that is known."""
        known = self._namespaces.get(namespace)
        if known is not None:
            known.items.update(items)
            if len(known.items) > MOST_ITEMS:
                self._large.append(known)

    def learn_only_owner(self, namespace: str, name: str) -> None:
        """Remember that no other namespace has an item with a name, as long as the known version is up to date."""
        known = self._namespaces.get(namespace)
        if known is not None:
            known.own_names.add(name)
            if len(known.own_names) > MOST_ITEMS:
                self._large.append(known)

    def is_only_owner(self, namespace: str, name: str) -> bool:
        """Whether no other namespace has an item with a name, if the known version is up to date."""
        known = self._namespaces.get(namespace)
        return known is not None and name in known.own_names

    def learn_owners(self, name: str, owners: tuple[str, ...]) -> None:
        """Remember the owners of a name."""
        self._owners[name] = owners
        self._owners.move_to_end(name)

    def trim(self) -> None:
        """Forget the oldest beyond the limits. Do not call this while a decision needs more than the limits allow."""
        while len(self._namespaces) > MOST_NAMESPACES:
            self._namespaces.popitem(last=False)
        while len(self._owners) > MOST_NAMES:
            self._owners.popitem(last=False)
        for known in self._large:
            known.forget_items()
        self._large.clear()

    def forget(self) -> None:
        """Forget everything."""
        self.server = None
        self._namespaces.clear()
        self._owners.clear()
        self._large.clear()
