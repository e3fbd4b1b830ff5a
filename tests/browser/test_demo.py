"""The demo page, and WingbackMock, which it uses."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mockserver.settings import Settings
from tests.browser.conftest import created
from tests.support.browser import Pages, enter_card
from tests.support.mock import Mock, mock_of
from tests.support.scenario_files import reply, write


@pytest.fixture
def demo(pages: Pages, mock: Mock) -> Page:
    """The demo page with a loaded form."""
    page = pages.open(f"{mock.url}/__mock/demo")
    expect(page.get_by_role("button", name="Save payment method")).to_be_enabled()
    return page


def choose(page: Page, card: str) -> None:
    page.get_by_role("button", name=card).click()
    page.get_by_role("button", name="Save payment method").click()


def test_the_demo_saves_a_card(demo: Page, pages: Pages) -> None:
    """A click on a test card and one on the button save the card; the browser console stays empty."""
    choose(demo, "4242 4242 4242 4242")

    expect(demo.get_by_role("status")).to_have_text("Saved. Status of the setup intent: succeeded.")
    assert [] == pages.console


@pytest.mark.parametrize(
    ("card", "outcome"),
    [
        ("4000 0000 0000 0002", "(card_error, card_declined, generic_decline)"),
        ("4000 0000 0000 9995", "(card_error, card_declined, insufficient_funds)"),
        ("4000 0000 0000 0069", "(card_error, expired_card)"),
    ],
)
def test_the_demo_shows_a_decline(demo: Page, card: str, outcome: str) -> None:
    """The message contains the error codes, and another card can be saved."""
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
    """The challenge can be completed and failed."""
    choose(demo, "4000 0025 0000 3155")
    demo.get_by_role("button", name=button).click()

    expect(demo.get_by_role("status")).to_have_text(outcome)


def test_the_demo_plays_scenarios(demo: Page, mock: Mock) -> None:
    """Each scenario can be selected, is described, and decides the outcome before the card does."""
    names = [each["name"] for each in mock.get("scenarios")["scenarios"]]
    select = demo.get_by_label("Scenario")
    assert ["", *names] == select.locator("option").evaluate_all("options => options.map(option => option.value)")
    select.select_option("insufficient_funds")
    expect(demo.get_by_text("Stripe declines the card for insufficient funds")).to_be_visible()
    expect(demo.get_by_role("button", name="Save payment method")).to_be_enabled()

    choose(demo, "4242 4242 4242 4242")
    expect(demo.get_by_role("status")).to_contain_text("insufficient_funds")


def test_the_demo_shows_why_there_is_no_form(demo: Page) -> None:
    """If no payment session can be created, the page shows the HTTP status instead of a form."""
    demo.get_by_label("Scenario").select_option("server_error")

    expect(demo.get_by_role("status")).to_have_text("No payment session was created; the status is 500.")
    expect(demo.get_by_role("button", name="Save payment method")).to_be_disabled()


def test_the_demo_shows_the_scenario_of_the_server(demo: Page, mock: Mock) -> None:
    """If a scenario is activated on the server, the page names it and does not say that the card decides."""
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


def test_the_demo_ignores_a_previous_session(demo: Page) -> None:
    """A late reply for the previous payment session does not change the status of the current one."""
    demo.get_by_label("Scenario").select_option("confirm_slow")
    expect(demo.get_by_role("button", name="Save payment method")).to_be_enabled()
    choose(demo, "4242 4242 4242 4242")
    expect(demo.get_by_role("status")).to_have_text("Saving…")
    with demo.expect_response(lambda response: response.url.endswith("/confirm")):
        demo.get_by_role("button", name="Create another session").click()
    expect(demo.get_by_role("button", name="Save payment method")).to_be_enabled()

    expect(demo.get_by_role("status")).to_have_text("")


def test_the_demo_of_a_server_with_keys(pages: Pages) -> None:
    """If the server does not accept the demo's key, the page asks for another one, and the form then works."""
    with mock_of(Settings(seed=1, api_keys=("api_key_ours",))) as mock:
        page = pages.open(f"{mock.url}/__mock/demo")
        expect(page.get_by_role("status")).to_contain_text("the status is 401. The credential is not one of those")
        page.get_by_label("API key").fill("api_key_ours")
        page.get_by_role("button", name="Use this key").click()
        expect(page.get_by_role("button", name="Save payment method")).to_be_enabled()
        choose(page, "4242 4242 4242 4242")

        expect(page.get_by_role("status")).to_have_text("Saved. Status of the setup intent: succeeded.")
        expect(page.get_by_label("API key")).to_be_hidden()


def test_the_demo_asks_for_an_address(demo: Page) -> None:
    """A payment session with an address shows the address fields, and they are required."""
    demo.get_by_label("Required", exact=True).check()
    expect(demo.get_by_label("Full name")).to_be_visible()
    choose(demo, "4242 4242 4242 4242")

    expect(demo.get_by_role("status")).to_contain_text("Full name is missing.")
    for label in ("Full name", "Address line 1", "Postal code", "City"):
        demo.get_by_label(label).fill("SW1A 1AA")
    choose(demo, "4242 4242 4242 4242")
    expect(demo.get_by_role("status")).to_have_text("Saved. Status of the setup intent: succeeded.")


def test_the_demo_shows_no_secret(demo: Page) -> None:
    """The page shows the payment session without its client secret, so screenshots are safe."""
    expect(demo.get_by_text("PaySess_")).to_be_visible()

    assert "_secret_" not in demo.content()


def test_the_demo_names_its_author(demo: Page) -> None:
    """The page says that its script is the mock's own and not Wingback's."""
    expect(demo.get_by_text("is not public; only the names validate and confirm are Wingback's")).to_be_visible()


@pytest.fixture
def wingback(pages: Pages, mock: Mock, empty: str) -> Callable[[Any], Page]:
    """A function that opens a page on another origin with a WingbackMock form."""

    def open_form(options: Any) -> Page:
        page = pages.open(f"{empty}/wingback")
        page.add_script_tag(url=f"{mock.url}/__mock/wingback.js")
        page.evaluate(
            """options => {
                document.body.innerHTML = '<div id="payment"></div>';
                window.element = WingbackMock.createPaymentElement(options).mount("#payment");
            }""",
            options,
        )
        return page

    return open_form


@pytest.mark.parametrize("by", ["token", "session"])
def test_wingback_mock_validates_and_confirms(wingback: Callable[[Any], Page], mock: Mock, by: str) -> None:
    """With the token or with the whole payment session, the form reports a missing value and then saves the card."""
    session = created(mock)
    page = wingback({"token": session["token"]} if by == "token" else {"session": session})
    assert {"ok": False, "code": "incomplete_number"} == page.evaluate(
        "element.validate().then(({ok, error}) => ({ok, code: error.code}))"
    )

    enter_card(page)
    assert {"ok": True} == page.evaluate("element.validate()")
    assert {"ok": True, "status": "succeeded"} == page.evaluate("element.confirm()")
    stored = mock.get(f"payment-sessions/{session['token']}")["payment_session"]
    assert "succeeded" == stored["status"]


@pytest.mark.parametrize("by", ["publishableKey", "namespace"])
def test_wingback_mock_with_a_token_of_several_callers(wingback: Callable[[Any], Page], mock: Mock, by: str) -> None:
    """If a scenario chose the token, the page passes its publishable key or its namespace."""
    callers, keys = {}, {}
    for name in ("one", "two"):
        callers[name] = mock.caller("api_key_demo")
        callers[name].http.headers["mock-namespace"] = name
        keys[name] = created(callers[name], "chosen_token")["setup_intent"]["stripe"]["pk_key"]
    page = wingback({"token": "PaySess_chosen", by: keys["one"] if by == "publishableKey" else "one"})
    enter_card(page)

    assert {"ok": True, "status": "succeeded"} == page.evaluate("element.confirm()")
    assert {"one": "succeeded", "two": "created"} == {
        name: caller.get("payment-sessions/PaySess_chosen")["payment_session"]["status"]
        for name, caller in callers.items()
    }


@pytest.mark.parametrize(
    ("options", "expected"),
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
def test_wingback_mock_shows_why_there_is_no_form(wingback: Callable[[Any], Page], options: Any, expected: str) -> None:
    """The reason appears in place of the form, and every method returns it."""
    page = wingback(options)

    expect(page.locator("#payment")).to_contain_text(expected)
    for method in ("validate", "confirm"):
        ok, message = page.evaluate(f"element.{method}().then(({{ok, error}}) => [ok, error.message])")
        assert not ok
        assert expected in message
    assert expected in page.evaluate("element.ready.catch(error => error.message)")


def test_wingback_mock_needs_a_session(pages: Pages, mock: Mock, empty: str) -> None:
    """Without a token and a payment session, createPaymentElement throws."""
    page = pages.open(empty)
    page.add_script_tag(url=f"{mock.url}/__mock/wingback.js")
    script = """() => [{}, undefined].map(options => {
        try { WingbackMock.createPaymentElement(options) } catch (error) { return error.message }
    })"""

    assert ["WingbackMock: pass the session's token or the session."] * 2 == page.evaluate(script)
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
    """The token gives the payment session that the backend received, so the form follows its scenario."""
    page = wingback({"token": created(mock, scenario)["token"]})

    expect(page.locator("#payment")).to_contain_text(expected)


def test_wingback_mock_takes_a_number_as_the_token(pages: Pages, empty: str, tmp_path: Path) -> None:
    """A scenario outside the contract can give out a number as the token; the form of its session appears."""
    write(tmp_path, happy_path=reply("payment_session: {token: 5}\noff_contract: a token that is a number"))
    with mock_of(Settings(seed=1, scenarios=tmp_path)) as mock:
        session = created(mock)
        page = pages.open(f"{empty}/wingback")
        page.add_script_tag(url=f"{mock.url}/__mock/wingback.js")
        page.evaluate(
            """({token, setup_intent}) => {
                document.body.innerHTML = '<div id="payment"></div>';
                const publishableKey = setup_intent.stripe.pk_key;
                WingbackMock.createPaymentElement({ token, publishableKey }).mount("#payment");
            }""",
            session,
        )

        assert 5 == session["token"]
        expect(page.get_by_label("Card number")).to_be_visible()
