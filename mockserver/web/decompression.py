"""Decompresses the bodies of requests up to a limit.

Memory and time do not depend on the length of what a body contains.
"""

import sys
import zlib
from collections.abc import Callable
from typing import Final, Protocol

# A decompressor copies the data after the end of a part, so it gets the data in pieces of this size.
_PIECE: Final = 64 * 1024
# A body can consist of many empty parts, and each part needs a new decompressor.
_MAX_PARTS: Final = 500
# What RFC 9659 allows for the content coding zstd. A frame can ask for a buffer of gigabytes.
_ZSTD_WINDOW_LOG: Final = 23
_GZIP: Final = 31
_ZLIB: Final = 15
_RAW_DEFLATE: Final = -15


class CorruptError(Exception):
    """The data is not in the format; the text says why."""


class TooLongError(Exception):
    """The decompressed data is longer than the limit."""


class _Decompressor(Protocol):
    """What the decompressors of zlib and zstd have in common."""

    @property
    def eof(self) -> bool:
        """Whether the end of the compressed data was reached."""

    @property
    def unused_data(self) -> bytes:
        """The data after the end."""

    def decompress(self, data: memoryview, max_length: int, /) -> bytes:
        """The next decompressed data, at most `max_length` bytes. All data is used if the result is shorter."""


def gunzip(data: bytes, limit: int) -> bytes:
    """Decompress gzip: members one after another, and zeros as padding (RFC 1952, 2.2)."""
    return _decompressed(data, limit, lambda: zlib.decompressobj(_GZIP), parts=_MAX_PARTS, error=zlib.error)


def inflate(data: bytes, limit: int) -> bytes:
    """Decompress the coding deflate: the zlib format, or DEFLATE alone, which some clients send (RFC 9110, 8.4.1.2)."""
    has_zlib_header = data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0
    bits = _ZLIB if has_zlib_header else _RAW_DEFLATE
    return _decompressed(data, limit, lambda: zlib.decompressobj(bits), parts=1, error=zlib.error)


def unbrotli(data: bytes, limit: int) -> bytes:
    """Decompress Brotli (RFC 7932). It needs the package brotli."""
    import brotli

    decompressor = brotli.Decompressor()
    try:
        found = bytes(decompressor.process(data, output_buffer_limit=limit + 1))
        if len(found) > limit:
            raise TooLongError
        # The output is below the limit, so all input was read.
        if not decompressor.is_finished():
            raise CorruptError("it is cut off")
    except brotli.error:
        raise CorruptError("its data is corrupt") from None
    return found


def unzstd(data: bytes, limit: int) -> bytes:
    """Decompress Zstandard: frames one after another (RFC 8878). Before Python 3.14 it needs backports.zstd."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    return _decompressed(
        data, limit, lambda: zstd.ZstdDecompressor(options=options), parts=_MAX_PARTS, error=zstd.ZstdError
    )


def _decompressed(
    data: bytes, limit: int, decompressor: Callable[[], _Decompressor], *, parts: int, error: type[Exception]
) -> bytes:
    """The decompressed data of at most `parts` parts. Raises CorruptError, TooLongError."""
    found: list[bytes] = []
    view, start, size = memoryview(data), 0, 0
    for _ in range(parts):
        stream = decompressor()
        while not stream.eof:
            piece = view[start : start + _PIECE]
            if not piece:
                raise CorruptError("it is cut off")
            try:
                found.append(stream.decompress(piece, limit - size + 1))
            except error:
                raise CorruptError("its data is corrupt") from None
            size += len(found[-1])
            if size > limit:
                raise TooLongError
            start += len(piece) - len(stream.unused_data)
        # No part begins with a zero.
        if start == len(data) or (parts > 1 and data[start] == 0 and not data[start:].strip(b"\0")):
            return b"".join(found)
    raise CorruptError("other data follows its end" if parts == 1 else f"it has more than {parts} parts")
