"""Remembers recent heads by their bytes. Clients often send the same head again, and then it is not parsed again."""

from __future__ import annotations

from typing import Final, NamedTuple

from mockserver.web.request_head import RequestHead

_ENTRIES: Final = 64
# The longest request that is remembered, in bytes.
_LONGEST: Final = 4096
_EMPTY_LINE: Final = b"\r\n\r\n"


class KnownHead(NamedTuple):
    """A head, and whether the connection stays open after the reply."""

    head: RequestHead
    keeps_alive: bool


class KnownHeads:
    """The heads of requests that arrived completely in one packet, with a body of a known length or without one."""

    def __init__(self) -> None:
        self._heads: dict[bytes, KnownHead] = {}

    def add(self, data: bytes, known: KnownHead) -> None:
        """Remember the head of a request that was parsed. Only if its length fits, the data is this request alone."""
        end = data.find(_EMPTY_LINE) + len(_EMPTY_LINE)
        fields = known.head.fields
        if len(data) > _LONGEST or fields.coding or len(data) - end != fields.length:
            return
        if len(self._heads) >= _ENTRIES:
            self._heads.clear()
        self._heads[data[:end]] = known

    def find(self, data: bytes) -> tuple[KnownHead, bytes] | None:
        """The head of a request and its body, if the head is known and the data is this request alone."""
        end = data.find(_EMPTY_LINE) + len(_EMPTY_LINE)
        known = self._heads.get(data[:end])
        if known is None or len(data) - end != known.head.fields.length:
            return None
        return known, data[end:]
