"""A mock of Wingback's "create payment session" API that follows its OpenAPI contract.

from mockserver import MockServer

with MockServer(scenario="rate_limited") as mock:
    print(mock.url, mock.api_key)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.version import __version__

if TYPE_CHECKING:
    from mockserver.testing import MockServer, Settings, create_app

__all__ = ["MockServer", "Settings", "__version__", "create_app"]


def __getattr__(name: str) -> Any:
    # Imported at the first use: `import mockserver` must not import a framework.
    if name in __all__:
        from mockserver import testing

        return getattr(testing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
