"""The access log: one line for each request, without secrets."""

import json
import re
import time
from typing import Final, Literal, NamedTuple, TextIO
from urllib.parse import unquote_plus

from mockserver.limits.memo import Memo, length_of_fields, remembered
from mockserver.messages import Reply
from mockserver.redaction.redact import redact, redact_path
from mockserver.web.line_writer import LineWriter
from mockserver.web.request_head import RequestHead

# Headers of a reply that are logged, and their names in the log.
_LOGGED = {
    "mock-scenario": "scenario",
    "mock-stub": "stub",
    "mock-refused": "refused",
    "mock-warnings": "warnings",
    "mock-namespace": "namespace",
    "preference-applied": "preference",
}

# Faults after which the client has seen no status.
_WITHOUT_STATUS = frozenset({"connection_reset", "empty_reply", "hang"})

_MAX_LENGTH = 500
_MAX_NAMES = 50
# In bytes, without the line break: a pipe takes 4096 bytes at once on Linux, so that other writers do not tear a line.
_MAX_LINE = 4095
_MAX_VALUE = 100
_NEEDS_QUOTES: Final = re.compile('[ "]')


class _Details(NamedTuple):
    """What is logged about the headers of a reply, as pairs and as the end of a line."""

    pairs: tuple[tuple[str, str], ...] = ()
    text: str = ""


class _LogRecord(NamedTuple):
    """What is logged about one exchange. It is rendered when it is written."""

    at: float
    method: str
    path: str
    query: str
    status: int | None
    details: _Details
    entry: str | None
    more: tuple[tuple[str, str], ...]
    seconds: float
    size: int


class AccessLog:
    """Writes a line for each exchange to a stream, in the format `text` or `json`.

    `is_shared` says that other processes write to the stream, too: no line is torn.
    """

    def __init__(self, form: Literal["text", "json"], stream: TextIO, *, is_shared: bool = False) -> None:
        self._is_json = form == "json"
        self._writer = LineWriter(stream, render=self._line, message=self._message_line, is_shared=is_shared)
        self._second = 0
        self._second_text = ""

    def close(self) -> None:
        """Write the lines that are waiting."""
        self._writer.close()

    def tell(self, message: str) -> None:
        """Log a message of the server itself, in one line."""
        self._writer.write(self._message_line(redact(message)))

    def add(
        self, head: RequestHead, reply: Reply | None, *, seconds: float, size: int = 0, fault: str | None = None
    ) -> None:
        """Log one exchange. `size` is the number of body bytes; `reply` is None if the client disconnects first."""
        more: tuple[tuple[str, str], ...] = () if fault is None else (("fault", fault),)
        if head.fields.trace_id is not None:
            more = (*more, ("trace_id", head.fields.trace_id))
        details, entry = (_NO_DETAILS, None) if reply is None else (_details(reply.headers), reply.entry)
        status = None if reply is None or fault in _WITHOUT_STATUS else reply.status
        record = _LogRecord(
            time.time(), head.method, head.path, head.query, status, details, entry, more, seconds, size
        )
        # A long line is shortened now: up to ten thousand lines can wait.
        is_short = len(head.path) + len(head.query) < _MAX_LENGTH
        self._writer.write(record if is_short else self._line(record))

    def _message_line(self, message: str) -> str:
        at = self._time(time.time())
        return json.dumps({"time": at, "message": message}) if self._is_json else f"{at} {_one_line(message)}"

    def _line(self, record: _LogRecord | str) -> str:
        if isinstance(record, str):
            return record
        at = self._time(record.at)
        # Both are ASCII.
        line = json.dumps(_fields(at, record)) if self._is_json else _text_line(at, record)
        if len(line) <= _MAX_LINE:
            return line
        return json.dumps(_short_fields(at, record)) if self._is_json else f"{line[: _MAX_LINE - 3]}..."

    def _time(self, at: float) -> str:
        second = int(at)
        if second != self._second:
            self._second_text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._second = second
        return f"{self._second_text}.{int((at - second) * 1000):03}Z"


def _logged(headers: tuple[tuple[str, str], ...]) -> _Details:
    """The headers that are logged, by their names in the log, without secrets and shortened."""
    pairs = tuple(
        [(_LOGGED[key], redact(value[:_MAX_LENGTH])) for name, value in headers if (key := name.lower()) in _LOGGED]
    )
    return _Details(pairs, _one_line(_joined(pairs)))


def _joined(pairs: tuple[tuple[str, str], ...]) -> str:
    return "".join([f" {name}={_quoted(value)}" for name, value in pairs])


_NO_DETAILS: Final = _Details()

# Most replies have the same headers.
_details = Memo(_logged, entries=256, longest=1000, size=length_of_fields).__getitem__


def _names(query: str) -> list[str]:
    # Names only: a value may be a client secret.
    return [redact(unquote_plus(part.partition("=")[0])[:_MAX_LENGTH]) for part in query.split("&")[:_MAX_NAMES]]


@remembered(entries=256, longest=_MAX_LENGTH)
def _target(path: str) -> str:
    """The path in a line."""
    return _one_line(_shortened(path))


@remembered(entries=256, longest=_MAX_LENGTH)
def _shortened(path: str) -> str:
    """The path without secrets, shortened if it is very long."""
    return redact_path(path[:_MAX_LENGTH] + "..." if len(path) > _MAX_LENGTH else path)


def _fields(at: str, record: _LogRecord) -> dict[str, object]:
    return {
        "time": at,
        "status": record.status,
        "ms": round(record.seconds * 1000, 1),
        "bytes": record.size,
        "method": record.method,
        "path": _shortened(record.path),
        **({"query": _names(record.query)} if record.query else {}),
        **dict(record.details.pairs),
        **({} if record.entry is None else {"entry": record.entry}),
        **dict(record.more),
    }


def _short_fields(at: str, record: _LogRecord) -> dict[str, object]:
    """The fields of an unusually long line, without the query and without long values."""
    fields = _fields(at, record._replace(query=""))
    short = {name: value for name, value in fields.items() if len(json.dumps(value)) <= _MAX_VALUE}
    return {**short, "path": _shortened(record.path)[:_MAX_VALUE], "shortened": True}


def _text_line(at: str, record: _LogRecord) -> str:
    target = _target(record.path)
    if record.query:
        target = _one_line(redact(f"{_shortened(record.path)}?{'&'.join(_names(record.query))}"))
        # The decoded name of a parameter must not look like a field of the line.
        target = target.replace(" ", "%20")
    # The id of an entry holds no secret, though its digits can look like a card number.
    entry = "" if record.entry is None else f" entry={_quoted(record.entry)}"
    more = _one_line(_joined(record.more)) if record.more else ""
    return (
        f"{at} {record.status or '-'} {record.seconds * 1000:.1f}ms {record.size}B {_one_line(record.method)} {target}"
        f"{record.details.text}{entry}{more}"
    )


def _one_line(text: str) -> str:
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode("ascii")


def _quoted(value: str) -> str:
    if value and not _NEEDS_QUOTES.search(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
