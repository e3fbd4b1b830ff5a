"""The Starlette application for everything under `/__mock/`, and for the scripts that stand in for Stripe.js.

Host, Origin and preflight are checked before (see `dispatch`). `AsgiExchange` hands the request over, and says in it
if its body was not read.
"""

from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.control import ControlApi
from mockserver.engine.engine import Engine
from mockserver.engine.mock_headers import refusal_reply
from mockserver.errors import StoreUnavailableError
from mockserver.messages import Reply, Request
from mockserver.pages import Pages
from mockserver.settings import Settings
from mockserver.web.control_endpoint import ControlEndpoint
from mockserver.web.own_replies import internal_error
from mockserver.web.page_paths import PAGE_FILES, PROBES, SCRIPT_PARTS, WINGBACK_SCRIPT
from mockserver.web.reply_messages import response_of
from mockserver.web.wire import REQUEST

Handler = Callable[[Request, Mapping[str, str]], Reply]


class _Text(StringConvertor):
    """Any text in a path. Starlette's own converter `path` does not match line breaks."""

    regex = "(?s:.*)"


register_url_convertor("text", _Text())


def mock_app(engine: Engine, settings: Settings, control_api: ControlApi) -> ASGIApp:
    """The application. All routes are listed here and in `page_paths`.

    spec/admin.yaml describes those of the control API.
    """
    pages = Pages(engine, max_body=settings.max_body)
    control = ControlEndpoint(control_api)

    def page(handler: Handler) -> Endpoint:
        return Endpoint(handler, engine)

    return Starlette(
        routes=[
            *(Route(path, page(pages.file(name))) for path, name in PAGE_FILES.items()),
            *(Route(path, page(pages.stripe_part(name))) for path, name in SCRIPT_PARTS.items()),
            Route(WINGBACK_SCRIPT, page(pages.wingback_script)),
            Route("/__mock/wingback/payment-sessions/{token:text}", page(pages.payment_session)),
            Route("/v3", page(pages.stripe_script)),
            Route("/v3/", page(pages.stripe_script)),
            Route("/stripe.js", page(pages.newest_stripe_script)),
            Route("/{train}/stripe.js", page(pages.stripe_script)),
            Route("/__mock/health", control),
            *(Route(path, control) for path in PROBES),
            Route("/__mock/scenarios", control),
            Route("/__mock/scenario", control),
            Route("/__mock/strict", control),
            Route("/__mock/journal", control),
            Route("/__mock/events", control),
            Route("/__mock/verify", control),
            Route("/__mock/payment-sessions", control),
            Route("/__mock/payment-sessions/{token:text}", control),
            Route("/__mock/reset", control),
            Route("/__mock/coverage", control),
            Route("/__mock/metrics", control),
            Route("/__mock/openapi.json", control),
            # Every other path: the control API refuses it and names the nearest path.
            Route("/{path:text}", control),
        ],
        exception_handlers={Exception: _crashed},
    )


class Endpoint:
    """An ASGI app that answers with a handler.

    Starlette would run a plain function in a thread pool. Handlers run in the event loop, as all code of the mock does.
    """

    def __init__(self, handler: Handler, engine: Engine) -> None:
        self._handler = handler
        self._engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what the handler returns."""
        request: Request = scope[REQUEST]
        try:
            answer = await self._engine.state.decision(
                lambda: self._handler(request, scope["path_params"]),
                request,
                self._engine.contract.credential_places,
                needs_state=False,
            )
        except StoreUnavailableError as error:
            answer = refusal_reply(error.refusal, headers=ControlApi.HEADERS)
        await response_of(answer, scope["method"])(scope, receive, send)


async def _crashed(request: StarletteRequest, _: Exception) -> Response:
    return response_of(internal_error(), request.method)
