"""An app that forgets the connected account: its form shows Stripe's error, and nothing is saved."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.support.browser import enter_card


def test_a_card_element_without_the_account(each_app: Open) -> None:
    """The confirmation fails with Stripe's code."""
    page = each_app(element="card", account="")
    enter_card(page)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status")).to_have_text("failed invalid_request_error resource_missing")


def test_a_payment_element_without_the_account(each_app: Open) -> None:
    """The form does not become ready, and says what is missing."""
    page = each_app(account="")

    expect(page.get_by_role("alert").filter(has_text="pass stripeAccount")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()


@pytest.mark.parametrize("method", ["retrieveSetupIntent(secret)", "confirmCardSetup(secret, {payment_method: 'x'})"])
def test_methods_without_the_account(bare: Page, method: str) -> None:
    """Every method gets the same error."""
    key = bare.evaluate("stripe._api._headers.Authorization").removeprefix("Bearer ")

    assert "resource_missing" == bare.evaluate(f"key => Stripe(key).{method}.then(({{error}}) => error.code)", key)
