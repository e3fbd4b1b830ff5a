"""The outcome of a confirmation and the types of payment methods in a scenario file."""

from typing import Any, Final

from mockserver.delivery.plans import NO_DELAY, Delay, PlannedFault
from mockserver.payments.outcomes import AUTHENTICATIONS, PLAIN_OUTCOMES, ConfirmOutcome
from mockserver.payments.payment_method import METHOD_TYPES
from mockserver.scenarios.format.delivery_formats import DELAY, FAULT
from mockserver.scenarios.format.flaws import FlawsError, below
from mockserver.scenarios.format.formats import TRUE, Key, ValueFormat, list_of, name_of, pattern, record, word_or

_KINDS: Final = (*PLAIN_OUTCOMES, "decline", "authenticate", "fault")


def _outcome(*, delay: Delay = NO_DELAY, **kinds: Any) -> ConfirmOutcome:
    [(kind, value)] = kinds.items()
    if isinstance(value, PlannedFault):
        return ConfirmOutcome(kind=kind, fault=value, delay=delay)
    return ConfirmOutcome(kind=kind, detail=None if value is True else value, delay=delay)


ON_CONFIRM: Final = word_or(
    {kind: ConfirmOutcome(kind=kind) for kind in PLAIN_OUTCOMES},
    record(
        _outcome,
        {
            **{kind: Key(TRUE, "The same as the word alone, for use with a delay.") for kind in PLAIN_OUTCOMES},
            "decline": Key(
                pattern("[a-z][a-z0-9_]{0,99}", "a decline code of Stripe, such as insufficient_funds"),
                "Stripe declines the payment method with this decline code.",
            ),
            "authenticate": Key(
                name_of(AUTHENTICATIONS),
                "3-D Secure: the customer is asked, or the authentication passes or fails without a question.",
            ),
            "fault": Key(FAULT, "How the connection to Stripe misbehaves."),
            "delay": Key(DELAY, "How long to wait before the answer."),
        },
        exactly_one_of=_KINDS,
    ),
    _KINDS,
)


STRIPE_ACCOUNT: Final = name_of(("required", "optional"))


def _without_repetition(types: Any) -> tuple[str, ...]:
    parsed = _TYPES.parse(types)
    for index, each in enumerate(parsed):
        if each in parsed[:index]:
            with below(index):
                raise FlawsError.one(f"{each} is repeated")
    return parsed


_TYPES: Final = list_of(name_of(METHOD_TYPES), least=1)
PAYMENT_METHOD_TYPES: Final = ValueFormat(_without_repetition, {**_TYPES.schema, "uniqueItems": True})
