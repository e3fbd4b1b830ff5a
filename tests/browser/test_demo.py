"""The demo page and WingbackMock, on which it is built."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mockserver.settings import Settings
from tests.browser.conftest import created
from tests.support.browser import Pages
from tests.support.mock import Mock, mock_of


@pytest.fixture
def demo(pages: Pages, mock: Mock) -> Page:
    """The demo page, once its form is there."""
    page = pages.open(f"{mock.url}/__mock/demo")
    expect(page.get_by_role("button", name="Save payment method")).to_be_enabled()
    return page


def choose(page: Page, card: str) -> None:
    page.get_by_role("button", name=card).click()
    page.get_by_role("button", name="Save payment method").click()


def test_the_demo_saves_a_card(demo: Page, pages: Pages) -> None:
    """One click on a test card, one on the button; nothing is asked of another machine, and the console is quiet."""
    choose(demo, "4242 4242 4242 4242")

    expect(demo.get_by_role("status")).to_have_text("Saved. Status of the setup intent: succeeded.")
    assert [] == pages.told
    assert [] == pages.strangers


@pytest.mark.parametrize(
    ("card", "outcome"),
    [
        ("4000 0000 0000 0002", "(card_error, card_declined, generic_decline)"),
        ("4000 0000 0000 9995", "(card_error, card_declined, insufficient_funds)"),
        ("4000 0000 0000 0069", "(card_error, expired_card)"),
    ],
)
def test_the_demo_shows_a_decline_and_goes_on(demo: Page, card: str, outcome: str) -> None:
    """The message has the codes with it, and another card can be tried."""
    choose(demo, card)
    expect(demo.get_by_role("status")).to_contain_text(outcome)

    choose(demo, "4242 4242 4242 4242")
    expect(demo.get_by_role("status")).to_have_text("Saved. Status of the setup intent: succeeded.")


@pytest.mark.parametrize(
    ("button", "outcome"),
    [
        ("Complete authentication", "Saved. Status of the setup intent: succeeded."),
        ("Fail authentication", re.compile("setup_intent_authentication_failure")),
    ],
)
def test_the_demo_asks_for_authentication(demo: Page, button: str, outcome: str | re.Pattern[str]) -> None:
    """The challenge can be passed and failed."""
    choose(demo, "4000 0025 0000 3155")
    demo.get_by_role("button", name=button).click()

    expect(demo.get_by_role("status")).to_have_text(outcome)


def test_the_demo_plays_scenarios(demo: Page, mock: Mock) -> None:
    """Each scenario can be chosen, is explained, and decides before the card."""
    names = [each["name"] for each in mock.get("scenarios")["scenarios"]]
    choice = demo.get_by_label("Scenario")
    assert ["", *names] == choice.locator("option").evaluate_all("options => options.map(option => option.value)")
    choice.select_option("insufficient_funds")
    expect(demo.get_by_text("for lack of funds")).to_be_visible()
    expect(demo.get_by_role("button", name="Save payment method")).to_be_enabled()

    choose(demo, "4242 4242 4242 4242")
    expect(demo.get_by_role("status")).to_contain_text("insufficient_funds")


def test_the_demo_says_what_went_wrong_before_the_form(demo: Page) -> None:
    """When no session can be created there is no form, and the status is told."""
    demo.get_by_label("Scenario").select_option("server_error")

    expect(demo.get_by_role("status")).to_have_text("No payment session was created; the status is 500.")
    expect(demo.get_by_role("button", name="Save payment method")).to_be_disabled()


def test_the_demo_tells_what_is_chosen_on_the_server(demo: Page, mock: Mock) -> None:
    """A scenario that is activated decides too, and the page does not claim that the card does."""
    default = demo.get_by_label("Scenario").locator("option").first
    expect(default).to_have_text("none: the test card decides")
    mock.activate("card_declined")
    try:
        demo.get_by_role("button", name="Create another session").click()
        expect(default).to_have_text("active on the server: card_declined")
        expect(demo.locator("#session")).to_contain_text("card_declined")
    finally:
        mock.activate(None)
    demo.get_by_role("button", name="Create another session").click()
    expect(default).to_have_text("none: the test card decides")


def test_the_demo_tells_nothing_of_a_former_session(demo: Page) -> None:
    """An answer that comes late belongs to a session that is not shown any more."""
    demo.get_by_label("Scenario").select_option("confirm_slow")
    expect(demo.get_by_role("button", name="Save payment method")).to_be_enabled()
    choose(demo, "4242 4242 4242 4242")
    expect(demo.get_by_role("status")).to_have_text("Saving…")
    with demo.expect_response(lambda response: response.url.endswith("/confirm")):
        demo.get_by_role("button", name="Create another session").click()
    expect(demo.get_by_role("button", name="Save payment method")).to_be_enabled()

    expect(demo.get_by_role("status")).to_have_text("")


def test_the_demo_of_a_server_with_keys(pages: Pages) -> None:
    """Where its key is not accepted, it says so and takes another; the form then works."""
    with mock_of(Settings(seed=1, api_keys=("api_key_ours",))) as mock:
        page = pages.open(f"{mock.url}/__mock/demo")
        expect(page.get_by_role("status")).to_contain_text("the status is 401. The credential is none of those")
        page.get_by_label("API key").fill("api_key_ours")
        page.get_by_role("button", name="Use this key").click()
        expect(page.get_by_role("button", name="Save payment method")).to_be_enabled()
        choose(page, "4242 4242 4242 4242")

        expect(page.get_by_role("status")).to_have_text("Saved. Status of the setup intent: succeeded.")
        expect(page.get_by_label("API key")).to_be_hidden()


def test_the_demo_asks_for_an_address(demo: Page) -> None:
    """A session with an address has the fields for it, and they have to be filled in."""
    demo.get_by_label("Required", exact=True).check()
    expect(demo.get_by_label("Full name")).to_be_visible()
    choose(demo, "4242 4242 4242 4242")

    expect(demo.get_by_role("status")).to_contain_text("Full name is missing.")
    for label in ("Full name", "Address line 1", "Postal code", "City"):
        demo.get_by_label(label).fill("1")
    choose(demo, "4242 4242 4242 4242")
    expect(demo.get_by_role("status")).to_have_text("Saved. Status of the setup intent: succeeded.")


def test_the_demo_shows_no_secret(demo: Page) -> None:
    """What it shows of the session is what may be in a screenshot."""
    expect(demo.get_by_text("PaySess_")).to_be_visible()

    assert "_secret_" not in demo.content()


def test_the_demo_says_whose_it_is(demo: Page) -> None:
    """Nobody should take the mock's own script for Wingback's."""
    expect(demo.get_by_text("is not public; only the names validate and confirm are Wingback's")).to_be_visible()


@pytest.fixture
def wingback(pages: Pages, mock: Mock, empty: str) -> Callable[[Any], Page]:
    """A page of another origin with a form of WingbackMock's."""

    def opened(given: Any) -> Page:
        page = pages.open(f"{empty}/wingback")
        page.add_script_tag(url=f"{mock.url}/__mock/wingback.js")
        page.evaluate(
            """given => {
                document.body.innerHTML = '<div id="payment"></div>';
                window.element = WingbackMock.createPaymentElement(given).mount("#payment");
            }""",
            given,
        )
        return page

    return opened


@pytest.mark.parametrize("by", ["token", "session"])
def test_wingback_mock_validates_and_confirms(wingback: Callable[[Any], Page], mock: Mock, by: str) -> None:
    """By the session's token, or by the session itself: the form says what is missing, then saves the card."""
    session = created(mock)
    page = wingback({"token": session["token"]} if by == "token" else {"session": session})
    assert {"ok": False, "code": "incomplete_number"} == page.evaluate(
        "element.validate().then(({ok, error}) => ({ok, code: error.code}))"
    )

    page.get_by_label("Card number").fill("4242424242424242")
    page.get_by_label("Expiration date").fill("12/34")
    page.get_by_label("CVC").fill("123")
    assert {"ok": True} == page.evaluate("element.validate()")
    assert {"ok": True, "status": "succeeded"} == page.evaluate("element.confirm()")
    kept = mock.get(f"payment-sessions/{session['token']}")["payment_session"]
    assert "succeeded" == kept["status"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"token": "PaySess_none"}, "no payment session with this token", id="unknown token"),
        pytest.param({"session": {"setup_intent": None}}, "no Stripe setup intent", id="another provider"),
        pytest.param(
            {"session": {"setup_intent": {"stripe": {"pk_key": "pk_test_1", "client_secret": "seti_1_secret_2"}}}},
            "No such setupintent",
            id="unknown setup intent",
        ),
    ],
)
def test_wingback_mock_says_why_there_is_no_form(wingback: Callable[[Any], Page], given: Any, expected: str) -> None:
    """The reason stands where the form would be, and every method gives it."""
    page = wingback(given)

    expect(page.locator("#payment")).to_contain_text(expected)
    for method in ("validate", "confirm"):
        ok, message = page.evaluate(f"element.{method}().then(({{ok, error}}) => [ok, error.message])")
        assert not ok
        assert expected in message
    assert expected in page.evaluate("element.ready.catch(error => error.message)")


def test_wingback_mock_needs_to_know_which_session(pages: Pages, mock: Mock, empty: str) -> None:
    """Without token and session nothing can be made."""
    page = pages.open(empty)
    page.add_script_tag(url=f"{mock.url}/__mock/wingback.js")
    said = page.evaluate(
        "() => [{}, undefined].map(given => { try { WingbackMock.createPaymentElement(given) } catch (error) { return error.message } })"
    )

    assert ["WingbackMock: pass the session's token or the session."] * 2 == said
    assert "undefined" == page.evaluate("typeof window.Stripe")


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        pytest.param("setup_intent_missing", "no Stripe setup intent", id="missing"),
        pytest.param("nulls_where_nullable", "no Stripe setup intent", id="null"),
        pytest.param("provider_authorize", "no Stripe setup intent", id="another provider"),
    ],
)
def test_wingback_mock_follows_the_scenario(
    wingback: Callable[[Any], Page], mock: Mock, scenario: str, expected: str
) -> None:
    """By its token, the session is what the backend was sent."""
    page = wingback({"token": created(mock, scenario)["token"]})

    expect(page.locator("#payment")).to_contain_text(expected)
