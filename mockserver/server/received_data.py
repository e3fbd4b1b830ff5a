"""Splits received data, so that the size of every head is known however the data was split into packets."""

from typing import Final

MAX_HEAD: Final = 64 * 1024
"""The limit for the head of a request, and for the chunk extensions and trailer fields of a body, in bytes."""

# The most framing that a chunk without extensions has: a size of 16 digits and two line ends, rounded up.
_CHUNK_FRAME: Final = 32
_EMPTY_LINE: Final = b"\r\n\r\n"
# A shorter rest is searched for empty lines, even if the length of the body is known.
_SHORT: Final = 4096
# The longest piece of a body in chunks, which can be of one byte each.
_LONGEST: Final = 16 * 1024


class ReceivedData:
    """Counts the bytes of one connection that are not content, message by message.

    The parser does not say where in the data a head ends. Data is therefore split after every empty line: a head, and a
    body in chunks, end with one (the parser accepts no other line ends). `content` counts what the parser passed on as
    content, so the rest of a piece is a head, or the framing of chunks.
    """

    __slots__ = ("_chunks", "_content", "_headers", "_in_body", "_rest", "_tail", "_total")

    def __init__(self) -> None:
        self._total = 0
        self._content = 0
        self._chunks = 0
        self._rest = 0
        self._in_body = False
        self._headers: list[tuple[bytes, bytes]] = []
        self._tail = b""

    @property
    def size(self) -> int:
        """How many bytes of the current head were received, or how many bytes of a body that are not content."""
        return self._total - self._content

    @property
    def is_between_messages(self) -> bool:
        """Whether the last message is complete, and nothing has been received after it."""
        return not self._in_body and self._total == self._content and not self._tail

    @property
    def excess(self) -> str:
        """What is too long; empty if nothing is."""
        size = self.size
        if size <= MAX_HEAD:
            return ""
        if not self._in_body:
            return f"The head of a request may have at most {MAX_HEAD} bytes."
        # After a body with a length, these are bytes of the next head.
        if self._announced() or size <= MAX_HEAD + self._chunks * _CHUNK_FRAME:
            return ""
        return f"The chunk extensions and trailer fields of a request may have at most {MAX_HEAD} bytes."

    def starts_with_head(self, data: bytes) -> bool:
        """Whether the data is a whole head, and possibly the beginning of its body: the parser can read it at once.

        If so, the data is counted as `piece` would count the head and the rest.
        """
        if not self.is_between_messages or len(data) > _SHORT:
            return False
        end = data.find(_EMPTY_LINE) + len(_EMPTY_LINE)
        if end < len(_EMPTY_LINE) or data.find(_EMPTY_LINE, end - 3) >= 0 or data[end:].endswith((b"\r", b"\n")):
            return False
        self._total, self._content = end, 0
        self._rest = len(data) - end
        return True

    def piece(self, data: bytes, start: int) -> bytes:
        """The next piece of the data. It is counted: the parser must read it now."""
        self._rest = 0
        size = len(data)
        end = self._end(data, start, size)
        self._total += end - start
        if end == size:
            self._tail = (self._tail + data[-3:])[-3:] if data.endswith((b"\r", b"\n")) else b""
            return data[start:] if start else data
        return data[start:end]

    def begin_body(self, headers: list[tuple[bytes, bytes]]) -> None:
        """A head is complete. It was the end of a piece, or the rest of the data is already counted."""
        self._content = self._chunks = 0
        self._total = self._rest
        self._in_body = True
        self._headers = headers

    def add_content(self, length: int) -> None:
        """Content was read."""
        self._content += length

    def add_chunk(self) -> None:
        """The size of a chunk was read."""
        self._chunks += 1

    def end_body(self) -> None:
        """A message is complete. After a body with a length, the next head can begin in the same piece."""
        self._in_body = False
        if self._chunks:
            self._total = self._content = self._chunks = 0

    def _end(self, data: bytes, start: int, size: int) -> int:
        if start == 0 and self._tail:
            found = (self._tail + data[:3]).find(_EMPTY_LINE)
            if found >= 0:
                return found + len(_EMPTY_LINE) - len(self._tail)
        if self._in_body and size - start > _SHORT and (left := self._announced() - self._content) > 0:
            return min(size, start + left)
        longest = start + _LONGEST if self._in_body else size
        # An empty line that begins before the end of the piece is not split.
        found = data.find(_EMPTY_LINE, start, longest + len(_EMPTY_LINE) - 1)
        return min(size, longest) if found < 0 else found + len(_EMPTY_LINE)

    def _announced(self) -> int:
        """The length of the body; 0 if it is sent in chunks."""
        return next((int(value) for name, value in self._headers if name == b"content-length"), 0)
