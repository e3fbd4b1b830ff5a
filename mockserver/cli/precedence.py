"""Decides which of two conflicting settings applies."""

from collections.abc import Mapping
from typing import Any, Final

import click
from click.core import ParameterSource

from mockserver.settings import Settings

ALTERNATIVES: Final = (("uds", ("port", "port_file")), ("tls", ("tls_cert", "tls_key")))
"""Settings that exclude each other."""
RANKS: Final[Mapping[ParameterSource | None, int]] = {
    ParameterSource.DEFAULT_MAP: 1,
    ParameterSource.ENVIRONMENT: 2,
    ParameterSource.COMMANDLINE: 3,
}
"""Which source of a setting takes precedence: a file, a variable, or the command line."""


def drop_overruled(context: click.Context, values: dict[str, Any]) -> None:
    """Drop a setting that another one replaces if that one takes precedence: `--port` over `uds` in a file."""
    for one, others in ALTERNATIVES:
        rank, other_rank = _rank(context, one), max(_rank(context, other) for other in others)
        if rank and other_rank > rank:
            values[one] = None
        elif other_rank and rank > other_rank:
            values |= {other: getattr(Settings(), other) for other in others}


def _rank(context: click.Context, name: str) -> int:
    """How much the source of a setting counts. A default does not count."""
    return RANKS.get(context.get_parameter_source(name), 0)
