"""Fields of a scenario file about payments: the outcome of a confirmation, and the types of payment methods."""

from __future__ import annotations

import re
from typing import Any, Final

from mockserver.delivery.delays import NO_DELAY
from mockserver.payments.outcomes import AUTHENTICATIONS, PLAIN_OUTCOMES, ConfirmOutcome
from mockserver.payments.payment_method import METHOD_TYPES
from mockserver.scenarios.format.delivery_fields import DELAY_SCHEMA, FAULT_SCHEMA, parse_delay, parse_fault
from mockserver.scenarios.format.flaws import FlawsError, below, expected

__all__ = ["METHOD_TYPES_SCHEMA", "ON_CONFIRM_SCHEMA", "parse_method_types", "parse_on_confirm"]

_KINDS: Final = (*PLAIN_OUTCOMES, "decline", "authenticate", "fault")
_ONE_OF_KINDS: Final = f"one of {', '.join(_KINDS)}"
_DECLINE_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,99}")

_OUTCOME_SCHEMAS: Final[dict[str, Any]] = {
    **{outcome: {"const": True} for outcome in PLAIN_OUTCOMES},
    "decline": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
    "authenticate": {"enum": list(AUTHENTICATIONS)},
    "fault": FAULT_SCHEMA,
}
ON_CONFIRM_SCHEMA: Final[dict[str, Any]] = {
    "oneOf": [
        {"enum": list(PLAIN_OUTCOMES)},
        {
            "type": "object",
            "properties": {**_OUTCOME_SCHEMAS, "delay": DELAY_SCHEMA},
            "oneOf": [{"required": [outcome]} for outcome in _OUTCOME_SCHEMAS],
            "additionalProperties": False,
        },
    ]
}
METHOD_TYPES_SCHEMA: Final[dict[str, Any]] = {
    "type": "array",
    "items": {"enum": list(METHOD_TYPES)},
    "minItems": 1,
    "uniqueItems": True,
}


def parse_on_confirm(value: Any) -> ConfirmOutcome:
    """An outcome: a word, or a mapping with one outcome and an optional delay."""
    if isinstance(value, str):
        if value in PLAIN_OUTCOMES:
            return ConfirmOutcome(kind=value)
        if value in _KINDS:
            raise FlawsError.one(f"{value} needs a value: {{{value}: …}}")
        raise FlawsError.not_one_of(_KINDS, "an outcome", value)
    if not isinstance(value, dict):
        raise FlawsError.one(expected(_ONE_OF_KINDS, value))
    unknown = [key for key in value if key not in (*_KINDS, "delay")]
    if unknown:
        raise FlawsError.unknown_key(unknown[0], (*_KINDS, "delay"))
    kinds = [key for key in value if key != "delay"]
    if len(kinds) != 1:
        raise FlawsError.one(f"expected exactly {_ONE_OF_KINDS}, found {len(kinds)}")
    with below("delay"):
        delay = parse_delay(value["delay"]) if "delay" in value else NO_DELAY
    [kind] = kinds
    with below(kind):
        fault = parse_fault(value[kind]) if kind == "fault" else None
        return ConfirmOutcome(kind=kind, detail=_detail(kind, value[kind]), fault=fault, delay=delay)


def parse_method_types(value: Any) -> tuple[str, ...]:
    """A list of types of payment methods without repetition."""
    if not isinstance(value, list) or not value:
        raise FlawsError.one(expected("a list such as [card, sepa_debit]", value))
    for index, each in enumerate(value):
        with below(index):
            if each not in METHOD_TYPES:
                raise FlawsError.not_one_of(METHOD_TYPES, f"one of {', '.join(METHOD_TYPES)}", each)
            if each in value[:index]:
                raise FlawsError.one(f"{each} is repeated")
    return tuple(value)


def _detail(kind: str, value: Any) -> str | None:
    match kind:
        case "decline":
            if not isinstance(value, str) or not _DECLINE_CODE.fullmatch(value):
                raise FlawsError.one(expected("a decline code of Stripe, such as insufficient_funds", value))
            return value
        case "authenticate":
            if value not in AUTHENTICATIONS:
                raise FlawsError.not_one_of(AUTHENTICATIONS, f"one of {', '.join(AUTHENTICATIONS)}", value)
            return str(value)
        case "fault":
            return None
        case _:
            if value is not True:
                raise FlawsError.one(expected("true", value))
            return None
