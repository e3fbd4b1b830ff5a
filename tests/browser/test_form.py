"""The form as a person meets it: by eye, by keyboard, by screen reader, on pages with rules of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PAYMENT, created
from tests.support.browser import Pages, app_server
from tests.support.mock import Mock


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


BADGE = "Mock: test cards only"


@pytest.mark.parametrize("element", ["payment", "card", "cardNumber", "iban"])
def test_everybody_sees_that_it_is_a_mock(bare: Page, element: str) -> None:
    """Wherever a number is asked for it says that only test cards are wanted, before and after one is typed."""
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
def test_it_is_said_once(bare: Page, elements: list[str], place: str) -> None:
    """Of several elements of a group one says that it is a mock; when that one goes, another does."""
    bare.evaluate(
        """types => {
            window.elements = stripe.elements();
            for (const type of types) elements.create(type, {mode: "billing"}).mount(window.place(type));
        }""",
        elements,
    )

    assert 1 == bare.get_by_text(BADGE).filter(visible=True).count()
    expect(bare.locator(f"#{place}").get_by_text(BADGE)).to_be_visible()
    bare.evaluate("type => elements.getElement(type).destroy()", place)
    assert min(1, len(elements) - 1) == bare.get_by_text(BADGE).filter(visible=True).count()


@pytest.mark.parametrize("element", ["card", "cardNumber", "payment"])
@pytest.mark.parametrize("width", [320, 400, 900])
@pytest.mark.parametrize("number", ["4242424242424242", "5555555555554444", "378282246310005"])
def test_the_brand_hides_no_digit(bare: Page, element: str, width: int, number: str) -> None:
    """However narrow the form is, the number can be read beside the name of its brand, and nothing sticks out."""
    bare.set_viewport_size({"width": width, "height": 800})
    bare.evaluate("type => stripe.elements({clientSecret: secret}).create(type).mount(place('form'))", element)
    field = bare.get_by_label("Card number")
    field.fill(number)
    edges = bare.evaluate(
        """() => {
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
    )

    assert edges["digits"] <= min(edges["brand"], edges["input"])
    assert edges["end"] <= width


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
        pytest.param("{variables: {fontSizeBase: '21px'}}", "font-size", "21px", id="size"),
        pytest.param("{variables: {fontWeightNormal: '700'}}", "font-weight", "700", id="weight"),
        pytest.param(
            "{variables: {inputColorBorder: 'rgb(7, 8, 9)'}}", "border-top-color", "rgb(7, 8, 9)", id="border"
        ),
        pytest.param("{theme: 'night'}", "background-color", "rgb(35, 39, 47)", id="night"),
        pytest.param("{theme: 'flat'}", "background-color", "rgb(241, 243, 247)", id="flat"),
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


@pytest.mark.parametrize(
    ("variable", "text", "css"),
    [
        pytest.param("colorPrimary", "", "outline-color", id="primary: focus"),
        pytest.param("colorDanger", "1", "border-top-color", id="danger: border"),
        pytest.param("colorDanger", "1", "color", id="danger: text"),
    ],
)
def test_the_colours_of_states_are_respected(bare: Page, variable: str, text: str, css: str) -> None:
    """A field that is focused, or wrong, looks as the page's appearance says."""
    bare.evaluate(PAYMENT)
    bare.evaluate(f"elements.update({{appearance: {{variables: {{{variable}: 'rgb(9, 9, 9)'}}}}}})")
    field = bare.get_by_label("Card number")
    field.focus()
    if text:
        field.fill(text)
        field.blur()

    expect(field).to_have_css(css, "rgb(9, 9, 9)")


@pytest.mark.parametrize("theme", ["stripe", "flat", "night"])
def test_every_theme_can_be_read(bare: Page, theme: str) -> None:
    """What is in a field, or would be, stands out from its ground by 4.5 to 1 at least (WCAG 2, 1.4.3)."""
    bare.evaluate(PAYMENT)
    bare.evaluate(f"elements.update({{appearance: {{theme: '{theme}'}}}})")
    expect(bare.get_by_label("CVC")).to_be_visible()
    colours = bare.evaluate(
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

    assert [] == [contrast for contrast in colours if contrast < 4.5]


def test_a_state_may_have_several_classes(bare: Page) -> None:
    """As style sheets of utilities have it."""
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
