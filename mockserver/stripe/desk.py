"""The desk: who carries out an operation of Stripe's side, by its operationId."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mockserver.exchange import Call, Fault, Reply
from mockserver.payments import Ledger
from mockserver.stripe.caller import Caller
from mockserver.stripe.challenges import Challenges
from mockserver.stripe.methods import Methods
from mockserver.stripe.setup_intents import SetupIntents

__all__ = ["OPERATIONS", "Operation", "desk"]

OPERATIONS: Final = (
    "retrieve_setup_intent",
    "confirm_setup_intent",
    "cancel_setup_intent",
    "mock_authenticate",
    "mock_show_challenge",
    "mock_answer_challenge",
    "create_payment_method",
    "create_token",
)
"""The operationIds of spec/stripe.yaml."""

Operation = Callable[[Call, Caller], Reply | Fault]
"""Carries out a call that the contract has let pass; may raise Failure."""


def desk(ledger: Ledger) -> Mapping[str, Operation]:
    """The operations of spec/stripe.yaml, over what is remembered."""
    setup_intents, challenges, methods = SetupIntents(ledger), Challenges(ledger), Methods(ledger)
    carried_out: tuple[Operation, ...] = (
        setup_intents.retrieve,
        setup_intents.confirm,
        setup_intents.cancel,
        challenges.authenticate,
        challenges.show,
        challenges.answer,
        methods.create_payment_method,
        methods.create_token,
    )
    return dict(zip(OPERATIONS, carried_out, strict=True))
