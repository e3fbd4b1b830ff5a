"""Lines of JSON for everything that a server prints besides its log of requests."""

import json
import logging
import time
from contextlib import suppress
from typing import Any

import click

from mockserver.redaction.terminal import printable_lines


def json_line(message: str, **members: Any) -> str:
    """One line: the time in UTC, a message, and more members."""
    now = time.time()
    at = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now % 1 * 1000):03}Z"
    return json.dumps({"time": at, "message": message, **members})


def print_json_error(text: str) -> None:
    """Print an error on stderr, as one line."""
    with suppress(OSError):
        click.echo(json_line(text, level="error"), err=True)


class JsonFormatter(logging.Formatter):
    """Writes records of `logging` in this way: bugs of the mock, and warnings of uvicorn and asyncio."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record; its message includes the traceback, if there is one."""
        return json_line(printable_lines(super().format(record)), level=record.levelname.lower())


def log_json_lines() -> None:
    """Let `logging` write lines of JSON to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.captureWarnings(capture=True)
