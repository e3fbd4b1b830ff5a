"""The access log: one line for each request, with nothing secret in it."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from typing import Literal, NamedTuple, TextIO
from urllib.parse import unquote_plus

from mockserver.messages import Reply
from mockserver.redaction import redact, redact_path
from mockserver.web.line_writer import LineWriter
from mockserver.web.request_head import RequestHead

__all__ = ["AccessLog"]

# What a reply tells about itself, and how the log calls it.
_TOLD = {
    "mock-scenario": "scenario",
    "mock-stub": "stub",
    "mock-entry": "entry",
    "mock-refused": "refused",
    "mock-namespace": "namespace",
    "preference-applied": "preference",
}

# Faults that leave no status behind.
_SILENT = frozenset({"connection_reset", "empty_reply", "hang"})

_LONGEST = 500
_MOST_NAMES = 50


class _Exchanged(NamedTuple):
    """What there is to tell of one exchange; it becomes a line when the line is written."""

    at: float
    method: str
    path: str
    query: str
    status: int | None
    headers: tuple[tuple[str, str], ...]
    seconds: float
    size: int
    fault: str | None


class AccessLog:
    """Writes a line for each exchange to a stream, in the form `text` or `json`."""

    def __init__(self, form: Literal["text", "json"], stream: TextIO) -> None:
        self._is_json = form == "json"
        self._writer = LineWriter(stream, render=self._line)
        self._second = 0
        self._second_text = ""

    def close(self) -> None:
        """Writes out what waits."""
        self._writer.close()

    def tell(self, message: str) -> None:
        """Logs what the server itself has to say, in one line."""
        at, message = self._time(time.time()), redact(message)
        self._writer.write(
            json.dumps({"time": at, "message": message}) if self._is_json else f"{at} {_one_line(message)}"
        )

    def add(
        self, head: RequestHead, reply: Reply | None, *, seconds: float, size: int = 0, fault: str | None = None
    ) -> None:
        """Logs one exchange: `size` bytes of body were sent; no reply where the client went before there was one."""
        exchanged = _Exchanged(
            time.time(),
            head.method,
            head.path,
            head.query,
            None if reply is None or fault in _SILENT else reply.status,
            () if reply is None else reply.headers,
            seconds,
            size,
            fault,
        )
        # What is long does not wait as it is: ten thousand such lines may wait together.
        is_short = len(head.path) + len(head.query) < _LONGEST
        self._writer.write(exchanged if is_short else self._line(exchanged))

    def _line(self, exchanged: _Exchanged | str) -> str:
        if isinstance(exchanged, str):
            return exchanged
        at = self._time(exchanged.at)
        return json.dumps(_fields(at, exchanged)) if self._is_json else _text_line(at, exchanged)

    def _time(self, at: float) -> str:
        second = int(at)
        if second != self._second:
            self._second_text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._second = second
        return f"{self._second_text}.{int((at - second) * 1000):03}Z"


def _told(exchanged: _Exchanged) -> list[tuple[str, str]]:
    """What the reply tells about itself, and the fault that was committed; without secrets."""
    told = [
        # An entry's id is the mock's own, and each line has another; the scenarios and stubs are the same few.
        (_TOLD[key], value if key == "mock-entry" else _kept(value))
        for name, value in exchanged.headers
        if (key := name.lower()) in _TOLD
    ]
    return told if exchanged.fault is None else [*told, ("fault", exchanged.fault)]


@lru_cache(maxsize=256)
def _kept(value: str) -> str:
    return redact(value[:_LONGEST])


def _names(query: str) -> list[str]:
    # Names only: a value may be a client secret.
    return [redact(unquote_plus(part.partition("=")[0])[:_LONGEST]) for part in query.split("&")[:_MOST_NAMES]]


def _shown(path: str) -> str:
    """The path without secrets, cut when it is very long."""
    return redact_path(path[:_LONGEST] + "..." if len(path) > _LONGEST else path)


def _fields(at: str, exchanged: _Exchanged) -> dict[str, object]:
    return {
        "time": at,
        "status": exchanged.status,
        "ms": round(exchanged.seconds * 1000, 1),
        "bytes": exchanged.size,
        "method": exchanged.method,
        "path": _shown(exchanged.path),
        **({"query": _names(exchanged.query)} if exchanged.query else {}),
        **dict(_told(exchanged)),
    }


def _text_line(at: str, exchanged: _Exchanged) -> str:
    target = _shown(exchanged.path)
    if exchanged.query:
        target = redact(f"{target}?{'&'.join(_names(exchanged.query))}")
    told = "".join([f" {name}={_quoted(value)}" for name, value in _told(exchanged)])
    return _one_line(
        f"{at} {exchanged.status or '-'} {exchanged.seconds * 1000:.1f}ms {exchanged.size}B {exchanged.method} "
        f"{target}{told}"
    )


def _one_line(text: str) -> str:
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode("ascii")


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value or not value else value
