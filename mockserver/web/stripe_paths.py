"""Finds the paths of Stripe's API among those that the mock serves."""

from typing import Final

SERVED: Final = frozenset({"confirmation_tokens", "payment_methods", "setup_intents", "test_helpers", "tokens"})
"""The resources that the mock has operations of."""

# The resources of https://docs.stripe.com/api, from the paths that stripe-python 16.1 calls.
_NAMES: Final = """
    account account_links account_sessions accounts apple_pay application_fees apps balance balance_settings
    balance_transactions billing billing_portal charges checkout climate country_specs coupons
    credit_notes customer_sessions customers disputes entitlements ephemeral_keys events exchange_rates file_links files
    financial_connections forwarding identity invoice_payments invoice_rendering_templates invoiceitems invoices issuing
    mandates payment_attempt_records payment_intents payment_links payment_method_configurations payment_method_domains
    payment_records payouts plans prices product_catalog products promotion_codes quotes radar refunds reporting reviews
    setup_attempts shipping_rates sigma sources subscription_items subscription_schedules subscriptions tax tax_codes
    tax_ids tax_rates terminal topups transfers treasury webhook_endpoints
"""
_OTHER: Final = frozenset(_NAMES.split())
_PREFIX: Final = "/v1/"


def stripe_resource(path: str) -> str | None:
    """The resource of Stripe's API that a path starts with, such as `customers` for `/v1/customers/cus_1`."""
    if not path.startswith(_PREFIX):
        return None
    resource = path.split("/", 3)[2]
    return resource if resource in SERVED or resource in _OTHER else None


def resource_path(resource: str) -> str:
    """The path that all paths of a resource start with."""
    return _PREFIX + resource
