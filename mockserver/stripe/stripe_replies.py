"""Replies of Stripe's side."""

from __future__ import annotations

from typing import Any, Final

from mockserver.messages import Reply
from mockserver.parsing.json_writer import write_json
from mockserver.stripe.stripe_errors import StripeError

__all__ = ["failed", "found", "refusal_kind", "sent_on"]

_JSON: Final = ("content-type", "application/json")


def found(body: dict[str, Any]) -> Reply:
    """An object."""
    return Reply(status=200, headers=(_JSON,), body=write_json(body))


def failed(failure: StripeError) -> Reply:
    """An error object; a refusal of the mock says so in a header."""
    own = (("mock-refused", failure.refused),) if failure.refused else ()
    return Reply(status=failure.status, headers=(_JSON, *failure.headers, *own), body=write_json(failure.as_body()))


def sent_on(url: str) -> Reply:
    """A person goes on to a page."""
    return Reply(status=303, headers=(("location", url),))


def refusal_kind(reply: Reply) -> str | None:
    """The kind of refusal that a reply is, None if it is none."""
    return next((value for name, value in reply.headers if name == "mock-refused"), None)
