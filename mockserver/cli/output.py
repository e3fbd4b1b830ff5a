"""What the commands print."""

import contextlib
import os
import sys
from typing import Final

import click

from mockserver.redaction.terminal import printable

PROGRAM: Final = "mockserver"


def print_error(text: str) -> None:
    """Print an error on stderr. A scenario file can have several problems, each on its own line."""
    for line in text.split("\n"):
        click.echo(f"{PROGRAM}: {printable(line)}", err=True)


def print_text(text: str) -> None:
    """Print text on stdout at once. The server continues if the reader of a pipe has closed it."""
    try:
        click.echo(text)
    except OSError:
        # Python would fail when it flushes stdout at exit, so stdout becomes /dev/null.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
