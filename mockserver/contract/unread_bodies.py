"""Requests whose body is not read, because it is too long or cannot be decoded."""

from dataclasses import replace

from mockserver.errors import Refusal
from mockserver.messages import Request, UnreadableBody


def unread_body_refusal(request: Request, *, max_body: int) -> Refusal | None:
    """The refusal: too-large, unsupported-media-type or malformed-body. None if the body was read."""
    if request.oversized:
        return Refusal("too-large", f"The body is longer than {max_body} bytes (--max-body).")
    if request.unreadable is not None:
        kind, detail, headers = request.unreadable
        return Refusal(kind, detail, headers=headers)
    return None


def with_limited_body(request: Request, limit: int, *, api: str) -> Request:
    """The request; without its body if that has more bytes than an API reads. The contract then refuses it."""
    if len(request.body) <= limit:
        return request
    detail = f"The body is longer than {limit} bytes, which is the limit for calls of {api}."
    return replace(request, body=b"", unreadable=UnreadableBody("too-large", detail))
