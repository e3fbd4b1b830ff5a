"""Problem documents (RFC 9457) for what goes wrong outside the table of refusals, and the one way to write them."""

from __future__ import annotations

import json
from typing import Any

from mockserver.errors import Refusal
from mockserver.messages import Reply

__all__ = ["internal_error", "malformed_http", "refused"]


def refused(refusal: Refusal) -> Reply:
    """The reply to a call of the control API that was refused."""
    return _problem(refusal.as_json(), refusal.kind, refusal.headers)


def internal_error() -> Reply:
    """The reply when the mock itself has a bug: nothing of it is shown to the client."""
    return _problem(
        {
            "type": "urn:mockserver:internal-error",
            "title": "Internal error",
            "status": 500,
            "detail": "The mock server has a bug. Its log shows where; please report it.",
        },
        "internal-error",
    )


def malformed_http(detail: str, *, status: int = 400) -> Reply:
    """The reply to what is not HTTP as the mock speaks it; no request came of it, so no journal knows it."""
    return _problem(
        {"type": "urn:mockserver:malformed-http", "title": "Malformed HTTP", "status": status, "detail": detail},
        "malformed-http",
    )


def _problem(document: dict[str, Any], kind: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    own = (("Content-Type", "application/problem+json"), ("Mock-Refused", kind))
    return Reply(status=document["status"], headers=(*own, *headers), body=json.dumps(document).encode())
