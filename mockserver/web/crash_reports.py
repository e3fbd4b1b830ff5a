"""Bugs of our own: seen in the log with their traceback, never by the client, and without its secrets."""

from __future__ import annotations

import logging
import traceback

from mockserver.messages import Request
from mockserver.redaction import REDACTED, redact

__all__ = ["report_crash"]

_logger = logging.getLogger("mockserver")


def report_crash(request: Request, error: Exception) -> None:
    """Logs an unexpected error that a request led to; its message may quote the request."""
    text = "".join(traceback.format_exception(error))
    for secret in _credentials(request):
        text = text.replace(secret, REDACTED)
    _logger.error("%s %s met a bug of the mock server\n%s", request.method, redact(ascii(request.path)), redact(text))


def _credentials(request: Request) -> list[str]:
    """Longest first, so that no rest is left of one; a very short one would blot out what it is not."""
    headers = request.headers
    found = [
        *headers.all("wb-key"),
        *headers.all("mock-admin-token"),
        *headers.all("cookie"),
        *request.cookies.values(),
    ]
    for value in headers.all("authorization"):
        found += [value, value.partition(" ")[2]]
    return sorted({secret for secret in found if len(secret) > 3}, key=len, reverse=True)
