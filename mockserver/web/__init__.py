"""The ASGI application: access rules, dispatch to the APIs, faults and the access log.

May import: every package above it in the tree. It owns Starlette. Start with `app.py`.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.web.access_log import AccessLog
from mockserver.web.app import Application, create_app
from mockserver.web.opened_engine import open_engine

__all__ = ["ASGIApp", "AccessLog", "Application", "Receive", "Scope", "Send", "create_app", "open_engine"]
