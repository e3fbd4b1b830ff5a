"""The form on pages that could disturb it: touch screens, right-to-left text, style sheets, scripts, disabled parts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PAYMENT, created
from tests.support.browser import Pages
from tests.support.mock import Mock


@pytest.fixture
def phone(browser: Browser, mock: Mock, empty: str) -> Iterator[Page]:
    """A page with a form on a small touch screen."""
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 360, "height": 640})
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(empty)
    page.add_script_tag(url=f"{mock.url}/v3/")
    stripe = created(mock)["setup_intent"]["stripe"]
    page.evaluate(
        """({pk_key, connected_account_id, client_secret}) => {
            document.body.innerHTML = "<form><div id='form'></div><button>Go</button></form><p></p>";
            document.querySelector("form").addEventListener("submit", event => {
                event.preventDefault();
                document.querySelector("p").append("submitted");
            });
            const stripe = Stripe(pk_key, {stripeAccount: connected_account_id});
            stripe.elements({clientSecret: client_secret}).create("payment").mount("#form");
        }""",
        stripe,
    )
    yield page
    context.close()


def test_the_first_tap_counts(phone: Page) -> None:
    """The error of the field that loses the focus does not move the button that is being tapped."""
    phone.get_by_label("Card number").tap()
    phone.keyboard.type("4242")
    phone.get_by_role("button", name="Go").tap()

    expect(phone.get_by_text("submitted")).to_be_visible()
    expect(phone.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("label", ["Card number", "Expiration date", "CVC"])
def test_numbers_are_left_to_right(bare: Page, label: str) -> None:
    """Numbers are written from left to right on a right-to-left page."""
    bare.evaluate("document.documentElement.dir = 'rtl'")
    bare.evaluate(PAYMENT)

    expect(bare.get_by_label(label)).to_have_css("direction", "ltr")


def test_a_page_does_not_style_the_form(bare: Page) -> None:
    """Neither the page's root font size nor its inherited styles change the form, as in an iframe."""
    bare.add_style_tag(
        content="html { font-size: 62.5% } body { font: italic 1.6rem serif; text-transform: uppercase; "
        "letter-spacing: 3px; text-align: center; white-space: nowrap; color: red }"
    )
    bare.evaluate(PAYMENT)
    label, badge = bare.get_by_text("Card number", exact=True), bare.get_by_text("Mock: test cards only")

    for css, value in {
        "text-transform": "none",
        "letter-spacing": "normal",
        "text-align": "start",
        "white-space-collapse": "collapse",
        "font-style": "normal",
        "color": "rgb(29, 36, 51)",
    }.items():
        expect(label).to_have_css(css, value)
    expect(bare.get_by_label("Card number")).to_have_css("font-size", "16px")
    expect(badge).to_have_css("font-size", "12px")
    bare.evaluate("elements.update({appearance: {variables: {fontSizeBase: '1.5rem'}}})")
    expect(bare.get_by_label("Card number")).to_have_css("font-size", "24px")


def test_a_page_can_hide_the_form(bare: Page) -> None:
    """If the page hides the container, the form is hidden."""
    bare.evaluate(PAYMENT)
    expect(bare.get_by_label("CVC")).to_be_visible()
    bare.evaluate("document.getElementById('form').style.visibility = 'hidden'")

    expect(bare.get_by_label("CVC")).to_be_hidden()


@pytest.mark.parametrize("rule", ["{display: 'none'}", "{opacity: '0'}"])
def test_no_appearance_hides_the_badge(bare: Page, rule: str) -> None:
    """The appearance of the page cannot hide the note that only test cards are accepted."""
    bare.evaluate(PAYMENT)
    bare.evaluate(f"elements.update({{appearance: {{rules: {{'.Badge': {rule}, '.Frame': {rule}}}}}}})")
    badge = bare.get_by_text("Mock: test cards only")

    expect(badge).to_be_visible()
    expect(badge).to_have_css("opacity", "1")


def test_typing_emits_no_events_on_the_page(bare: Page) -> None:
    """The listeners of the page get no events from the form or the challenge."""
    bare.evaluate(PAYMENT)
    bare.evaluate(
        """() => {
            window.heard = [];
            for (const type of ["keydown", "keyup", "input", "beforeinput", "paste"])
                document.addEventListener(type, () => heard.push(type));
        }"""
    )
    bare.get_by_label("Card number").press_sequentially("4000002500003155")
    bare.get_by_label("Expiration date").press_sequentially("1234")
    bare.get_by_label("CVC").press_sequentially("123")
    bare.get_by_label("Postal code").press_sequentially("SW1A 1AA")
    bare.evaluate(
        """() => {
            for (const type of ["click", "mousedown", "pointerdown"])
                document.addEventListener(type, () => heard.push(type));
            window.done = stripe.confirmSetup({elements, redirect: "if_required"});
        }"""
    )
    bare.get_by_role("button", name="Complete authentication").click()

    assert "succeeded" == bare.evaluate("done.then(({setupIntent}) => setupIntent.status)")
    assert [] == bare.evaluate("heard")


FORMS = {
    "a button": ("<form><div id=form></div><button>Go</button></form>", 1),
    "no button": ("<form><div id=form></div></form>", 1),
    "a button that is disabled": ("<form><div id=form></div><button disabled>Go</button></form>", 0),
    "a fieldset that is disabled": (
        "<form><fieldset disabled><div id=form></div><button>Go</button></fieldset></form>",
        0,
    ),
    "a button elsewhere that is disabled": (
        "<form id=f><div id=form></div></form><button form=f disabled>Go</button>",
        0,
    ),
    "a button of another kind first": ("<form><button type=button disabled>No</button><div id=form></div></form>", 1),
    "a button of a library": ("<form><div id=form></div><x-button type=submit>Go</x-button></form>", 1),
}


SUBMITTED = """document.querySelector("form").addEventListener("submit", event => {
    event.preventDefault();
    window.submitted += 1;
});"""


@pytest.mark.parametrize("name", FORMS)
def test_enter_submits_the_form_around(bare: Page, name: str) -> None:
    """Enter in the element submits the form around it exactly when Enter in a field of that form would."""
    html, expected = FORMS[name]
    bare.evaluate(
        f"""html => {{
            window.submitted = 0;
            document.body.innerHTML = html;
            {SUBMITTED}
            stripe.elements({{clientSecret: secret}}).create("payment").mount("#form");
        }}""",
        html,
    )
    bare.get_by_label("Card number").press("Enter")

    assert expected == bare.evaluate("submitted")


def test_enter_in_an_input_method(bare: Page) -> None:
    """Enter that ends a composition, as in input methods for Japanese and Chinese, submits nothing."""
    bare.evaluate(
        f"""() => {{
            window.submitted = 0;
            document.body.innerHTML = "<form><div id='form'></div></form>";
            {SUBMITTED}
            stripe.elements().create("address", {{mode: "billing"}}).mount("#form");
        }}"""
    )
    field = bare.get_by_label("Full name")
    for composing in ("true", "false"):
        field.dispatch_event("keydown", {"key": "Enter", "isComposing": composing == "true"})

    assert 1 == bare.evaluate("submitted")


@pytest.mark.parametrize("lang", ["en_US", "de", "", "nonsense-of-a-tag"])
def test_the_language_of_the_form_is_english(bare: Page, lang: str) -> None:
    """The form is in English and has `lang="en"`, whatever the language of the page is."""
    bare.evaluate(
        """lang => {
            document.documentElement.lang = lang;
            const options = {mode: "billing", allowedCountries: ["DE", "xx1"]};
            stripe.elements().create("address", options).mount(place("form"));
        }""",
        lang,
    )

    expect(bare.get_by_label("Country or region").locator("option")).to_have_text(["Germany", "xx1"])
    assert "en" == bare.get_by_label("Full name").evaluate("field => field.closest('[lang]').lang")


def test_the_script_twice(bare: Page, pages: Pages, mock: Mock) -> None:
    """A second script tag changes nothing and logs a message, so that existing elements continue to work."""
    bare.evaluate(PAYMENT)
    bare.evaluate("() => { window.first = Stripe }")
    bare.add_script_tag(url=f"{mock.url}/endive/stripe.js")

    assert bare.evaluate("first === Stripe")
    assert ["warning: Mock of Stripe.js: it is loaded more than once; the first stays."] == pages.console


def test_a_shadow_tree_is_reported(bare: Page, pages: Pages) -> None:
    """An element in a shadow tree works, and logs that Stripe.js cannot mount there."""
    bare.evaluate(
        """() => {
            const root = place("host").attachShadow({mode: "open"});
            root.append(Object.assign(document.createElement("div"), {id: "inside"}));
            stripe.elements().create("card").mount(root.firstChild);
        }"""
    )

    expect(bare.get_by_label("Card number")).to_be_visible()
    assert ["warning: Mock of Stripe.js: the real Stripe.js cannot mount in a shadow tree."] == pages.console
