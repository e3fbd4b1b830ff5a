"""The access log: one line for each request, with nothing secret in it."""

from __future__ import annotations

import json
import time
from typing import Literal, TextIO
from urllib.parse import unquote, unquote_plus

from mockserver.exchange import Reply
from mockserver.redaction import redact
from mockserver.web.head import Head
from mockserver.web.linewriter import LineWriter

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


class AccessLog:
    """Writes a line for each exchange to a stream, in the form `text` or `json`."""

    def __init__(self, form: Literal["text", "json"], stream: TextIO) -> None:
        self._make = _json_line if form == "json" else _text_line
        self._writer = LineWriter(stream)
        self._second = 0
        self._second_text = ""

    def close(self) -> None:
        """Writes out what waits."""
        self._writer.close()

    def tell(self, message: str) -> None:
        """Logs what the server itself has to say, in one line."""
        self._writer.write(self._make({"time": self._now(), "message": message}))

    def add(self, head: Head, reply: Reply | None, *, seconds: float, size: int = 0, fault: str | None = None) -> None:
        """Logs one exchange: `size` bytes of body were sent; no reply where the client went before there was one."""
        fields: dict[str, object] = {
            "time": self._now(),
            "status": None if reply is None or fault in _SILENT else reply.status,
            "ms": round(seconds * 1000, 1),
            "bytes": size,
            "method": head.method,
            "path": _shown(head.path),
        }
        if head.query:
            # Names only: a value may be a client secret.
            parts = head.query.split("&")[:_MOST_NAMES]
            fields["query"] = [unquote_plus(part.partition("=")[0])[:_LONGEST] for part in parts]
        if reply is not None:
            for name, value in reply.headers:
                told = _TOLD.get(name.lower())
                if told is not None:
                    fields[told] = value[:_LONGEST]
        if fault is not None:
            fields["fault"] = fault
        self._writer.write(self._make(fields))

    def _now(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second_text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._second = second
        return f"{self._second_text}.{int((now - second) * 1000):03}Z"


def _shown(path: str) -> str:
    """The path, cut when it is very long; decoded where its encoding would hide a secret from `redact`."""
    path = path[:_LONGEST] + "..." if len(path) > _LONGEST else path
    if "%" in path:
        plain = unquote(path)
        return path if redact(plain) == plain else redact(plain)
    return path


def _json_line(fields: dict[str, object]) -> str:
    line = json.dumps(fields)
    if "\\" not in line:
        return redact(line)
    # What stands beside an escape is no word of its own any more, so it is looked through before it is escaped.
    return json.dumps({name: _redacted(value) for name, value in fields.items()})


def _redacted(value: object) -> object:
    if isinstance(value, list):
        return [_redacted(each) for each in value]
    return redact(value) if isinstance(value, str) else value


def _text_line(fields: dict[str, object]) -> str:
    if "message" in fields:
        return _one_line(f"{fields['time']} {fields['message']}")
    query = fields.pop("query", None)
    target = f"{fields['path']}?{'&'.join(query)}" if isinstance(query, list) else fields["path"]
    start = (
        f"{fields['time']} {fields['status'] or '-'} {fields['ms']}ms {fields['bytes']}B {fields['method']} {target}"
    )
    told = [f"{name}={_quoted(str(value))}" for name, value in list(fields.items())[6:]]
    return _one_line(" ".join([start, *told]))


def _one_line(text: str) -> str:
    line = redact(text)
    return line if line.isascii() and line.isprintable() else line.encode("unicode_escape").decode("ascii")


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value or not value else value
