"""Data that is not valid HTTP/1.1, and the reply to it."""

from __future__ import annotations

from collections.abc import Iterable

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from mockserver.web.own_replies import malformed_http
from mockserver.web.reply_messages import RawHeader, head_message


class MalformedError(Exception):
    """Raised in a callback of the parser: the data is not valid HTTP/1.1. The text is for the client."""

    def __init__(self, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.status = status


def problem_of(error: httptools.HttpParserError, data: bytes) -> MalformedError:
    """What is wrong with data that the parser or one of its callbacks has rejected."""
    cause = error.__context__
    if isinstance(cause, MalformedError):
        return cause
    if data.startswith(b"\x16\x03"):
        return MalformedError("The client speaks TLS; the mock is served by http://, not https://.")
    return MalformedError(f"This is not HTTP/1.1: {error}.")


def rejection(problem: MalformedError, fields: Iterable[RawHeader]) -> bytes:
    """The whole reply to malformed data, with these further header fields."""
    reply = malformed_http(str(problem), status=problem.status)
    lines = [b"%b: %b\r\n" % field for field in (*fields, *head_message(reply, close=True)["headers"])]
    return b"".join([STATUS_LINE[reply.status], *lines, b"\r\n", reply.body])
