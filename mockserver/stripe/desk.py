"""The desk: who carries out an operation of Stripe's side, by its operationId."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockserver.exchange import Call, Fault, Reply
from mockserver.payments import Ledger
from mockserver.stripe.caller import Caller
from mockserver.stripe.challenges import Challenges
from mockserver.stripe.methods import Methods
from mockserver.stripe.setup_intents import SetupIntents

__all__ = ["Operation", "desk"]

Operation = Callable[[Call, Caller], Reply | Fault]
"""Carries out a call that the contract has let pass; may raise Failure."""


def desk(ledger: Ledger) -> Mapping[str, Operation]:
    """The operations of spec/stripe.yaml, over what is remembered."""
    setup_intents, challenges, methods = SetupIntents(ledger), Challenges(ledger), Methods(ledger)
    return {
        "retrieve_setup_intent": setup_intents.retrieve,
        "confirm_setup_intent": setup_intents.confirm,
        "cancel_setup_intent": setup_intents.cancel,
        "mock_authenticate": challenges.authenticate,
        "mock_show_challenge": challenges.show,
        "mock_answer_challenge": challenges.answer,
        "create_payment_method": methods.create_payment_method,
        "create_token": methods.create_token,
    }
