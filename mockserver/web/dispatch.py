"""Which side answers a path: that of the contract, Stripe's or the browser's."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Final, Protocol

from mockserver.messages import Fault, Reply, Request

__all__ = ["SAVED_METHODS_PATH", "STRIPE_PATHS", "Api", "Dispatcher", "PagesPart", "StripePart"]

STRIPE_PATHS: Final = ("/v1/payment_methods", "/v1/setup_intents", "/v1/tokens")
"""Where Stripe's paths begin."""

SAVED_METHODS_PATH: Final = re.compile(r"/v1/c/customer/[^/]*/payment/method")
"""The path of spec/saved_methods.yaml."""

# Where pages and scripts are looked for at all: every other request should lose no time with them.
_OWN: Final = "/__mock/"
_PAGES: Final = ("/v3", _OWN)
_SCRIPT: Final = "/stripe.js"


class Api(Protocol):
    """Answers requests; nothing it is given makes it raise."""

    def handle(self, request: Request) -> Reply | Fault:
        """The answer to a request that has passed the edge."""


class StripePart(Api, Protocol):
    """Stripe's side, which gives way to the contract."""

    def gives_way(self, path: str) -> bool:
        """Whether the contract that is served has this path itself."""


class PagesPart(StripePart, Protocol):
    """The pages and scripts for a browser, which give way likewise."""

    def has(self, path: str) -> bool:
        """Whether there is a page or a script at this path."""


class Dispatcher:
    """The sides of one server; `stripe` and `pages` make theirs when first called, None where there is none."""

    def __init__(
        self,
        core: Api,
        stripe: Callable[[], StripePart] | None,
        pages: Callable[[], PagesPart | None] | None = None,
        saved_methods: Api | None = None,
    ) -> None:
        self._core = core
        self._saved_methods = saved_methods
        self._make = stripe
        self._make_pages = pages

    def page(self, path: str) -> Api | None:
        """Who answers a path with a page or a script; None where it has none."""
        if not path.startswith(_PAGES) and not path.endswith(_SCRIPT):
            return None
        pages = self._pages
        if pages is None or not pages.has(path):
            return None
        # What lies under /__mock/ is the mock's own, whatever a contract says.
        return pages if path.startswith(_OWN) or not pages.gives_way(path) else None

    def of(self, path: str) -> Api:
        """Who answers a path that is neither a page nor the control API's."""
        if self._saved_methods is not None and SAVED_METHODS_PATH.fullmatch(path):
            return self._saved_methods
        if not path.startswith(STRIPE_PATHS) or self._make is None or not _is_stripes(path):
            return self._core
        stripe = self._stripe
        return self._core if stripe is None or stripe.gives_way(path) else stripe

    @cached_property
    def _stripe(self) -> StripePart | None:
        return self._make() if self._make else None

    @cached_property
    def _pages(self) -> PagesPart | None:
        return self._make_pages() if self._make_pages else None


def _is_stripes(path: str) -> bool:
    return any(path == start or path.startswith(f"{start}/") for start in STRIPE_PATHS)
