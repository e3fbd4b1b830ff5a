"""Kinds of payment methods that a setup intent offers, as scenario files write them."""

from __future__ import annotations

from typing import Any, Final

from mockserver.scenarios.format.flaws import FlawsError, below, did_you_mean, expected

__all__ = ["DEFAULT_TYPES", "METHOD_TYPES", "parse_method_types"]

METHOD_TYPES: Final = ("card", "sepa_debit")
DEFAULT_TYPES: Final[tuple[str, ...]] = ("card",)
_ONE_OF: Final = f"one of {', '.join(METHOD_TYPES)}"


def parse_method_types(value: Any) -> tuple[str, ...]:
    """A list of kinds, each once."""
    if not isinstance(value, list) or not value:
        raise FlawsError.one(expected("a list such as [card, sepa_debit]", value))
    for index, each in enumerate(value):
        with below(index):
            if each not in METHOD_TYPES:
                hint = did_you_mean(each, METHOD_TYPES) if isinstance(each, str) else ""
                raise FlawsError.one(f"{expected(_ONE_OF, each)}{hint}")
            if each in value[:index]:
                raise FlawsError.one(f"{each} is there already")
    return tuple(value)
