"""The form on pages that were not made for it: touched, written from the right, styled, scripted, half disabled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PAYMENT, created
from tests.support.mock import Mock


@pytest.fixture
def phone(browser: Browser, mock: Mock, empty: str) -> Iterator[Page]:
    """A form on a small screen that is touched."""
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 360, "height": 640})
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(empty)
    page.add_script_tag(url=f"{mock.url}/v3/")
    stripe = created(mock)["setup_intent"]["stripe"]
    page.evaluate(
        """({pk_key, client_secret}) => {
            document.body.innerHTML = "<form><div id='form'></div><button>Go</button></form><p></p>";
            document.querySelector("form").addEventListener("submit", event => {
                event.preventDefault();
                document.querySelector("p").append("submitted");
            });
            Stripe(pk_key).elements({clientSecret: client_secret}).create("payment").mount("#form");
        }""",
        stripe,
    )
    yield page
    context.close()


def test_the_first_tap_counts(phone: Page) -> None:
    """What is wrong with the field that is left moves nothing from under the finger."""
    phone.get_by_label("Card number").tap()
    phone.keyboard.type("4242")
    phone.get_by_role("button", name="Go").tap()

    expect(phone.get_by_text("submitted")).to_be_visible()
    expect(phone.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("label", ["Card number", "Expiration date", "CVC"])
def test_numbers_are_read_from_the_left(bare: Page, label: str) -> None:
    """Also on a page that is read from the right."""
    bare.evaluate("document.documentElement.dir = 'rtl'")
    bare.evaluate(PAYMENT)

    expect(bare.get_by_label(label)).to_have_css("direction", "ltr")


def test_a_page_does_not_style_the_form(bare: Page) -> None:
    """As in a frame: neither its root's size nor what is inherited changes how the form reads."""
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


def test_a_page_hides_the_form_all_the_same(bare: Page) -> None:
    """What is not to be seen is not seen."""
    bare.evaluate(PAYMENT)
    expect(bare.get_by_label("CVC")).to_be_visible()
    bare.evaluate("document.getElementById('form').style.visibility = 'hidden'")

    expect(bare.get_by_label("CVC")).to_be_hidden()


@pytest.mark.parametrize("rule", ["{display: 'none'}", "{opacity: '0'}"])
def test_no_appearance_hides_what_it_is(bare: Page, rule: str) -> None:
    """That only test cards are wanted is not the page's to leave out."""
    bare.evaluate(PAYMENT)
    bare.evaluate(f"elements.update({{appearance: {{rules: {{'.Badge': {rule}, '.Frame': {rule}}}}}}})")
    badge = bare.get_by_text("Mock: test cards only")

    expect(badge).to_be_visible()
    expect(badge).to_have_css("opacity", "1")


def test_what_is_typed_is_no_event_of_the_page(bare: Page) -> None:
    """Shortcuts of the page, its form's own handlers and its dialogs hear nothing of the form, nor of the challenge."""
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
    bare.evaluate(
        """() => {
            for (const type of ["click", "mousedown", "pointerdown"]) document.addEventListener(type, () => heard.push(type));
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


@pytest.mark.parametrize("name", FORMS)
def test_enter_is_that_of_the_form(bare: Page, name: str) -> None:
    """It submits where it would from a field of the form's own."""
    html, expected = FORMS[name]
    bare.evaluate(
        """html => {
            window.submitted = 0;
            document.body.innerHTML = html;
            document.querySelector("form").addEventListener("submit", event => { event.preventDefault(); submitted += 1 });
            stripe.elements({clientSecret: secret}).create("payment").mount("#form");
        }""",
        html,
    )
    bare.get_by_label("Card number").press("Enter")

    assert expected == bare.evaluate("submitted")


def test_enter_that_ends_a_composition(bare: Page) -> None:
    """As with input methods for Japanese and Chinese: it is part of the writing."""
    bare.evaluate(
        """() => {
            window.submitted = 0;
            document.body.innerHTML = "<form><div id='form'></div></form>";
            document.querySelector("form").addEventListener("submit", event => { event.preventDefault(); submitted += 1 });
            stripe.elements().create("address", {mode: "billing"}).mount("#form");
        }"""
    )
    field = bare.get_by_label("Full name")
    for composing in ("true", "false"):
        field.dispatch_event("keydown", {"key": "Enter", "isComposing": composing == "true"})

    assert 1 == bare.evaluate("submitted")


@pytest.mark.parametrize("lang", ["en_US", "de", "", "nonsense-of-a-tag"])
def test_the_language_of_the_form_is_english(bare: Page, lang: str) -> None:
    """Whatever the page's is, or fails to be; assistive technology is told."""
    bare.evaluate(
        """lang => {
            document.documentElement.lang = lang;
            const options = {mode: "billing", allowedCountries: ["DE", "xx1"]};
            stripe.elements().create("address", options).mount(place("form"));
        }""",
        lang,
    )

    assert ["Germany", "xx1"] == bare.get_by_label("Country or region").locator("option").all_text_contents()
    assert "en" == bare.get_by_label("Full name").evaluate("field => field.closest('[lang]').lang")


def test_the_script_twice(bare: Page, mock: Mock) -> None:
    """The first one stays, so that its elements go on working, and the console tells."""
    bare.evaluate(PAYMENT)
    told: list[str] = []
    bare.on("console", lambda message: told.append(message.text))
    bare.evaluate("() => { window.first = Stripe }")
    bare.add_script_tag(url=f"{mock.url}/endive/stripe.js")

    assert bare.evaluate("first === Stripe")
    assert ["Mock of Stripe.js: it is loaded more than once; the first stays."] == told


def test_a_shadow_tree_is_pointed_out(bare: Page) -> None:
    """The real one could not mount there."""
    told: list[str] = []
    bare.on("console", lambda message: told.append(message.text))
    bare.evaluate(
        """() => {
            const root = place("host").attachShadow({mode: "open"});
            root.append(Object.assign(document.createElement("div"), {id: "inside"}));
            stripe.elements().create("card").mount(root.firstChild);
        }"""
    )

    expect(bare.get_by_label("Card number")).to_be_visible()
    assert ["Mock of Stripe.js: the real Stripe.js cannot mount in a shadow tree."] == told
