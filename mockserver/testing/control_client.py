"""Calls the control API of a backend and reads the replies."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from mockserver.engine.coverage import Cell
from mockserver.errors import UsageError
from mockserver.messages import Request
from mockserver.redaction.terminal import printable
from mockserver.testing.backends import Backend
from mockserver.testing.control_request import control_request
from mockserver.testing.failure_reports import VerificationError
from mockserver.testing.reply_value import ReplyShapeError, ReplyValue

MAX_PAGES: Final = 10_000

Result = TypeVar("Result")


class ControlClient:
    """Calls for one namespace: `authorize` adds its credential to a request.

    The methods raise UsageError if the server refuses a call, does not answer, or sends an unexpected reply. `read`
    reads a reply; it may raise ReplyShapeError.
    """

    def __init__(self, backend: Backend, authorize: Callable[[Request], Request]) -> None:
        self._backend = backend
        self._authorize = authorize

    def call(self, method: str, name: str, body: Any = None, *, read: Callable[[ReplyValue], Result]) -> Result:
        """What `read` reads from the reply to a call. Raises VerificationError if an expectation does not hold."""
        __tracebackhide__ = True
        request = control_request(method, name, body)
        status, result = self._backend.call(self._authorize(request))
        return self._read(request, status, result, read)

    def listing(self, name: str, member: str, read: Callable[[ReplyValue], Result]) -> list[Result]:
        """What `read` reads from each item of a listing, page by page."""
        __tracebackhide__ = True
        items: list[Result] = []
        query: str | None = "after=0"
        queries: set[str] = set()
        while query is not None:
            request = Request(method="GET", path=f"/__mock/{name}", query=query)
            if query in queries or len(queries) == MAX_PAGES:
                raise self._backend.unexpected(request, "the pages of the listing have no end")
            queries.add(query)
            status, result, query = self._backend.page(self._authorize(request))
            items += self._read(request, status, result, lambda page: list(map(read, page.member(member).items())))
        return items

    def _read(self, request: Request, status: int, result: Any, read: Callable[[ReplyValue], Result]) -> Result:
        __tracebackhide__ = True
        try:
            if status in {200, 204}:
                return read(ReplyValue(result))
            error = _error(status, ReplyValue(result))
        except ReplyShapeError as problem:
            raise self._backend.unexpected(request, f"status {status}, {problem}") from None
        raise error


def _error(status: int, problem: ReplyValue) -> VerificationError | UsageError:
    """The error that a problem document means."""
    if status == 409:
        return VerificationError(problem.object())
    return UsageError(printable(problem.member("detail").text()))


def read_in_force(reply: ReplyValue) -> str:
    """The scenario that answers in a namespace, from the list of scenarios."""
    activated = reply.member("activated")
    names = (activated.member(each).optional_text() for each in ("namespace", "server"))
    return next(filter(None, names), "happy_path")


def read_expected_cells(reply: ReplyValue) -> list[Cell]:
    """The outcomes that the contract and the scenarios have, from the coverage."""
    return [
        Cell(
            cell.member("operation").text(),
            cell.member("scenario").optional_text() or "",
            cell.member("outcome").text(),
        )
        for cell in reply.member("cells").items()
        if cell.member("expected").flag()
    ]
