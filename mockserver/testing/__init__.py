"""For Python test suites: MockServer, which starts a mock or uses a running server, and the pytest plugin.

    from mockserver import MockServer

    with MockServer(scenario="rate_limited") as mock:
        pay(base_url=mock.url, api_key=mock.api_key)
        mock.verify(operation="c_create_payment_session", count=2)

May import: every package but `cli`. It owns pytest and httpx. Start with `mock_server.py`; the plugin is `plugin.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.settings import Settings
    from mockserver.testing.failure_reports import ContractBrokenError, VerificationError
    from mockserver.testing.journal_entry import JournalEntry, SeenReply, SeenRequest
    from mockserver.testing.mock_server import MockServer
    from mockserver.web import create_app

__all__ = [
    "ContractBrokenError",
    "JournalEntry",
    "MockServer",
    "SeenReply",
    "SeenRequest",
    "Settings",
    "VerificationError",
    "create_app",
]

_MODULES = {
    "mockserver.settings": ("Settings",),
    "mockserver.testing.failure_reports": ("ContractBrokenError", "VerificationError"),
    "mockserver.testing.journal_entry": ("JournalEntry", "SeenReply", "SeenRequest"),
    "mockserver.testing.mock_server": ("MockServer",),
    "mockserver.web": ("create_app",),
}


def __getattr__(name: str) -> Any:
    # Imported at the first use: pytest loads the plugin, and so this package, in every project of the environment.
    from importlib import import_module

    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
