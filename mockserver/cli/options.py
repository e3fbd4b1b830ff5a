"""Options of the commands, each with its environment variable, and the types of their values."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from mockserver.cli.output import PROGRAM

Decorator = Callable[[Callable[..., None]], Callable[..., None]]


class RepeatableText(click.types.StringParamType):
    """Text for an option that can be repeated. In its variable, commas or white space separate the values."""

    def split_envvar_value(self, rv: str) -> list[str]:
        """The values in the variable. A variable with separators only is a mistake."""
        values = [value for value in re.split(r"[,\s]+", rv) if value]
        if not values:
            raise click.BadParameter(f"{rv!r} has no value: write one, or leave the variable out.")
        return values


class Duration(click.types.FloatParamType):
    """A number of seconds, or a duration such as 90s, 30m or 24h."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds."""
        match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)([smh]?)", str(value))
        if match is None or float(match[1]) == 0:
            self.fail(f"{value!r} is not a duration such as 90s, 30m or 24h.", param, ctx)
        return float(match[1]) * {"h": 3600, "m": 60}.get(match[2], 1)


class WholeNumber(click.IntRange):
    """A whole number in a range."""

    name = "whole number"


class FilePath(click.Path):
    """A path that is not empty: an empty one would be the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        if value == "":
            self.fail("it is empty: write a path, or leave it out.", param, ctx)
        return super().convert(value, param, ctx)


def option(flag: str, *names: str, **attributes: Any) -> Decorator:
    """An option with its variable: `--max-body` and MOCKSERVER_MAX_BODY. `--strict/--no-strict` is one option."""
    variable = f"{PROGRAM}_{flag.partition('/')[0].removeprefix('--')}".upper().replace("-", "_")
    return click.option(flag, *names, envvar=variable, show_envvar=True, **attributes)


def repeatable(flag: str, name: str, text: str) -> Decorator:
    """An option that can be given several times."""
    return option(flag, name, type=RepeatableText(), multiple=True, help=f"{text}; can be repeated.")


def choice(flag: str, values: Sequence[str], text: str, *names: str) -> Decorator:
    """An option with one of several values; the first is the default."""
    return option(flag, *names, type=click.Choice(values), default=values[0], help=text)


PATH = FilePath(path_type=Path)
