"""The form as a person meets it: by eye, by keyboard, by screen reader, on pages with rules of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import created
from tests.support.browser import Pages, app_server
from tests.support.mock import Mock

PAYMENT = "() => { window.elements = stripe.elements({clientSecret: secret}); elements.create('payment').mount(place('form')) }"


def test_what_a_screen_reader_finds(bare: Page) -> None:
    """Names, roles and states of the payment form; nothing is there for the eye alone."""
    bare.evaluate(PAYMENT)
    expect(bare.get_by_label("CVC")).to_be_visible()

    expect(bare.locator("#form")).to_match_aria_snapshot("""
        - group "Payment method":
          - radio "Card" [checked]
          - text: Card
          - radio "SEPA Direct Debit"
          - text: SEPA Direct Debit
        - text: Card number
        - textbox "Card number"
        - text: Expiration date
        - textbox "Expiration date"
        - text: CVC
        - textbox "CVC"
        - paragraph: "Mock: test cards only"
        """)


@pytest.mark.parametrize("element", ["payment", "card", "cardNumber", "iban"])
def test_everybody_sees_that_it_is_a_mock(bare: Page, element: str) -> None:
    """Wherever a number is asked for it says that only test cards are wanted, before and after one is typed."""
    bare.evaluate(
        "type => stripe.elements(type === 'payment' ? {clientSecret: secret} : {}).create(type).mount(place('form'))",
        element,
    )
    bare.get_by_label("IBAN" if element == "iban" else "Card number").fill("1")

    expect(bare.get_by_text("Mock: test cards only")).to_be_visible()


def test_the_keyboard_is_enough(bare: Page) -> None:
    """From field to field with Tab, then Enter submits the form around the element, and the challenge takes Enter too."""
    bare.evaluate(
        """() => {
            document.body.innerHTML = "<form><button>Save</button></form>";
            const form = document.querySelector("form"), elements = stripe.elements({clientSecret: secret});
            form.prepend(place("form"));
            elements.create("payment").mount("#form");
            form.addEventListener("submit", event => {
                event.preventDefault();
                stripe.confirmSetup({elements, redirect: "if_required"}).then(({setupIntent}) => form.append(setupIntent.status));
            });
        }"""
    )
    bare.get_by_label("Card number").focus()
    for text in ("4000002500003155", "1234", "123"):
        bare.keyboard.type(text)
        bare.keyboard.press("Tab")
    bare.keyboard.press("Shift+Tab")
    bare.keyboard.press("Enter")
    expect(bare.get_by_role("dialog")).to_be_visible()
    bare.keyboard.press("Enter")

    expect(bare.get_by_text("succeeded")).to_be_visible()


def test_a_label_of_the_page_focuses_the_element(bare: Page) -> None:
    """A click on the label for the element's place goes to its first field."""
    bare.evaluate(
        """() => {
            document.body.innerHTML = '<label for="card">Pay with</label>';
            stripe.elements().create("card").mount(place("card"));
        }"""
    )
    bare.get_by_text("Pay with").click()

    expect(bare.get_by_label("Card number")).to_be_focused()


def test_the_form_around_never_has_the_number(bare: Page) -> None:
    """A page that sends its own form, or reads it, gets no card number."""
    bare.evaluate(
        """() => {
            document.body.innerHTML = "<form></form>";
            document.querySelector("form").append(place("form"));
            stripe.elements({clientSecret: secret}).create("payment").mount("#form");
        }"""
    )
    bare.get_by_label("Card number").fill("4242424242424242")

    assert [] == bare.evaluate("[...new FormData(document.querySelector('form')).keys()]")


@pytest.mark.parametrize(
    ("appearance", "css", "value"),
    [
        pytest.param("{variables: {colorText: 'rgb(1, 2, 3)'}}", "color", "rgb(1, 2, 3)", id="text"),
        pytest.param(
            "{variables: {colorBackground: 'rgb(4, 5, 6)'}}", "background-color", "rgb(4, 5, 6)", id="background"
        ),
        pytest.param("{variables: {borderRadius: '13px'}}", "border-radius", "13px", id="radius"),
        pytest.param("{variables: {fontFamily: 'monospace'}}", "font-family", "monospace", id="font"),
        pytest.param("{variables: {spacingUnit: '8px'}}", "padding-left", "24px", id="space"),
        pytest.param("{theme: 'night'}", "background-color", "rgb(35, 39, 47)", id="theme"),
        pytest.param("{rules: {'.Input': {letterSpacing: '3px'}}}", "letter-spacing", "3px", id="rule"),
    ],
)
def test_appearance_is_respected(bare: Page, appearance: str, css: str, value: str) -> None:
    """The page's appearance changes how a field looks, and so does a later update."""
    bare.evaluate(PAYMENT)
    field = bare.get_by_label("Card number")
    expect(field).not_to_have_css(css, value)
    bare.evaluate(f"elements.update({{appearance: {appearance}}})")

    expect(field).to_have_css(css, value)


def test_the_style_of_a_card_element_is_respected(bare: Page) -> None:
    """The older elements take a style of their own, for each state."""
    bare.evaluate(
        """() => {
            const style = {base: {color: "rgb(1, 2, 3)", "::placeholder": {color: "gray"}}, invalid: {color: "rgb(4, 5, 6)"}};
            stripe.elements().create("card", {style}).mount(place("card"));
        }"""
    )
    field = bare.get_by_label("Card number")
    expect(field).to_have_css("color", "rgb(1, 2, 3)")
    field.fill("4242424242424241")
    field.blur()

    expect(field).to_have_css("color", "rgb(4, 5, 6)")
    expect(bare.locator("#card")).to_have_class("StripeElement StripeElement--invalid")


@pytest.fixture
def strict_page(pages: Pages, mock: Mock) -> Iterator[Page]:
    """A page whose policy allows the mock's script and calls, what is its own, and nothing else.

    Its own style would hide every input.
    """
    stripe = created(mock, address=True)["setup_intent"]["stripe"]
    policy = f"default-src 'none'; script-src 'self' {mock.url}; connect-src {mock.url}; style-src 'self'; require-trusted-types-for 'script'"
    html = (
        f'<!doctype html><html lang="de"><meta http-equiv="Content-Security-Policy" content="{policy}"><title>strict</title>'
        f'<link rel="stylesheet" href="/own.css"><div id="address"></div><div id="payment"></div>'
        f'<script src="{mock.url}/v3/"></script><script src="/own.js"></script>'
    )
    script = f"""
        const elements = Stripe("{stripe["pk_key"]}").elements({{clientSecret: "{stripe["client_secret"]}"}});
        elements.create("address", {{mode: "billing", defaultValues: {{address: {{country: "DE"}}}}}}).mount("#address");
        elements.create("payment").mount("#payment");
    """
    with app_server(
        {"/strict": html.encode(), "/own.js": script.encode(), "/own.css": b"input { display: none !important }"}
    ) as url:
        yield pages.open(f"{url}/strict")


def test_a_strict_policy_is_kept(strict_page: Page, pages: Pages) -> None:
    """On a page that allows no inline style and no markup from texts, the form looks and works as it should."""
    field = strict_page.get_by_label("Card number")

    expect(field).to_be_visible()
    expect(field).to_have_css("border-radius", "6px")
    expect(strict_page.get_by_label("Country or region")).to_have_value("DE")
    assert [] == [text for text in pages.told if text.startswith(("error", "warning"))]
