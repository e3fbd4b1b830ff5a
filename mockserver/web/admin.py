"""The control API under /__mock/, as spec/admin.yaml describes it."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver import __version__
from mockserver.errors import Refusal
from mockserver.exchange import Reply
from mockserver.web.core import Core
from mockserver.web.problems import internal_error, refused

__all__ = ["create_admin"]


def create_admin(core: Core) -> Starlette:
    """The control API as an ASGI app of its own; Host, Origin and the size of bodies were checked before."""

    async def get_health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__, **core.health()})

    admin = Starlette(
        routes=[Route("/__mock/health", get_health, methods=["GET"])],
        exception_handlers={HTTPException: _refuse, Exception: _fail},
    )
    admin.router.redirect_slashes = False
    return admin


async def _refuse(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 405:
        # Starlette lists them in the order of a set.
        allowed = ", ".join(sorted((error.headers or {}).get("Allow", "").split(", ")))
        detail = f"The control API answers {allowed} here, not {request.method}."
        return _response(refused(Refusal("method-not-allowed", detail, headers=(("Allow", allowed),))))
    detail = "There is nothing of this name in the control API; spec/admin.yaml lists what there is."
    return _response(refused(Refusal("unknown-path", detail)))


async def _fail(_: Request, __: Exception) -> Response:
    return _response(internal_error())


def _response(reply: Reply) -> Response:
    return Response(reply.body, reply.status, headers=dict(reply.headers))
