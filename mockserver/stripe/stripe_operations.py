"""The operations of Stripe's API, by operationId."""

from collections.abc import Callable, Mapping
from typing import Final

from mockserver.messages import Call, Fault, Reply
from mockserver.payments import Ledger
from mockserver.stripe.caller import Caller
from mockserver.stripe.challenges import ChallengeOperations
from mockserver.stripe.confirmation_tokens import ConfirmationTokenOperations
from mockserver.stripe.payment_methods import PaymentMethodOperations
from mockserver.stripe.setup_intent_update import SetupIntentUpdate
from mockserver.stripe.setup_intents import SetupIntentOperations

OPERATIONS: Final = (
    "retrieve_setup_intent",
    "update_setup_intent",
    "confirm_setup_intent",
    "cancel_setup_intent",
    "mock_authenticate",
    "mock_show_challenge",
    "mock_answer_challenge",
    "create_payment_method",
    "create_token",
    "create_confirmation_token",
    "create_test_confirmation_token",
    "retrieve_confirmation_token",
)
"""The operationIds of spec/stripe.yaml."""

Operation = Callable[[Call, Caller], Reply | Fault]
"""Answers a valid call; may raise StripeError."""


def stripe_operations(ledger: Ledger) -> Mapping[str, Operation]:
    """The operations of spec/stripe.yaml on the objects of a ledger."""
    setup_intents, setup_intent_update, challenges, methods, tokens = (
        SetupIntentOperations(ledger),
        SetupIntentUpdate(ledger),
        ChallengeOperations(ledger),
        PaymentMethodOperations(ledger),
        ConfirmationTokenOperations(ledger),
    )
    functions: tuple[Operation, ...] = (
        setup_intents.retrieve,
        setup_intent_update.update,
        setup_intents.confirm,
        setup_intents.cancel,
        challenges.authenticate,
        challenges.show,
        challenges.answer,
        methods.create_payment_method,
        methods.create_token,
        tokens.create,
        tokens.create_for_test,
        tokens.retrieve,
    )
    return dict(zip(OPERATIONS, functions, strict=True))
