"""The form for customers: what they see, the keyboard, screen readers, the appearance, and a strict page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PAYMENT, created
from tests.support.browser import Pages, app_server
from tests.support.mock import Mock


def test_what_a_screen_reader_finds(bare: Page) -> None:
    """Every part of the payment form has a name, a role and a state for assistive technology."""
    bare.evaluate(PAYMENT)
    expect(bare.get_by_label("CVC")).to_be_visible()

    expect(bare.locator("#form")).to_match_aria_snapshot("""
        - tablist "Payment method":
          - tab "Card" [selected]
          - tab "SEPA Direct Debit"
        - tabpanel "Card":
          - text: Card number
          - textbox "Card number"
          - text: Expiration date
          - textbox "Expiration date"
          - text: CVC
          - textbox "CVC"
          - text: Country
          - combobox "Country"
          - text: Postal code
          - textbox "Postal code"
        - paragraph: "Mock: test cards only"
        """)


BADGE = "Mock: test cards only"


@pytest.mark.parametrize("element", ["payment", "card", "cardNumber", "iban"])
def test_the_form_shows_that_it_is_a_mock(bare: Page, element: str) -> None:
    """Each element that takes a number says that it accepts only test cards, also after a number is typed."""
    bare.evaluate(
        "type => stripe.elements(type === 'payment' ? {clientSecret: secret} : {}).create(type).mount(place('form'))",
        element,
    )
    bare.get_by_label("IBAN" if element == "iban" else "Card number").fill("1")

    expect(bare.get_by_text(BADGE)).to_be_visible()


@pytest.mark.parametrize(
    ("elements", "place"),
    [
        pytest.param(["cardCvc"], "cardCvc", id="code alone"),
        pytest.param(["cardExpiry", "cardCvc", "cardNumber"], "cardNumber", id="card in parts"),
        pytest.param(["address"], "address", id="address alone"),
        pytest.param(["address", "card"], "card", id="address and card"),
    ],
)
def test_a_group_shows_one_badge(bare: Page, elements: list[str], place: str) -> None:
    """One element of a group has the badge; if that element is destroyed, another one gets it."""
    bare.evaluate(
        """types => {
            window.elements = stripe.elements();
            for (const type of types) elements.create(type, {mode: "billing"}).mount(window.place(type));
        }""",
        elements,
    )

    expect(bare.locator(f"#{place}").get_by_text(BADGE)).to_be_visible()
    assert 1 == bare.get_by_text(BADGE).filter(visible=True).count()
    bare.evaluate("type => elements.getElement(type).destroy()", place)
    assert min(1, len(elements) - 1) == bare.get_by_text(BADGE).filter(visible=True).count()


EDGES = """() => {
    const root = document.querySelector("#form > div").shadowRoot;
    const input = root.querySelector("[name=number]"), brand = root.querySelector(".Brand");
    const style = getComputedStyle(input), canvas = document.createElement("canvas").getContext("2d");
    canvas.font = style.font;
    const start = input.getBoundingClientRect().left + parseFloat(style.paddingLeft);
    return {
        digits: start + canvas.measureText(input.value).width,
        input: input.getBoundingClientRect().right,
        brand: brand.getBoundingClientRect().left,
        end: brand.getBoundingClientRect().right,
    };
}"""


@pytest.mark.parametrize("element", ["card", "cardNumber", "payment"])
def test_the_brand_hides_no_digit(bare: Page, element: str) -> None:
    """At any width, the name of the brand covers no digit of the number, and stays inside the form."""
    bare.evaluate("type => stripe.elements({clientSecret: secret}).create(type).mount(place('form'))", element)
    wrong = []
    for width in (320, 400, 900):
        bare.set_viewport_size({"width": width, "height": 800})
        for number in ("4242424242424242", "5555555555554444", "378282246310005"):
            bare.get_by_label("Card number").fill(number)
            edges = bare.evaluate(EDGES)
            if edges["digits"] > min(edges["brand"], edges["input"]) or edges["end"] > width:
                wrong.append((width, number, edges))

    assert [] == wrong


def test_the_keyboard_is_enough(bare: Page) -> None:
    """Tab moves between the fields, Enter submits the form around the element, and Enter completes the challenge."""
    bare.evaluate(
        """() => {
            document.body.innerHTML = "<form><button>Save</button></form>";
            const form = document.querySelector("form"), elements = stripe.elements({clientSecret: secret});
            form.prepend(place("form"));
            const defaultValues = {billingDetails: {address: {country: "DE"}}};
            elements.create("payment", {defaultValues}).mount("#form");
            form.addEventListener("submit", event => {
                event.preventDefault();
                stripe.confirmSetup({elements, redirect: "if_required"})
                    .then(({setupIntent}) => form.append(setupIntent.status));
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
    """A click on the page's label for the element focuses the first field."""
    bare.evaluate(
        """() => {
            document.body.innerHTML = '<label for="card">Pay with</label>';
            stripe.elements().create("card").mount(place("card"));
        }"""
    )
    bare.get_by_text("Pay with").click()

    expect(bare.get_by_label("Card number")).to_be_focused()


def test_the_form_around_never_contains_the_number(bare: Page) -> None:
    """If the page reads or sends its own form, the form data has no card number."""
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
        pytest.param("{variables: {fontSizeBase: '21px'}}", "font-size", "21px", id="size"),
        pytest.param("{variables: {fontWeightNormal: '700'}}", "font-weight", "700", id="weight"),
        pytest.param(
            "{variables: {inputColorBorder: 'rgb(7, 8, 9)'}}", "border-top-color", "rgb(7, 8, 9)", id="border"
        ),
        pytest.param("{theme: 'night'}", "background-color", "rgb(35, 39, 47)", id="night"),
        pytest.param("{theme: 'flat'}", "background-color", "rgb(241, 243, 247)", id="flat"),
        pytest.param("{theme: 'none'}", "border-radius", "0px", id="none"),
        pytest.param("{rules: {'.Input': {letterSpacing: '3px'}}}", "letter-spacing", "3px", id="rule"),
    ],
)
def test_appearance_is_respected(bare: Page, appearance: str, css: str, value: str) -> None:
    """An update of the appearance changes how a field looks."""
    bare.evaluate(PAYMENT)
    field = bare.get_by_label("Card number")
    expect(field).not_to_have_css(css, value)
    bare.evaluate(f"elements.update({{appearance: {appearance}}})")

    expect(field).to_have_css(css, value)


@pytest.mark.parametrize(
    ("variable", "text", "css"),
    [
        pytest.param("colorPrimary", "", "outline-color", id="primary: focus"),
        pytest.param("colorDanger", "1", "border-top-color", id="danger: border"),
        pytest.param("colorDanger", "1", "color", id="danger: text"),
    ],
)
def test_the_colors_of_states_are_respected(bare: Page, variable: str, text: str, css: str) -> None:
    """A focused field and an invalid field have the colors of the page's appearance."""
    bare.evaluate(PAYMENT)
    bare.evaluate(f"elements.update({{appearance: {{variables: {{{variable}: 'rgb(9, 9, 9)'}}}}}})")
    field = bare.get_by_label("Card number")
    field.focus()
    if text:
        field.fill(text)
        field.blur()

    expect(field).to_have_css(css, "rgb(9, 9, 9)")


@pytest.mark.parametrize("theme", ["stripe", "flat", "night", "none"])
def test_every_theme_has_enough_contrast(bare: Page, theme: str) -> None:
    """Text and placeholder have a contrast of at least 4.5 to 1 with the background (WCAG 2, 1.4.3)."""
    bare.evaluate(PAYMENT)
    bare.evaluate(f"elements.update({{appearance: {{theme: '{theme}'}}}})")
    expect(bare.get_by_label("CVC")).to_be_visible()
    contrasts = bare.evaluate(
        """() => {
            const input = document.querySelector("#form > div").shadowRoot.querySelector("[name=number]");
            const luminance = (text) => text.match(/\\d+/g).slice(0, 3).map((each) => each / 255)
                .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
                .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
            const ground = luminance(getComputedStyle(input).backgroundColor);
            return [getComputedStyle(input), getComputedStyle(input, "::placeholder")].map(({color}) => {
                const [dark, light] = [luminance(color), ground].sort((one, other) => one - other);
                return (light + 0.05) / (dark + 0.05);
            });
        }"""
    )

    assert [] == [contrast for contrast in contrasts if contrast < 4.5]


def test_a_state_may_have_several_classes(bare: Page) -> None:
    """A state may have several classes, as in style sheets with utility classes."""
    bare.evaluate(
        """() => {
            const classes = {base: "field rounded", empty: "is-empty  quiet", complete: ""};
            window.card = stripe.elements().create("card", {classes});
            card.mount(place("card"));
        }"""
    )

    expect(bare.locator("#card")).to_have_class("field rounded is-empty quiet")
    bare.get_by_label("Card number").fill("4")
    expect(bare.locator("#card")).to_have_class("field rounded StripeElement--focus")
    bare.evaluate("() => card.unmount()")
    expect(bare.locator("#card")).to_have_class("")


def test_the_style_of_a_card_element_is_respected(bare: Page) -> None:
    """The older elements take a `style` with a part for each state."""
    bare.evaluate(
        """() => {
            const base = {color: "rgb(1, 2, 3)", "::placeholder": {color: "gray"}};
            const style = {base, invalid: {color: "rgb(4, 5, 6)"}};
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
    """A page whose content security policy allows only its own files, and the mock's script and requests.

    Its style sheet would hide every input.
    """
    stripe = created(mock, address=True)["setup_intent"]["stripe"]
    policy = (
        f"default-src 'none'; script-src 'self' {mock.url}; connect-src {mock.url}; style-src 'self'; "
        "require-trusted-types-for 'script'"
    )
    html = (
        f'<!doctype html><html lang="de"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<title>strict</title><link rel="stylesheet" href="/own.css"><div id="address"></div><div id="payment"></div>'
        f'<script src="{mock.url}/v3/"></script><script src="/own.js"></script>'
    )
    script = f"""
        const account = {{stripeAccount: "{stripe["connected_account_id"]}"}};
        const elements = Stripe("{stripe["pk_key"]}", account).elements({{clientSecret: "{stripe["client_secret"]}"}});
        const defaultValues = {{address: {{country: "DE"}}}};
        elements.create("address", {{mode: "billing", defaultValues}}).mount("#address");
        elements.create("payment").mount("#payment");
    """
    with app_server(
        {"/strict": html.encode(), "/own.js": script.encode(), "/own.css": b"input { display: none !important }"}
    ) as url:
        yield pages.open(f"{url}/strict")


def test_a_strict_policy_is_kept(strict_page: Page, pages: Pages) -> None:
    """The form works on a page that allows neither inline styles nor markup from strings."""
    field = strict_page.get_by_label("Card number")

    expect(field).to_be_visible()
    expect(field).to_have_css("border-radius", "6px")
    expect(strict_page.get_by_label("Country or region")).to_have_value("DE")
    assert [] == [text for text in pages.console if text.startswith(("error", "warning"))]
