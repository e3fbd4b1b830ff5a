"""Runs the command line of this process: an error becomes one line on stderr and an exit code.

Exit codes: 0 success, 1 a check failed or workers cannot run, 2 wrong usage, or a contract or scenario file that cannot
be used.
"""

import errno
import io
import os
import sys
from collections.abc import MutableMapping
from typing import NoReturn

import click

from mockserver.cli.commands import commands
from mockserver.cli.config_file import value_error
from mockserver.cli.json_lines import print_json_error
from mockserver.cli.output import PROGRAM, OutputError, output_error, print_error
from mockserver.cli.service_links import ignore_service_link
from mockserver.cli.variables import misspelled_variables
from mockserver.errors import UsageError, WorkerError


def run_command() -> NoReturn:
    """Run the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # In a Latin-1 locale a title with a euro sign would otherwise end the server.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = commands.main(prog_name=PROGRAM, standalone_mode=False, obj=_notes(os.environ))
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else PROGRAM
        _print_usage_error(f"{value_error(error) or error.format_message()} (see {path} --help)")
        code = error.exit_code
    except (UsageError, WorkerError) as error:
        _print_usage_error(str(error))
        code = error.exit_code
    except OutputError as error:
        print_error(str(error))
        code = 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        # click prints help and version itself.
        print_error(str(output_error(error)))
        code = 1
    except click.Abort:
        code = 130
    sys.exit(code)


def _notes(environment: MutableMapping[str, str]) -> tuple[str, ...]:
    """Notes about variables, for the greeting."""
    note = ignore_service_link(environment)
    options = [each for command in commands.commands.values() for each in command.params]
    known = {each.envvar for each in options if isinstance(each.envvar, str)}
    return (*(() if note is None else (note,)), *misspelled_variables(environment, known))


def _print_usage_error(text: str) -> None:
    """Print an error: as a line of JSON if a server was to be started that logs so."""
    command = next((word for word in sys.argv[1:] if word in commands.commands), "serve")
    words = " ".join(sys.argv[1:]).replace("=", " ")
    is_json = "--log-format json" in words or os.environ.get("MOCKSERVER_LOG_FORMAT") == "json"
    if command == "serve" and is_json:
        print_json_error(text)
    else:
        print_error(text)
