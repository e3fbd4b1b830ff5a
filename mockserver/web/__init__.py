"""The ASGI face: HTTP on the outside, the plain values of `exchange` on the inside."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.web.accesslog import AccessLog
from mockserver.web.app import Application, create_app

__all__ = ["ASGIApp", "AccessLog", "Application", "Receive", "Scope", "Send", "create_app"]
