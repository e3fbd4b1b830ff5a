"""Numbers, settings, usage counts and values that servers share. Each reads and changes the running transaction."""

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from mockserver.scenarios.scenario import Stub
from mockserver.store.records import namespace_id
from mockserver.store.transaction import Item, ItemKind, RunningTransaction

Value = TypeVar("Value")


class SharedNumbers:
    """Numbers the exchanges of each namespace.

    `seed` is the seed of this server: that of `--seed`, else the one on which all servers without it agree.
    """

    def __init__(self, running: RunningTransaction, *, own_seed: int | None) -> None:
        self._running = running
        self._own_seed = own_seed
        self.seed = own_seed or 0

    def agree(self, seed: int | None, initial: int) -> None:
        """Note the seeds that the store has."""
        self.seed = next(each for each in (seed, self._own_seed, initial) if each is not None)

    def next(self, namespace: str) -> tuple[int, int]:
        """The seed of a namespace and its next number; the first number is 1."""
        transaction, name = self._running.now, namespace_id(namespace)
        record, server = transaction.change(name), transaction.read_server()
        record.exchanges += 1
        seeds = (record.seed, server.seed, self._own_seed, server.initial_seed)
        return next(seed for seed in seeds if seed is not None), record.exchanges


class SharedSetting(Generic[Value]):
    """A setting with a value for the whole server, and others for single namespaces.

    `member` is the name of its member in the records. The members `read` and `written` translate the value of the
    whole server, since None can be a value or say that there is none.
    """

    def __init__(
        self,
        running: RunningTransaction,
        member: str,
        initial: Value,
        *,
        read: Callable[[Any, Value], Value],
        written: Callable[[Value], Any],
        nothing: Any,
    ) -> None:
        self._running = running
        self._member = member
        self._initial = initial
        self._read = read
        self._written = written
        self._nothing = nothing

    @property
    def server_wide(self) -> Value:
        """The value for namespaces without a value of their own."""
        return self._read(getattr(self._running.now.read_server(), self._member), self._initial)

    @server_wide.setter
    def server_wide(self, value: Value) -> None:
        self._replace_server_wide(self._written(value))

    def of(self, namespace: str) -> Value:
        """The value for a namespace."""
        own = self.own(namespace)
        return self.server_wide if own is None else own

    def own(self, namespace: str) -> Value | None:
        """The namespace's own value, or None."""
        own: Value | None = getattr(self._running.now.read(namespace_id(namespace)), self._member)
        return own

    def all_own(self) -> set[Value]:
        """Nothing: what all namespaces have is not known here."""
        return set()

    def set(self, value: Value | None, namespace: str | None) -> None:
        """Set the value for a namespace, or for the whole server (None). The value None restores the default."""
        if namespace is None:
            self._replace_server_wide(self._nothing if value is None else self._written(value))
            return
        setattr(self._running.now.change(namespace_id(namespace)), self._member, value)

    def reset(self, namespace: str | None) -> None:
        """Restore the default for a namespace, or for the whole server (None)."""
        self.set(None, namespace)

    def _replace_server_wide(self, written: Any) -> None:
        transaction = self._running.now
        transaction.write_server(transaction.read_server()._replace(**{self._member: written}))


def shared_activation(running: RunningTransaction, initial: str | None) -> SharedSetting[str | None]:
    """The scenario that is activated."""
    return SharedSetting(
        running,
        "activated",
        initial,
        read=lambda stored, default: stored[0] if stored else default,
        written=lambda name: (name,),
        nothing=(),
    )


def shared_strictness(running: RunningTransaction, initial: bool) -> SharedSetting[bool]:  # noqa: FBT001  # the initial value of the setting
    """Whether undocumented names are violations."""
    return SharedSetting(
        running,
        "strict",
        initial,
        read=lambda stored, default: default if stored is None else stored,
        written=bool,
        nothing=None,
    )


class SharedUsage:
    """Counts the answers of stubs with `times`."""

    def __init__(self, running: RunningTransaction) -> None:
        self._running = running

    def claim(self, namespace: str, scenario: str, stub: Stub) -> bool:
        """Whether the stub may answer once more. If so, the answer is counted."""
        if stub.times is None:
            return True
        transaction, name = self._running.now, namespace_id(namespace)
        record, epoch = transaction.read(name), transaction.read_server().epoch(scenario)
        key = f"{scenario}\0{stub.name}"
        counted_in, used = record.usage.get(key, (epoch, 0))
        if counted_in != epoch:
            used = 0
        if used >= stub.times:
            return False
        transaction.change(name).usage = {**record.usage, key: (epoch, used + 1)}
        return True

    def reset(self, namespace: str | None = None, scenario: str | None = None) -> None:
        """Start counting again: in one namespace or all (None), for one scenario or all (None)."""
        transaction = self._running.now
        if namespace is None:
            transaction.write_server(transaction.read_server().with_epoch(scenario or ""))
            return
        record = transaction.change(namespace_id(namespace))
        record.usage = {
            key: each for key, each in record.usage.items() if scenario not in (None, key.partition("\0")[0])
        }


class SharedValues(Generic[Value]):
    """Values of one kind that are found by a key.

    A key that is a tuple begins with the key of the namespace, so that only this namespace is asked. Another key is a
    name that is looked for in all namespaces.
    """

    def __init__(self, running: RunningTransaction, kind: ItemKind) -> None:
        self._running = running
        self._kind = kind

    def put(self, owner: str, key: Hashable, value: Value) -> None:
        """Keep a value of a namespace. It replaces the value with the same key."""
        field = self._field(key)
        names = () if isinstance(key, tuple) else (field,)
        self._running.now.put(namespace_id(owner), field, Item(self._kind, value, names))

    def get(self, key: Hashable) -> Value | None:
        """Return the value of a key, if there is one."""
        transaction, field = self._running.now, self._field(key)
        if isinstance(key, tuple):
            value: Value | None = transaction.item(namespace_id(key[0]), field)
            return value
        for owner in reversed(transaction.owners_of(field)):
            value = transaction.item(owner, field)
            if value is not None:
                return value
        return None

    def _field(self, key: Hashable) -> str:
        return field_of(self._kind.name, key[1] if isinstance(key, tuple) else key)


def field_of(kind: str, name: object) -> str:
    """The field of an item, or a name that it is found by: printable ASCII without spaces, which separate names."""
    text = name.hex() if isinstance(name, bytes) else str(name)
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        text = text.encode("unicode_escape").decode("ascii").replace(" ", "\\x20")
    return f"{kind}:{text}"
