"""Which side answers a path: that of the contract, or Stripe's."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Final, Protocol

from mockserver.exchange import Fault, Reply, Request

__all__ = ["STRIPE_PATHS", "Side", "Sides", "StripePart"]

STRIPE_PATHS: Final = ("/v1/payment_methods", "/v1/setup_intents", "/v1/tokens")
"""Where Stripe's paths begin."""


class Side(Protocol):
    """Answers requests; nothing it is given makes it raise."""

    def handle(self, request: Request) -> Reply | Fault:
        """The answer to a request that has passed the edge."""


class StripePart(Side, Protocol):
    """Stripe's side, which gives way to the contract."""

    def gives_way(self, path: str) -> bool:
        """Whether the contract that is served has this path itself."""


class Sides:
    """The two sides of one server; `stripe` makes the second when it is first called, None if there is none."""

    def __init__(self, core: Side, stripe: Callable[[], StripePart] | None) -> None:
        self._core = core
        self._make = stripe

    def of(self, path: str) -> Side:
        """Who answers a path."""
        if not path.startswith(STRIPE_PATHS) or self._make is None or not _is_stripes(path):
            return self._core
        stripe = self._stripe
        return self._core if stripe is None or stripe.gives_way(path) else stripe

    @cached_property
    def _stripe(self) -> StripePart | None:
        return self._make() if self._make else None


def _is_stripes(path: str) -> bool:
    return any(path == start or path.startswith(f"{start}/") for start in STRIPE_PATHS)
