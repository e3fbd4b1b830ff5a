"""`--config`: a TOML file with the flags of the commands, or the table `[tool.mockserver]` of a pyproject.toml."""

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from mockserver.errors import UsageError
from mockserver.parsing.regular_file import read_regular_file
from mockserver.redaction.terminal import printable

MAX_SIZE: Final = 1024 * 1024
PYPROJECT: Final = "pyproject.toml"
_FILE: Final = "mockserver.config_file"
"""Where the context of a command has the path of the file."""


def apply_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Let the flags of a file be the defaults of a command: flags and variables take precedence.

    Without a file, a pyproject.toml in the current folder counts if it has the table. Raises UsageError.
    """
    file = path or Path(PYPROJECT)
    if path is None and not file.is_file():
        return
    shown = printable(str(file))
    flags = _flags(file, shown, is_named=path is not None)
    root = context.find_root().command
    commands = root.commands.values() if isinstance(root, click.Group) else [context.command]
    known = {name for command in commands for name in _names(command)}
    if unknown := sorted(flags.keys() - known):
        raise UsageError(f"{shown}: {_unknown(unknown[0], known)}")
    own = _names(context.command)
    context.meta[_FILE] = shown
    context.default_map = {
        **(context.default_map or {}),
        **{own[name].name or "": _value(own[name], value, file) for name, value in flags.items() if name in own},
    }


def value_error(error: click.UsageError) -> str | None:
    """The message for a value in a file that a flag does not take; None if the error is about something else."""
    if not isinstance(error, click.BadParameter) or error.ctx is None or error.param is None or not error.param.name:
        return None
    if error.ctx.get_parameter_source(error.param.name) is not ParameterSource.DEFAULT_MAP:
        return None
    return f"{error.ctx.meta[_FILE]}: {error.param.opts[0].removeprefix('--')}: {error.message}"


def _flags(file: Path, shown: str, *, is_named: bool) -> Mapping[str, Any]:
    """The flags in a file, by their names without dashes at the front."""
    try:
        data = read_regular_file(file, limit=MAX_SIZE)
    except OSError as error:
        raise UsageError(f"--config {shown} cannot be read: {error.strerror or error}") from None
    if len(data) > MAX_SIZE:
        raise UsageError(f"--config {shown} has more than {MAX_SIZE} bytes")
    try:
        # Editors on Windows begin a file with a byte order mark.
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        # The pyproject.toml of another project is none of the mock's business.
        if not is_named and b"tool.mockserver" not in data:
            return {}
        raise UsageError(f"{'--config ' if is_named else ''}{shown} is not TOML: {error}") from None
    if file.name == PYPROJECT:
        tool = table.get("tool", {})
        table = tool.get("mockserver", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise UsageError(f"{shown}: tool.mockserver is not a table")
    return table


def _unknown(name: str, known: Iterable[str]) -> str:
    shown = printable(name)
    if name == "config":
        return "config cannot be in the file: --config names one file"
    if name == "tool":
        return f"the flags must be at the top of the file: only in {PYPROJECT} they are in [tool.mockserver]"
    meant = get_close_matches(name.lower().replace("_", "-").strip("-"), known, n=1)
    hint = f"did you mean {meant[0]}?" if meant else "mockserver serve --help lists the flags"
    return f"there is no flag {shown}: {hint}"


def _names(command: click.Command) -> dict[str, click.Option]:
    """The options of a command that a file can have, by their names without dashes."""
    options = [each for each in command.params if isinstance(each, click.Option) and each.expose_value and each.envvar]
    return {each.opts[0].removeprefix("--"): each for each in options}


def _value(option: click.Option, value: Any, file: Path) -> Any:
    """The value of a flag as its option takes it. A path is relative to the folder of the file."""
    items = value if option.multiple and isinstance(value, list) else [value]
    is_flag = isinstance(value, bool)
    if option.is_flag != is_flag or not (is_flag or all(_is_text_or_number(option, each) for each in items)):
        shown = printable(str(file))
        raise UsageError(f"{shown}: {option.opts[0].removeprefix('--')} must be {_wanted(option)}")
    if option.multiple:
        return [str(each) for each in items]
    if isinstance(option.type, click.Path) and value != "":
        return str(value) if "://" in str(value) else str(file.absolute().parent / str(value))
    return value


def _is_text_or_number(option: click.Option, value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, str | int) or (
        isinstance(option.type, click.types.FloatParamType) and isinstance(value, float)
    )


def _wanted(option: click.Option) -> str:
    if option.is_flag:
        return "true or false"
    if isinstance(option.type, click.Choice):
        return " or ".join(f'"{each}"' for each in option.type.choices)
    if option.multiple:
        return "a text or a list of texts"
    if isinstance(option.type, click.types.IntParamType):
        return "a whole number"
    return 'a duration such as 30 or "2h"' if isinstance(option.type, click.types.FloatParamType) else "a text"
