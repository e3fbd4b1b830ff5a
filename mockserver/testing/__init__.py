"""For Python test suites: a mock server in the process of the tests or a running one, and a pytest plugin.

>>> from mockserver import MockServer
>>> with MockServer(scenario="rate_limited") as mock:
...     pay(base_url=mock.url, api_key=mock.api_key)
...     mock.verify(operation="c_create_payment_session", count=2)

May import: every package above it in the tree. It owns pytest and httpx. Start with `mock_server.py`; the plugin is `plugin.py`.
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

_HOMES = {
    "ContractBrokenError": "mockserver.testing.failure_reports",
    "JournalEntry": "mockserver.testing.journal_entry",
    "MockServer": "mockserver.testing.mock_server",
    "SeenReply": "mockserver.testing.journal_entry",
    "SeenRequest": "mockserver.testing.journal_entry",
    "Settings": "mockserver.settings",
    "VerificationError": "mockserver.testing.failure_reports",
    "create_app": "mockserver.web",
}


def __getattr__(name: str) -> Any:
    # The pytest plugin lies in this package and is loaded by every suite: what it does not need is imported on use.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
