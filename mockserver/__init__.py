"""A mock of Wingback's "create payment session" API that is true to its OpenAPI contract.

>>> from mockserver import MockServer, Settings, create_app
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.settings import Settings
    from mockserver.testing.mock_server import MockServer
    from mockserver.version import __version__
    from mockserver.web.app import create_app

__all__ = ["MockServer", "Settings", "__version__", "create_app"]

_MODULES = {
    "MockServer": "mockserver.testing.mock_server",
    "Settings": "mockserver.settings",
    "__version__": "mockserver.version",
    "create_app": "mockserver.web.app",
}


def __getattr__(name: str) -> Any:
    # Imported on first use: `import mockserver` must not import a framework.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)
