"""Content codings of requests (RFC 9110, section 8.4): the body is decoded before any API sees it."""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Final, NamedTuple

from mockserver.messages import UnreadableBody
from mockserver.web.decompression import CorruptError, TooLongError, gunzip, inflate, unbrotli, unzstd
from mockserver.web.request_body import Body

# A header of 64 KiB can name thousands of codings.
_MAX_CODINGS: Final = 8
_MAX_NAME: Final = 100


class _Coding(NamedTuple):
    decode: Callable[[bytes, int], bytes]
    # The module that it needs, if the standard library does not have it, and the package that contains the module.
    module: str | None = None
    package: str = ""


_ZSTD: Final = "_zstd" if sys.version_info >= (3, 14) else "backports.zstd"
_CODINGS: Final = {
    "gzip": _Coding(gunzip),
    "deflate": _Coding(inflate),
    "br": _Coding(unbrotli, "brotli", "brotli"),
    "zstd": _Coding(unzstd, _ZSTD, "backports.zstd"),
}
_ALIASES: Final = {"x-gzip": "gzip"}


def supported() -> list[str]:
    """The codings that can be decoded with the packages that are installed."""
    return [name for name, coding in _CODINGS.items() if _is_installed(coding.module)]


def decoded(body: Body, *, coding: str, limit: int) -> Body:
    """The body without its codings; `coding` is the value of Content-Encoding.

    It is oversized if it is longer than the limit after any decoding, and unreadable if it cannot be decoded.
    """
    names = [name for each in coding.lower().split(",") if (name := each.strip()) not in ("", "identity")]
    if not names or not body.data:
        return body
    unreadable = _unsupported(names)
    data = body.data
    # The codings are listed in the order in which they were applied.
    while names and unreadable is None:
        name = names.pop()
        try:
            data = _CODINGS[_ALIASES.get(name, name)].decode(data, limit) if data else data
        except TooLongError:
            return body._replace(data=b"", oversized=True)
        except CorruptError as error:
            detail = f"The body is malformed: its Content-Encoding is {name}, but {error}."
            unreadable = UnreadableBody("malformed-body", detail)
    return body._replace(data=data if unreadable is None else b"", unreadable=unreadable)


def _unsupported(names: list[str]) -> UnreadableBody | None:
    """The reason why the codings cannot be decoded; None if all are supported."""
    available = ", ".join(supported())
    accepted = (("Accept-Encoding", available),)
    if len(names) > _MAX_CODINGS:
        detail = f"A body may have at most {_MAX_CODINGS} codings, and its Content-Encoding has {len(names)}."
        return UnreadableBody("unsupported-media-type", detail, accepted)
    for name in names:
        coding = _CODINGS.get(_ALIASES.get(name, name))
        if coding is None:
            detail = f"The mock does not decode the Content-Encoding {name[:_MAX_NAME]}. It decodes {available}."
        elif not _is_installed(coding.module):
            detail = (
                f"The Content-Encoding {name} cannot be decoded without the package {coding.package}: run "
                f"`pip install {coding.package}` on the server. Now it decodes {available}."
            )
        else:
            continue
        return UnreadableBody("unsupported-media-type", detail, accepted)
    return None


def _is_installed(module: str | None) -> bool:
    try:
        return module is None or find_spec(module) is not None
    except ModuleNotFoundError:
        return False
