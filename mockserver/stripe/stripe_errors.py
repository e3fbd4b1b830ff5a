"""Errors as Stripe's error object.

An error that Stripe itself would not return names the kind of the mock's refusal.
"""

from dataclasses import replace
from typing import Any, Final

from mockserver.errors import Refusal, Violation
from mockserver.messages import Request
from mockserver.parsing import json_pointers
from mockserver.payments.declines import Decline
from mockserver.payments.method_entry import EntryRefusedError
from mockserver.redaction.redact import redact, redact_path

INVALID_REQUEST: Final = "invalid_request_error"
DOCUMENTATION: Final = "https://docs.stripe.com/error-codes#"

_CODES: Final = {
    "additionalProperties": ("parameter_unknown", "Received unknown parameter: {param}"),
    "required": ("parameter_missing", "Missing required param: {param}."),
}
# Stripe answers like this as well. The contract does not describe the parameter `key`.
_AS_STRIPE: Final = {
    "not-authenticated": "There is no API key: send pk_test_… or sk_test_… as a Bearer token, as the user name of HTTP "
    "Basic authentication, or as the parameter key."
}
_UNRECOGNIZED: Final = ("unknown-path", "method-not-allowed")
_SERVED_PART: Final = "The mock serves a part of Stripe's API, which spec/stripe.yaml describes."
_MAX_PATH: Final = 200


class StripeError(Exception):
    """An error object with its status. `refused` is the kind of refusal if the mock refuses.

    `payment_method` and `setup_intent` are the bodies of the objects that the error is about.
    """

    def __init__(
        self,
        *,
        status: int,
        message: str,
        type: str = INVALID_REQUEST,  # noqa: A002  # Stripe's name for it
        code: str | None = None,
        decline_code: str | None = None,
        param: str | None = None,
        payment_method: dict[str, Any] | None = None,
        setup_intent: dict[str, Any] | None = None,
        refused: str | None = None,
        violations: tuple[Violation, ...] = (),
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.refused = refused
        self.violations = violations
        self.headers = headers
        self._error = {
            "code": code,
            "decline_code": decline_code,
            "doc_url": DOCUMENTATION + code.replace("_", "-") if code else None,
            "message": redact(message),
            "param": param,
            "payment_method": payment_method,
            "setup_intent": setup_intent,
            "type": type,
        }

    def as_body(self) -> dict[str, Any]:
        """The body of the reply. Members without a value are left out, as Stripe does."""
        return {"error": {name: value for name, value in self._error.items() if value is not None}}


def secret_key_error() -> StripeError:
    """The error for a call with a publishable key that needs a secret key (https://docs.stripe.com/error-codes)."""
    return StripeError(
        status=403,
        code="secret_key_required",
        message="This API call cannot be made with a publishable API key. Use a secret API key.",
    )


def as_error(decline: Decline, payment_method: dict[str, Any] | None) -> dict[str, Any]:
    """A decline as `last_setup_error` holds it."""
    error = decline_error(decline, payment_method=payment_method).as_body()["error"]
    assert isinstance(error, dict), "a body holds an error object"  # noqa: S101  # made two lines above
    return error


def decline_error(
    decline: Decline,
    *,
    payment_method: dict[str, Any] | None = None,
    setup_intent: dict[str, Any] | None = None,
    refused: str | None = None,
) -> StripeError:
    """The error for a decline: status 402 for a card, else 400."""
    return StripeError(
        status=402 if decline.type == "card_error" else 400,
        type=decline.type,
        code=decline.code,
        decline_code=decline.decline_code,
        message=decline.message,
        param=decline.param,
        payment_method=payment_method,
        setup_intent=setup_intent,
        refused=refused,
    )


def entry_error(refused: EntryRefusedError, *, setup_intent: dict[str, Any] | None = None) -> StripeError:
    """The error for data that is not a valid payment method."""
    return decline_error(
        refused.decline, setup_intent=setup_intent, refused="test-mode-only" if refused.by_the_mock else None
    )


def refusal_error(refusal: Refusal, request: Request) -> StripeError:
    """The error for a refusal of a request, in the form that Stripe's client libraries can read."""
    status, message = refusal.status, _AS_STRIPE.get(refusal.kind, refusal.detail)
    if refusal.kind in _UNRECOGNIZED:
        # Stripe replies to a wrong method as it does to an unknown path.
        where = redact_path(request.path)[:_MAX_PATH]
        status, message = 404, f"Unrecognized request URL ({request.method}: {where}). {_SERVED_PART}"
    return StripeError(
        status=status,
        message=message,
        type="api_error" if status >= 500 else INVALID_REQUEST,
        refused=None if refusal.kind in _AS_STRIPE else refusal.kind,
        violations=refusal.violations,
        headers=refusal.headers,
    )


def violations_error(violations: tuple[Violation, ...]) -> StripeError:
    """The error for violations. Stripe names one parameter, so this names the first; the journal has all."""
    first = violations[0]
    param = _param(first.pointer)
    code, message = _CODES.get(first.keyword, (None, "Invalid {param}: {message}."))
    return StripeError(
        status=400,
        message=message.format(param=param or "parameters", message=first.message),
        code=code,
        param=param or None,
        refused="contract-violation",
        # A card number may have been sent as a name.
        violations=tuple(replace(each, pointer=redact(each.pointer)) for each in violations),
    )


def _param(pointer: str) -> str:
    """A pointer such as `/card/number` as Stripe writes it: `card[number]`."""
    first, *others = json_pointers.split(pointer) or [""]
    return redact(first + "".join(f"[{step}]" for step in others))
