"""The APIs of a server: which one answers a path, and which slow steps it needs before that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from starlette.types import ASGIApp

from mockserver.contract import Contract
from mockserver.engine.engine import Engine
from mockserver.messages import Fault, Reply, Request
from mockserver.saved_methods import PATH as SAVED_METHODS_PATH
from mockserver.saved_methods import SavedMethodsApi
from mockserver.settings import Settings
from mockserver.storage.made_once import made_once
from mockserver.web.cross_site import STRIPE_SCRIPT
from mockserver.web.stripe_paths import SERVED, resource_path, stripe_resource

if TYPE_CHECKING:
    from mockserver.control import ControlApi
    from mockserver.stripe import StripeApi

MOCK_PREFIX: Final = "/__mock/"
"""Where the paths of the control API and of the pages begin."""

Answer = Reply | Fault | ASGIApp

Step = Callable[[], object]
"""A slow step before a request can be answered, such as an import. Any thread can run it."""

# Compiling an operation takes some milliseconds. Those of a large contract are compiled when they are first called.
_MAX_COMPILED: Final = 50


class Api(Protocol):
    """Answers requests to paths of its own. It never raises because of a request."""

    @property
    def is_prepared(self) -> bool:
        """Whether nothing is missing for any request, except that its operation may have to be compiled."""

    def missing(self, request: Request) -> Step | None:
        """The next slow step before a request can be answered; None if nothing is missing."""

    def handle(self, request: Request) -> Answer:
        """The answer to a request that the access policy lets pass, or the ASGI app that answers it."""


class EngineApi:
    """The contract's API. Files can be reloaded, so the engine's snapshot changes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.handle = engine.handle

    @property
    def is_prepared(self) -> bool:
        """Whether nothing is missing."""
        return self._engine.snapshot.is_prepared

    def missing(self, request: Request) -> Step | None:
        """The next slow step; None if nothing is missing."""
        return self._engine.snapshot.missing(request)


# The other APIs are imported and made when they are first needed: the start of the server must not wait for them.


class LazyStripeApi:
    """Stripe's API."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings

    @made_once
    def made(self) -> StripeApi:
        """The API itself."""
        from mockserver.stripe import StripeApi

        return StripeApi(self._engine, max_body=self._settings.max_body)

    @property
    def is_prepared(self) -> bool:
        """Whether nothing is missing."""
        return LazyStripeApi.made.is_made(self) and self.made.is_prepared

    def missing(self, request: Request) -> Step | None:
        """The next slow step; None if nothing is missing."""
        return self.made.missing(request) if LazyStripeApi.made.is_made(self) else lambda: self.made

    def handle(self, request: Request) -> Reply | Fault:
        """The answer."""
        return self.made.handle(request)


class LazyControl:
    """The control API, the pages and the scripts, which one ASGI app answers."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings

    @made_once
    def api(self) -> ControlApi:
        """The control API."""
        from mockserver.control import ControlApi

        return ControlApi(self._engine, self._settings)

    @made_once
    def app(self) -> ASGIApp:
        """The ASGI app."""
        from mockserver.web.mock_app import mock_app

        return mock_app(self._engine, self._settings, self.api)

    @property
    def is_prepared(self) -> bool:
        """Whether nothing is missing."""
        return LazyControl.app.is_made(self) and self.api.contract.is_prepared

    def missing(self, request: Request) -> Step | None:
        """The next slow step; None if nothing is missing."""
        return self.api.missing(request) if LazyControl.app.is_made(self) else lambda: self.app

    def handle(self, _: Request) -> ASGIApp:
        """The app, which answers."""
        return self.app


class Apis:
    """The APIs of one server. The contract comes first: other APIs give way where it has their path itself."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self.engine = EngineApi(engine)
        self.control = LazyControl(engine, settings)
        self._stripe = LazyStripeApi(engine, settings)
        self._saved_methods = SavedMethodsApi(engine, settings) if settings.has_saved_methods else None

    def of(self, path: str) -> Api:
        """The API that answers a path."""
        contract = self._engine.contract
        is_script = path.endswith((".js", "/v3", "/v3/")) and STRIPE_SCRIPT.fullmatch(path)
        if path.startswith(MOCK_PREFIX) or (is_script and not contract.has_path(path)):
            return self.control
        resource = stripe_resource(path)
        if resource is not None:
            # The mock has no operations of the other resources; it only says so in the form of Stripe's errors.
            is_served = resource in SERVED
            gives_way = contract.has_path(path) if is_served else contract.has_paths_below(resource_path(resource))
            return self.engine if gives_way else self._stripe
        if self._saved_methods is not None and SAVED_METHODS_PATH.fullmatch(path) and not contract.has_path(path):
            return self._saved_methods
        return self.engine

    def preparations(self) -> Iterator[Step]:
        """The steps that first calls need, except `imports`. The longest step takes a tenth of a second."""
        stripe, control, saved_methods = self._stripe, self.control, self._saved_methods
        yield lambda: stripe.made.contract
        yield lambda: control.app
        if saved_methods is not None:
            yield lambda: saved_methods.contract
        for contract in self._contracts():
            yield from _compilations(contract)

    def imports(self) -> Iterator[Step]:
        """The steps that first refusals and samples need: they import openapi-core, which takes 0.3 s and 30 MB."""
        yield self._engine.snapshot.prepare
        for contract in self._contracts():
            yield contract.prepare

    def _contracts(self) -> Iterator[Contract]:
        yield self._engine.contract
        yield self._stripe.made.contract
        yield self.control.api.contract
        if self._saved_methods is not None:
            yield self._saved_methods.contract


def _compilations(contract: Contract) -> Iterator[Step]:
    if len(contract.operations) <= _MAX_COMPILED:
        for operation in contract.operations:
            yield partial(contract.compile, [operation])
