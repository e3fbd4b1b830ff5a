"""Writes values in text formats that the mock does not parse: CSV, JSON lines, event streams, pages and plain text."""

import csv
import html
import io
import json
from collections.abc import Callable
from typing import Any, Final

from mockserver.parsing.media_types import essence

_DELIMITERS: Final = {
    "text/csv": ",",
    "application/csv": ",",
    "text/tab-separated-values": "\t",
}
_LINES: Final = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonl",
        "application/jsonlines",
        "application/x-jsonlines",
        "application/json-lines",
        "application/json-l",
        "text/jsonl",
    }
)


def write_text(value: Any, media_type: str) -> str:
    """A value in the format of a media type, else as plain text."""
    name = essence(media_type)
    if name in _DELIMITERS:
        return _table(value, _DELIMITERS[name])
    if name in _ITEM_FORMATS:
        return "".join(map(_ITEM_FORMATS[name], _items(value)))
    if not isinstance(value, str):
        if name == "text/html":
            return f"<!DOCTYPE html>\n<title>Example</title>\n<pre>{html.escape(json.dumps(value, indent=2))}</pre>\n"
        if name.endswith(("yaml", "yml")):
            # JSON is a part of YAML 1.2.
            return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return _text(value)


def _table(value: Any, delimiter: str) -> str:
    """A header with the names of all members and a row for each object; other values have one row without a header."""
    if isinstance(value, str):
        return value
    items = _items(value)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\r\n")
    columns = list(dict.fromkeys(name for item in items if isinstance(item, dict) for name in item))
    if columns:
        writer.writerow(columns)
    for item in items:
        if isinstance(item, dict):
            writer.writerow([_text(item[name]) if name in item else "" for name in columns])
        else:
            writer.writerow([_text(cell) for cell in _items(item)])
    return written.getvalue()


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) and value else [value]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _line(item: Any) -> str:
    return f"{_json(item)}\n"


def _sequence_item(item: Any) -> str:
    # RFC 7464: each text begins with a record separator.
    return f"\x1e{_json(item)}\n"


def _event(item: Any) -> str:
    lines = _text(item).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "".join(f"data: {line}\n" for line in lines) + "\n"


_ITEM_FORMATS: Final[dict[str, Callable[[Any], str]]] = {
    **dict.fromkeys(_LINES, _line),
    "application/json-seq": _sequence_item,
    "text/event-stream": _event,
}
