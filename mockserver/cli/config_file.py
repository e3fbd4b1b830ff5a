"""`--config`: a TOML file with the flags of the commands, or the table `[tool.mockserver]` of a pyproject.toml."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from mockserver.errors import UsageError
from mockserver.parsing.regular_file import read_regular_file

MAX_SIZE: Final = 1024 * 1024
PYPROJECT: Final = "pyproject.toml"


def apply_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Let the flags of a file be the defaults of a command: flags and variables take precedence.

    Without a file, a pyproject.toml in the current folder counts if it has the table. Raises UsageError.
    """
    file = path or Path(PYPROJECT)
    if path is None and not file.is_file():
        return
    flags = _flags(file, is_named=path is not None)
    root = context.find_root().command
    commands = root.commands.values() if isinstance(root, click.Group) else [context.command]
    known = {name for command in commands for name in _names(command)}
    if unknown := sorted(flags.keys() - known):
        raise UsageError(f"{file}: there is no flag --{unknown[0]}: mockserver --help lists the flags")
    own = _names(context.command)
    context.default_map = {
        **(context.default_map or {}),
        **{own[name].name or "": _value(own[name], value, file) for name, value in flags.items() if name in own},
    }


def _flags(file: Path, *, is_named: bool) -> Mapping[str, Any]:
    """The flags in a file, by their names without dashes at the front."""
    try:
        data = read_regular_file(file, limit=MAX_SIZE)
        if len(data) > MAX_SIZE:
            raise UsageError(f"--config {file} has more than {MAX_SIZE} bytes")
        table = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise UsageError(f"--config {file} cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        if not is_named:
            return {}
        raise UsageError(f"--config {file} is not TOML: {error}") from None
    if file.name == PYPROJECT:
        tool = table.get("tool", {})
        table = tool.get("mockserver", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise UsageError(f"{file}: tool.mockserver is not a table")
    return table


def _names(command: click.Command) -> dict[str, click.Option]:
    """The options of a command that a file can have, by their names without dashes."""
    options = [each for each in command.params if isinstance(each, click.Option) and each.expose_value]
    return {each.opts[0].removeprefix("--"): each for each in options}


def _value(option: click.Option, value: Any, file: Path) -> Any:
    """The value of a flag as its option takes it. A path is relative to the folder of the file."""
    name = option.opts[0]
    items = value if option.multiple and isinstance(value, list) else [value]
    if option.is_flag != isinstance(value, bool) or not all(isinstance(each, str | int) for each in items):
        wanted = "true or false" if option.is_flag else "texts" if option.multiple else "a text or a whole number"
        raise UsageError(f"{file}: {name.removeprefix('--')} must be {wanted}")
    if option.multiple:
        return [str(each) for each in items]
    if isinstance(option.type, click.Path):
        return str(value) if "://" in str(value) else str(file.absolute().parent / str(value))
    return value
