"""The access log: one line for each request, with nothing secret in it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Literal, TextIO
from urllib.parse import unquote_plus

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


class AccessLog:
    """Writes a line for each exchange to a stream, in the form `text` or `json`."""

    def __init__(self, form: Literal["text", "json"], stream: TextIO) -> None:
        self._make = _json_line if form == "json" else _text_line
        self._writer = LineWriter(stream)

    def close(self) -> None:
        """Writes out what waits."""
        self._writer.close()

    def add(self, head: Head, reply: Reply | None, *, seconds: float, size: int = 0, fault: str | None = None) -> None:
        """Logs one exchange: `size` bytes of body were sent; no reply where a fault left none, or the client went."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "status": None if reply is None or fault in _SILENT else reply.status,
            "method": _one_line(head.method),
            "path": _one_line(head.path),
        }
        if head.query:
            # Names only: a value may be a client secret.
            fields["query"] = [_one_line(unquote_plus(part.partition("=")[0])) for part in head.query.split("&")[:50]]
        fields["ms"] = round(seconds * 1000, 1)
        fields["bytes"] = size
        if reply is not None:
            for name, value in reply.headers:
                told = _TOLD.get(name.lower())
                if told is not None:
                    fields[told] = _one_line(value)
        if fault is not None:
            fields["fault"] = fault
        self._writer.write(self._make(fields))


def _json_line(fields: dict[str, object]) -> str:
    return json.dumps(fields)


def _text_line(fields: dict[str, object]) -> str:
    told = {name: value for name, value in fields.items() if name in _TOLD.values() or name == "fault"}
    query = fields.get("query")
    target = f"{fields['path']}?{'&'.join(query)}" if isinstance(query, list) else fields["path"]
    status = fields["status"] or "-"
    start = f"{fields['time']} {status} {fields['method']} {target} {fields['ms']} ms {fields['bytes']} B"
    return " ".join([start, *(f"{name}={_quoted(str(value))}" for name, value in told.items())])


def _quoted(value: str) -> str:
    return json.dumps(value) if " " in value or '"' in value or not value else value


def _one_line(text: str) -> str:
    """The text in printable ASCII, without secrets, cut when it is very long."""
    text = redact(text)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}..."
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode("ascii")
