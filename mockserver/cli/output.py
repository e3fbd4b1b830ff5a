"""What the commands print."""

import contextlib
import errno
import os
import sys
from typing import Final

import click

from mockserver.errors import MockserverError
from mockserver.redaction.terminal import printable

PROGRAM: Final = "mockserver"


class OutputError(MockserverError):
    """Standard output cannot be written, for example because the disk is full."""


def print_error(text: str) -> None:
    """Print an error on stderr. A scenario file can have several problems, each on its own line."""
    with contextlib.suppress(OSError):
        for line in text.split("\n"):
            click.echo(f"{PROGRAM}: {printable(line)}", err=True)


def print_text(text: str) -> None:
    """Print text on stdout at once. Nothing happens if the reader of a pipe has closed it. Raises OutputError."""
    try:
        click.echo(text)
    except OSError as error:
        discard_output()
        if error.errno != errno.EPIPE:
            raise OutputError(f"standard output cannot be written: {error.strerror or error}") from None


def discard_output() -> None:
    """Let stdout be /dev/null: Python would fail when it flushes it at the end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
