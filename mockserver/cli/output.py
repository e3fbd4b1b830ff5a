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
        problem = output_error(error)
        if error.errno != errno.EPIPE:
            raise problem from None


def output_error(error: OSError) -> OutputError:
    """Discard further output, and return the error to report.

    Stdout becomes /dev/null, because Python would fail when it flushes stdout at the end.
    """
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OutputError(f"standard output cannot be written: {error.strerror or error}")
