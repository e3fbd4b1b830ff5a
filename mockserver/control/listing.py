"""Listings: the items of a page, written while they are sent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from mockserver.control.page import ListingPage
from mockserver.engine.journal import Entry
from mockserver.limits.slices import Pauses, Piece, Sliced, pausing

PIECE: Final = 64 * 1024
"""About how many bytes are written before they are sent."""

ITEMS_IN_A_SLICE: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of the journal or of the payment sessions.

    `operation` is the operationId and `member` the member of the reply that has the items. `item` is the entry or the
    JSON value with a number, None if it has been dropped since.
    """

    operation: str
    member: str
    page: ListingPage
    item: Callable[[int], Entry | Any | None]

    def pieces(self, text: Callable[[int, Any], Sliced[bytes]]) -> Iterator[Piece]:
        """The JSON text in pieces; `text` writes one item.

        A large item is a separate piece. An item is written when the piece is requested; one piece is in memory.
        """
        parts, size = [b'{"%b":[' % self.member.encode()], 0
        pauses = Pauses(steps=ITEMS_IN_A_SLICE)
        separator = b""
        for number in self.page.numbers:
            item = self.item(number)
            if item is None:
                continue
            written = yield from pausing(text(number, item))
            parts += (separator, written)
            separator = b","
            size += len(written)
            if size >= PIECE:
                yield b"".join(parts)
                parts, size = [], 0
                pauses.restart()
            else:
                yield from pausing(pauses.after_step())
        parts.append(b'],"count":%d}' % self.page.count)
        yield b"".join(parts)
