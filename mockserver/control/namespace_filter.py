"""Chooses journal entries by the displayed name of their namespace."""

from collections.abc import Iterable
from typing import Final

from mockserver.engine.journal import Entry
from mockserver.engine.namespaces import shown_in_full
from mockserver.errors import Refusal

MAX_LISTED: Final = 10
"""How many longer names are listed if a name is ambiguous."""


class NamespaceFilter:
    """Chooses the entries of one namespace, given the name that is displayed for it, with a short or a long hash.

    The namespace is that of the first entry with this name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._owner: str | None = None

    def check(self, entries: Iterable[Entry]) -> None:
        """Raises Refusal ambiguous-namespace if the name is displayed for several namespaces of these entries."""
        owners = dict.fromkeys(entry.owner for entry in entries if self._names(entry))
        if len(owners) > 1:
            listed = [f"?namespace={shown_in_full(owner)}" for owner in owners]
            more = f" and {len(listed) - MAX_LISTED} more" if len(listed) > MAX_LISTED else ""
            raise Refusal(
                "ambiguous-namespace",
                f"{len(listed)} namespaces are displayed as {self._name!r}. To choose one of them, send its longer "
                f"name: {' or '.join(listed[:MAX_LISTED])}{more}.",
            )

    def __call__(self, entry: Entry) -> bool:
        """Whether the entry belongs to the namespace."""
        if not self._names(entry):
            return False
        if self._owner is None:
            self._owner = entry.owner
        return entry.owner == self._owner

    def _names(self, entry: Entry) -> bool:
        if entry.namespace == self._name:
            return True
        return self._name.startswith(entry.namespace) and shown_in_full(entry.owner) == self._name
