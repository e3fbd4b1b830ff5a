"""The header fields of a request, and the values that the server itself needs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from mockserver.messages import Headers

__all__ = ["HeadFields"]

Pairs = tuple[tuple[bytes, bytes], ...]

_NEEDED = frozenset({b"host", b"origin", b"content-length", b"transfer-encoding", b"expect"})


class HeadFields:
    """The fields. `hosts` and `origins` hold every value that was sent; `length` is 0 without a valid Content-Length."""

    __slots__ = ("coding", "expects_continue", "headers", "hosts", "length", "origins")

    def __init__(self, pairs: Pairs) -> None:
        self.headers = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
        self.hosts: list[bytes] = []
        self.origins: list[bytes] = []
        self.length = 0
        self.coding = b""
        self.expects_continue = False
        for name, value in pairs:
            if name in _NEEDED:
                self._read(name, value)

    @staticmethod
    def of(pairs: Iterable[tuple[bytes, bytes]]) -> HeadFields:
        """The fields of raw pairs, with names in lower case.

        Clients repeat the same fields, so recent ones are cached and shared by the entries of the journal.
        """
        return _fields(tuple(pairs))

    def _read(self, name: bytes, value: bytes) -> None:
        match name:
            case b"host":
                self.hosts.append(value)
            case b"origin":
                self.origins.append(value)
            case b"content-length":
                self.length = int(value) if value.isdigit() else 0
            case b"transfer-encoding":
                self.coding = b", ".join(filter(None, (self.coding, value.lower())))
            case _:
                self.expects_continue = value.lower() == b"100-continue"


# At most a few megabytes: a head has at most 64 KiB.
@lru_cache(maxsize=64)
def _fields(pairs: Pairs) -> HeadFields:
    return HeadFields(pairs)
