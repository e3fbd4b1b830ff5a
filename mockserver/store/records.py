"""The records of a store: one for the whole server, and one for each namespace."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Final, NamedTuple, Self

from mockserver.errors import StoreUnavailableError
from mockserver.limits.memo import remembered
from mockserver.store import codec
from mockserver.store.redis_link import PREFIX

FORMAT: Final = "2"
"""The format of everything that is stored. Servers with different formats cannot share a store."""


FORMAT_WITH_SLOTS: Final = f"{FORMAT}-slots"
"""The format of data in which each namespace has a slot of its own."""


def check_format(found: str, own: str) -> None:
    """Check the format of the data in a store against the own one.

    Raises StoreUnavailableError: another version has written the data, or a server with another option `one_slot`.
    """
    if {found, own} == {FORMAT, FORMAT_WITH_SLOTS}:
        used = "with" if found == FORMAT else "without"
        raise StoreUnavailableError(
            f"its data was written {used} the option one_slot=yes in the URL of --store: give all servers the same URL"
        )
    if found != own:
        raise StoreUnavailableError(
            f"its data has the format {found}, and this version of mockserver reads the format {own}: "
            "use another database, or delete the keys that begin with " + PREFIX
        )


@remembered(entries=8192, longest=300)
def namespace_id(key: str) -> str:
    """The name of a namespace in the store."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class StoreRecord(NamedTuple):
    """The settings of all servers with the same store.

    `initial_seed` is the seed of servers without `--seed`; `seed` is the one of the last reset. `activated` is empty as
    long as each server uses its own default. `epochs` counts the resets of usage counts by scenario; the empty name is
    for all scenarios.
    """

    initial_seed: int
    seed: int | None = None
    activated: tuple[str | None, ...] = ()
    strict: bool | None = None
    epochs: dict[str, int] = {}  # noqa: RUF012  # never changed: `with_epoch` copies it

    @classmethod
    def read(cls, text: str | bytes) -> Self:
        """Read what `write` has written."""
        members: dict[str, Any] = json.loads(text)
        return cls(**{**members, "activated": tuple(members.get("activated", ()))})

    def write(self) -> str:
        """The record as text."""
        return json.dumps({name: value for name, value in self._asdict().items() if value not in (None, (), {})})

    def epoch(self, scenario: str) -> str:
        """A text that changes when the usage counts of a scenario are reset everywhere."""
        return f"{self.epochs.get('', 0)}.{self.epochs.get(scenario, 0)}"

    def with_epoch(self, scenario: str) -> Self:
        """The record after a reset of the usage counts of a scenario."""
        return self._replace(epochs={**self.epochs, scenario: self.epochs.get(scenario, 0) + 1})


@dataclass(slots=True)
class NamespaceRecord:
    """One namespace. Only a transaction changes it, and only its own copy; see `Transaction.change`.

    `seed`, `activated` and `strict` are None if the namespace uses the values of the server.
    `exchanges`, `sessions` and `entries` are the numbers of its exchanges, payment sessions and journal entries so far.
    `usage` has the number of answers of stubs, each with the epoch of its scenario.
    """

    seed: int | None = None
    exchanges: int = 0
    sessions: int = 0
    entries: int = 0
    activated: str | None = None
    strict: bool | None = None
    usage: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str | bytes) -> Self:
        """Read what `write` has written."""
        return cls(*json.loads(text))

    def write(self) -> str:
        """The record as text."""
        return codec.written(_members_of(self))

    def copy(self) -> Self:
        """A record with the same members."""
        return type(self)(*_members_of(self))


_members_of: Final = attrgetter(*(each.name for each in fields(NamespaceRecord)))


NEW_NAMESPACE: Final = NamespaceRecord()
