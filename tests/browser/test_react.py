"""A React app, written for the real thing with Stripe's own packages, against the mock alone: one script tag was added."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, Route, expect

from tests.support.browser import Pages
from tests.support.mock import Mock

Open: TypeAlias = Callable[..., Page]


def fill(form: Page | Locator, number: str = "4242424242424242") -> None:
    """What a person types."""
    form.get_by_label("Card number").fill(number)
    form.get_by_label("Expiration date").fill("12/34")
    form.get_by_label("CVC").fill("123")


def save(form: Page | Locator, outcome: str) -> None:
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("status")).to_have_text(outcome)


def statuses(mock: Mock, count: int) -> list[str]:
    """What became of the latest payment sessions."""
    return [each["payment_session"]["status"] for each in mock.get("payment-sessions")["payment_sessions"][-count:]]


def confirmations(pages: Pages) -> int:
    return len([url for url in pages.asked if url.endswith("/confirm")])


@pytest.mark.parametrize("element", ["payment", "card"])
def test_a_card_is_saved(app: Open, element: str, mock: Mock) -> None:
    """The setup succeeds, and the mock knows it."""
    page = app(element=element)
    fill(page)
    save(page, "saved succeeded")

    assert ["succeeded"] == statuses(mock, 1)


@pytest.mark.parametrize("element", ["payment", "card"])
@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        pytest.param("4000000000000002", "failed card_error card_declined generic_decline", id="declined"),
        pytest.param("4000000000009995", "failed card_error card_declined insufficient_funds", id="no funds"),
        pytest.param("4000000000000069", "failed card_error expired_card", id="expired"),
    ],
)
def test_a_decline_is_told_and_another_card_is_saved(app: Open, element: str, number: str, outcome: str) -> None:
    """A decline is not the end: the same form takes another card."""
    page = app(element=element)
    fill(page, number)
    save(page, outcome)

    fill(page)
    save(page, "saved succeeded")


@pytest.mark.parametrize("element", ["payment", "card"])
def test_authentication_passes(app: Open, element: str) -> None:
    """3-D Secure asks in a dialog of its own, and completing it completes the setup."""
    page = app(element=element)
    fill(page, "4000002500003155")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").get_by_role("button", name="Complete authentication").click()

    expect(page.get_by_role("status")).to_have_text("saved succeeded")


@pytest.mark.parametrize("leave", ["button", "escape"])
def test_authentication_fails_and_the_form_is_still_good(app: Open, leave: str) -> None:
    """Failing it, or closing the dialog, is an error of the setup; another card can be tried."""
    page = app()
    fill(page, "4000002500003155")
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    if leave == "button":
        dialog.get_by_role("button", name="Fail authentication").click()
    else:
        page.keyboard.press("Escape")

    expect(page.get_by_role("status")).to_have_text("failed invalid_request_error setup_intent_authentication_failure")
    fill(page)
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
    """What a scenario says under on_confirm is what the page is told, whatever the card."""
    page = app(scenario=scenario)
    fill(page)
    save(page, outcome)


def test_an_empty_form_says_what_is_missing(app: Open, pages: Pages) -> None:
    """Each field has its error, the first is focused, and nothing was sent."""
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
    """SEPA: a test IBAN is taken, any other number is not."""
    page = app(scenario="sepa_debit")
    page.get_by_text("SEPA Direct Debit").click()
    page.get_by_label("IBAN").fill("DE89370400440532013001")
    save(page, "failed validation_error invalid_iban")

    page.get_by_label("IBAN").fill("DE89370400440532013000")
    save(page, "saved succeeded")


def test_only_what_is_offered_can_be_chosen(app: Open) -> None:
    """Where the setup intent takes cards only, there is nothing to choose."""
    page = app()
    expect(page.get_by_label("Card number")).to_be_visible()

    assert 0 == page.get_by_role("radio").count()


def test_the_network_is_cut(app: Open) -> None:
    """A confirmation that gets no answer is an api_connection_error; the next try succeeds."""
    page = app()
    cut: Callable[[Route], None] = lambda route: route.abort()  # noqa: E731 - a name, so that it can be taken back
    page.route(re.compile("/confirm$"), cut)
    fill(page)
    save(page, "failed api_connection_error")

    page.unroute(re.compile("/confirm$"), cut)
    save(page, "saved succeeded")


def test_a_slow_answer_is_waited_for(app: Open) -> None:
    """While the confirmation takes its time, the app shows that it is saving."""
    page = app(scenario="confirm_slow")
    fill(page)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status")).to_have_text("saving")
    expect(page.get_by_role("status")).to_have_text("saved succeeded")


@pytest.mark.parametrize("scenario", ["confirm_connection_reset", "confirm_empty_reply"])
def test_a_lost_answer(app: Open, mock: Mock, scenario: str) -> None:
    """The connection breaks on confirm: the page hears of it, though Chromium sends the request again by itself.

    The setup was carried out all the same, and once: that is what a second click is told.
    """
    page = app(scenario=scenario)
    fill(page)
    save(page, "failed api_connection_error")

    assert ["succeeded"] == statuses(mock, 1)
    save(page, "failed invalid_request_error setup_intent_unexpected_state")


@pytest.mark.parametrize("element", ["payment", "card"])
def test_strict_mode_mounts_twice(app: Open, element: str) -> None:
    """React's StrictMode makes, destroys and makes each element again: one form is left, and it works."""
    page = app(strict="1", element=element)
    fill(page)
    save(page, "saved succeeded")

    assert 1 == page.get_by_label("Card number").count()


def test_two_groups_on_a_page_are_apart(app: Open, mock: Mock) -> None:
    """Each form confirms its own setup intent with its own card."""
    page = app(forms=2)
    first, second = page.locator("form").all()
    fill(first, "4000000000000002")
    fill(second)
    save(second, "saved succeeded")
    save(first, "failed card_error card_declined generic_decline")

    assert ["failed", "succeeded"] == statuses(mock, 2)


@pytest.mark.parametrize("number", ["4242424242424242", "4000002500003155"], ids=["plain", "after 3-D Secure"])
def test_the_customer_is_sent_on(app: Open, number: str) -> None:
    """With redirect: always the page is left for return_url, which is told what became of the setup intent."""
    page = app(redirect="always")
    fill(page, number)
    page.get_by_role("button", name="Save").click()
    if number != "4242424242424242":
        page.get_by_role("button", name="Complete authentication").click()
    page.wait_for_url(re.compile(r"/done\?"))

    assert re.search(
        r"/done\?setup_intent=seti_\w+&setup_intent_client_secret=seti_\w+&redirect_status=succeeded$", page.url
    )


def test_a_decline_is_no_reason_to_leave(app: Open) -> None:
    """With redirect: always an error stays on the page."""
    page = app(redirect="always")
    fill(page, "4000000000000002")
    save(page, "failed card_error card_declined generic_decline")


def test_a_real_card_never_leaves_the_browser(app: Open, pages: Pages) -> None:
    """A card that is no test card is refused in the page, and so is one with a wrong digit."""
    page = app()
    fill(page, "4111111111111111")
    save(page, "failed card_error card_declined test_mode_live_card")
    fill(page, "4242424242424241")
    save(page, "failed validation_error incorrect_number")

    assert 0 == confirmations(pages)


def test_nothing_left_the_machine(app: Open, pages: Pages) -> None:
    """From the first script to the saved card, every request went to a loopback address."""
    page = app()
    fill(page)
    save(page, "saved succeeded")

    assert 1 == confirmations(pages)
    assert [] == pages.strangers
    assert [] == [text for text in pages.told if text.startswith(("error", "warning"))]


@pytest.mark.parametrize("url", ["https://js.stripe.com/v3/", "http://192.0.2.1/"])
def test_the_browser_finds_no_other_machine(browser: Browser, url: str) -> None:
    """What these tests show, they show offline: neither a name nor an address leads anywhere."""
    page = browser.new_page()
    try:
        with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
            page.goto(url)
    finally:
        page.close()
