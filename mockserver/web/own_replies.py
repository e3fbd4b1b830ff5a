"""Replies to what is outside the table of refusals: malformed HTTP, and bugs of the mock itself."""

import logging
import traceback

from mockserver.engine.mock_headers import problem_reply
from mockserver.messages import Reply, Request
from mockserver.redaction.redactor import Redactor
from mockserver.redaction.terminal import printable, printable_lines

_logger = logging.getLogger("mockserver")


def internal_error() -> Reply:
    """The reply when the mock itself has a bug. The client sees nothing of the bug; `report_crash` logs it."""
    return _problem(
        "internal-error",
        500,
        title="Internal error",
        detail="The mock server has a bug. Its log shows where; please report it.",
    )


def malformed_http(detail: str, *, status: int = 400) -> Reply:
    """The reply to what is not HTTP as the mock speaks it. There is no request, so the journal has no entry."""
    return _problem("malformed-http", status, title="Malformed HTTP", detail=detail)


def _problem(kind: str, status: int, *, title: str, detail: str) -> Reply:
    document = {"type": f"urn:mockserver:{kind}", "title": title, "status": status, "detail": detail}
    return problem_reply(document, kind)


def report_crash(request: Request, error: Exception, redactor: Redactor) -> None:
    """Log an unexpected error with its traceback, without the credentials of the request that led to it."""
    shown = redactor.of_exchange(request.headers.pairs, request.query)
    text = printable_lines(shown.text("".join(traceback.format_exception(error))))
    _logger.error("%s %s met a bug of the mock server\n%s", request.method, printable(shown.path(request.path)), text)
