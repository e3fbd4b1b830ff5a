"""Stripe's side of a payment session: setup intents, payment methods and tokens, as spec/stripe.yaml describes them."""

from mockserver.stripe.side import StripeSide

__all__ = ["StripeSide"]
