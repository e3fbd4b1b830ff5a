"""Stripe's API for the client secrets that the mock gives out, as spec/stripe.yaml describes it.

May import: `engine` and the packages below it. Start with `stripe_api.py`.
"""

from mockserver.stripe.stripe_api import StripeApi

__all__ = ["StripeApi"]
