"""The refusal of a request whose body was not read, because it is too long or cannot be decoded."""

from mockserver.errors import Refusal
from mockserver.messages import Request


def unread_body_refusal(request: Request, *, max_body: int) -> Refusal | None:
    """The refusal: too-large, unsupported-media-type or malformed-body. None if the body was read."""
    if request.oversized:
        return Refusal("too-large", f"The body is longer than {max_body} bytes (--max-body).")
    if request.unreadable is not None:
        kind, detail, headers = request.unreadable
        return Refusal(kind, detail, headers=headers)
    return None
