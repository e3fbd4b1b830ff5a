"""A React app that uses Stripe's own packages works with the mock; the only change is one script tag."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, Route, expect

from tests.browser.conftest import Open
from tests.support.browser import Pages, enter_card
from tests.support.mock import Mock


def save(form: Page | Locator, outcome: str) -> None:
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("status")).to_have_text(outcome)


def statuses(mock: Mock, count: int) -> list[str]:
    """The statuses of the latest payment sessions."""
    return [each["payment_session"]["status"] for each in mock.get("payment-sessions")["payment_sessions"][-count:]]


def confirmations(pages: Pages) -> int:
    return len([request for request in pages.requests if request.url.endswith("/confirm")])


@pytest.mark.parametrize("element", ["payment", "card"])
def test_a_card_is_saved(each_app: Open, element: str, mock: Mock) -> None:
    """The page shows success, and the payment session succeeds in the mock."""
    page = each_app(element=element)
    enter_card(page)
    save(page, "saved succeeded")

    assert ["succeeded"] == statuses(mock, 1)


@pytest.mark.parametrize(
    ("element", "number", "outcome"),
    [
        pytest.param("payment", "4000000000000002", "failed card_error card_declined generic_decline", id="declined"),
        pytest.param("payment", "4000000000000069", "failed card_error expired_card", id="expired"),
        pytest.param("card", "4000000000009995", "failed card_error card_declined insufficient_funds", id="no funds"),
    ],
)
def test_a_decline_is_shown_and_another_card_is_saved(app: Open, element: str, number: str, outcome: str) -> None:
    """After a decline, the same form saves another card."""
    page = app(element=element)
    enter_card(page, number)
    save(page, outcome)

    enter_card(page)
    save(page, "saved succeeded")


@pytest.mark.parametrize("element", ["payment", "card"])
def test_authentication_passes(each_app: Open, element: str) -> None:
    """3-D Secure opens a dialog; completing it completes the setup."""
    page = each_app(element=element)
    enter_card(page, "4000002500003155")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").get_by_role("button", name="Complete authentication").click()

    expect(page.get_by_role("status")).to_have_text("saved succeeded")


@pytest.mark.parametrize("leave", ["button", "escape"])
def test_authentication_fails_and_another_card_is_saved(app: Open, leave: str) -> None:
    """Failing the authentication, or closing the dialog, is an error; the same form then saves another card."""
    page = app()
    enter_card(page, "4000002500003155")
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    if leave == "button":
        dialog.get_by_role("button", name="Fail authentication").click()
    else:
        page.keyboard.press("Escape")

    expect(page.get_by_role("status")).to_have_text("failed invalid_request_error setup_intent_authentication_failure")
    enter_card(page)
    save(page, "saved succeeded")


@pytest.mark.parametrize(
    ("scenario", "outcome"),
    [
        pytest.param("card_declined", "failed card_error card_declined generic_decline", id="declined"),
        pytest.param("incorrect_cvc", "failed card_error incorrect_cvc", id="security code"),
        pytest.param(
            "authentication_fails", "failed invalid_request_error setup_intent_authentication_failure", id="3-D Secure"
        ),
        pytest.param("session_expired", "failed invalid_request_error setup_intent_unexpected_state", id="expired"),
        pytest.param("confirm_processing", "saved processing", id="processing"),
        pytest.param("nonsense_on_confirm", "failed api_error", id="nonsense"),
        pytest.param("half_a_confirmation", "failed api_error", id="half an answer"),
        pytest.param("authentication_passes", "saved succeeded", id="3-D Secure, passed by the scenario"),
    ],
)
def test_the_scenario_decides_before_the_card(app: Open, scenario: str, outcome: str) -> None:
    """The page shows the outcome that the scenario sets under on_confirm; the card makes no difference."""
    page = app(scenario=scenario)
    enter_card(page)
    save(page, outcome)


def test_an_empty_form_shows_what_is_missing(app: Open, pages: Pages) -> None:
    """Each field shows its error, the first one gets the focus, and nothing is sent."""
    page = app()
    expect(page.get_by_label("Card number")).to_be_visible()
    save(page, "failed validation_error incomplete_number")

    expect(page.get_by_label("Card number")).to_be_focused()
    expect(page.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Expiration date")).to_have_accessible_description(
        "Enter month and year, for example 12/34."
    )
    assert 0 == confirmations(pages)


def test_a_bank_account_is_saved(app: Open) -> None:
    """The form refuses an IBAN that is no test IBAN, and saves a test IBAN."""
    page = app(scenario="sepa_debit")
    page.get_by_text("SEPA Direct Debit").click()
    page.get_by_label("IBAN").fill("DE89370400440532013001")
    save(page, "failed validation_error invalid_iban")

    page.get_by_label("IBAN").fill("DE89370400440532013000")
    save(page, "saved succeeded")


def test_only_offered_payment_methods_can_be_selected(app: Open) -> None:
    """If the setup intent accepts only cards, the form shows no other payment method."""
    page = app()
    expect(page.get_by_label("Card number")).to_be_visible()

    assert 0 == page.get_by_text("SEPA Direct Debit").count()


def test_the_network_fails(app: Open) -> None:
    """A confirmation without a reply is an api_connection_error; the next attempt succeeds."""
    page = app()
    cut: Callable[[Route], None] = lambda route: route.abort()  # noqa: E731 - unroute() needs its name
    page.route(re.compile("/confirm$"), cut)
    enter_card(page)
    save(page, "failed api_connection_error")

    page.unroute(re.compile("/confirm$"), cut)
    save(page, "saved succeeded")


def test_the_app_waits_for_a_slow_reply(app: Open) -> None:
    """During a slow confirmation, the app shows that it is saving."""
    page = app(scenario="confirm_slow")
    enter_card(page)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status")).to_have_text("saving")
    expect(page.get_by_role("status")).to_have_text("saved succeeded")


@pytest.mark.parametrize("scenario", ["confirm_connection_reset", "confirm_empty_reply"])
def test_a_lost_reply(app: Open, mock: Mock, scenario: str) -> None:
    """If the connection breaks on confirm, the page gets an error, although Chromium sends the request again itself.

    The mock carries out the confirmation once, so a second click is refused.
    """
    page = app(scenario=scenario)
    enter_card(page)
    save(page, "failed api_connection_error")

    assert ["succeeded"] == statuses(mock, 1)
    save(page, "failed invalid_request_error setup_intent_unexpected_state")


@pytest.mark.parametrize("element", ["payment", "card"])
def test_strict_mode_mounts_twice(each_app: Open, element: str) -> None:
    """React's StrictMode creates each element twice and destroys the first; the form that is left works."""
    page = each_app(strict="1", element=element)
    enter_card(page)
    save(page, "saved succeeded")

    assert 1 == page.get_by_label("Card number").count()


def test_two_groups_on_a_page_are_independent(each_app: Open, mock: Mock) -> None:
    """Each of two forms confirms its own setup intent with its own card."""
    page = each_app(forms=2)
    first, second = page.locator("form").all()
    enter_card(first, "4000000000000002")
    enter_card(second)
    save(second, "saved succeeded")
    save(first, "failed card_error card_declined generic_decline")

    assert ["failed", "succeeded"] == statuses(mock, 2)


@pytest.mark.parametrize("number", ["4242424242424242", "4000002500003155"], ids=["plain", "after 3-D Secure"])
def test_the_customer_is_redirected(app: Open, number: str) -> None:
    """With `redirect: "always"` the browser goes to return_url, whose query has the status of the setup intent."""
    page = app(redirect="always")
    enter_card(page, number)
    page.get_by_role("button", name="Save").click()
    if number != "4242424242424242":
        page.get_by_role("button", name="Complete authentication").click()
    page.wait_for_url(re.compile(r"/done\?"))

    assert re.search(
        r"/done\?setup_intent=seti_\w+&setup_intent_client_secret=seti_\w+&redirect_status=succeeded$", page.url
    )


def test_a_decline_does_not_redirect(each_app: Open) -> None:
    """With `redirect: "always"` a decline is shown on the page."""
    page = each_app(redirect="always")
    enter_card(page, "4000000000000002")
    save(page, "failed card_error card_declined generic_decline")


def test_a_real_card_never_leaves_the_browser(app: Open, pages: Pages) -> None:
    """The page refuses a card that is no test card, and a number with a wrong digit, without a request."""
    page = app()
    enter_card(page, "4111111111111111")
    save(page, "failed card_error card_declined test_mode_live_card")
    enter_card(page, "4242424242424241")
    save(page, "failed validation_error incorrect_number")

    assert 0 == confirmations(pages)


def test_no_request_leaves_the_machine(each_app: Open, pages: Pages) -> None:
    """From the first script to the saved card, every request goes to a loopback address."""
    page = each_app()
    enter_card(page)
    save(page, "saved succeeded")

    assert 1 == confirmations(pages)
    assert [] == pages.foreign_requests
    assert [] == [text for text in pages.console if text.startswith(("error", "warning"))]


@pytest.mark.parametrize("url", ["https://js.stripe.com/v3/", "http://192.0.2.1/"])
def test_the_browser_finds_no_other_machine(browser: Browser, url: str) -> None:
    """The browser cannot reach another machine, neither by name nor by address; so these tests run offline."""
    page = browser.new_page()
    try:
        with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
            page.goto(url)
    finally:
        page.close()
