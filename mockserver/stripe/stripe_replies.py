"""Replies of Stripe's API."""

from typing import Any, Final

from mockserver.messages import Reply
from mockserver.parsing.json_writer import write_json
from mockserver.stripe.stripe_errors import StripeError

_JSON: Final = ("content-type", "application/json")


def object_reply(body: dict[str, Any]) -> Reply:
    """The reply with an object."""
    return Reply(status=200, headers=(_JSON,), body=write_json(body))


def error_reply(failure: StripeError) -> Reply:
    """The reply with an error object. If the mock refuses, a header says so."""
    own = (("mock-refused", failure.refused),) if failure.refused else ()
    return Reply(status=failure.status, headers=(_JSON, *failure.headers, *own), body=write_json(failure.as_body()))


def redirect_reply(url: str) -> Reply:
    """The reply that sends a browser to another page."""
    return Reply(status=303, headers=(("location", url),))


def refusal_kind(reply: Reply) -> str | None:
    """The kind of refusal in a reply; None if it is not a refusal."""
    return next((value for name, value in reply.headers if name == "mock-refused"), None)
