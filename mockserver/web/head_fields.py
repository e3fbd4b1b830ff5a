"""The header fields of a request, with those picked out that the server itself looks at."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from mockserver.messages import Headers

__all__ = ["HeadFields"]

Pairs = tuple[tuple[bytes, bytes], ...]

_MARKED = frozenset({b"host", b"origin", b"content-length", b"transfer-encoding", b"expect"})


class HeadFields:
    """The fields; `hosts` and `origins` hold every value that was sent, `length` is 0 when Content-Length says nothing."""

    __slots__ = ("coding", "expects_continue", "headers", "hosts", "length", "origins")

    def __init__(self, pairs: Pairs) -> None:
        self.headers = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
        self.hosts: list[bytes] = []
        self.origins: list[bytes] = []
        self.length = 0
        self.coding = b""
        self.expects_continue = False
        for name, value in pairs:
            if name in _MARKED:
                self._mark(name, value)

    @staticmethod
    def of(pairs: Iterable[tuple[bytes, bytes]]) -> HeadFields:
        """The fields as they came over the wire, names in lower case.

        A client says the same again and again: the last ones are kept, and shared by what the journal keeps.
        """
        return _fields(tuple(pairs))

    def _mark(self, name: bytes, value: bytes) -> None:
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


# At most some megabytes: a head has 64 KiB.
@lru_cache(maxsize=64)
def _fields(pairs: Pairs) -> HeadFields:
    return HeadFields(pairs)
