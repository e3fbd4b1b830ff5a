"""Requests to the control API."""

import json
from typing import Any

from mockserver.errors import UsageError
from mockserver.messages import Headers, Request


def control_request(method: str, name: str, body: Any = None) -> Request:
    """A call with a JSON body, or without one (None). Raises UsageError if the body is not a JSON value."""
    path = f"/__mock/{name}"
    if body is None:
        return Request(method=method, path=path)
    try:
        content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
    except (TypeError, ValueError) as error:
        raise UsageError(f"not a JSON value: {error}") from None
    return Request(method=method, path=path, headers=Headers([("content-type", "application/json")]), body=content)
