"""The postal code of a Card Element, which follows the country of the card."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import enter_card

CARD = """(options) => {
    document.body.replaceChildren();
    window.card = stripe.elements().create("card", options);
    card.on("change", (event) => { window.changed = event });
    card.mount(place("card"));
}"""

# The card, what is typed as its postal code (None: there is no field), and then: the label, the postal code and whether
# the form is complete.
CARDS: dict[str, tuple[str, str | None, tuple[str, str, bool]]] = {
    "United States": ("4242424242424242", "12345", ("ZIP", "12345", True)),
    "United States, too short": ("4242424242424242", "1234", ("ZIP", "1234", False)),
    "United States, letters": ("4242424242424242", "SW1A 1AA", ("ZIP", "11", False)),
    "United States, too long": ("4242424242424242", "123456789", ("ZIP", "12345", True)),
    "United States, empty": ("4242424242424242", "", ("ZIP", "", False)),
    "Britain": ("4000008260000000", "sw1a 1aa", ("Postal code", "SW1A 1AA", True)),
    "Britain, empty": ("4000008260000000", "", ("Postal code", "", False)),
    "Germany": ("4000002760000016", "10115", ("Postal code", "10115", True)),
    "Brazil": ("4000000760000002", None, ("", "", True)),
    "Hong Kong": ("4000003440000004", None, ("", "", True)),
}


def test_the_country_of_the_card_decides(each_train: Page) -> None:
    """An American card needs five digits, a British card letters and digits, and a Brazilian card no postal code."""
    seen = {}
    each_train.evaluate(CARD, {})
    field = each_train.locator("[name=postalCode]")
    for name, (number, postal_code, _) in CARDS.items():
        each_train.evaluate("() => card.clear()")
        each_train.get_by_label("Card number").fill(number)
        each_train.get_by_label("Expiration date").fill("12/34")
        each_train.get_by_label("CVC").fill("123")
        if postal_code is not None:
            field.fill(postal_code)
        label = each_train.locator("label", has_text="ZIP").or_(each_train.locator("label", has_text="Postal code"))
        value, complete = each_train.evaluate("[changed.value.postalCode, changed.complete]")
        seen[name] = (label.inner_text() if field.is_visible() else "", value, complete)

    assert {name: expected for name, (_, _, expected) in CARDS.items()} == seen


def test_an_incomplete_zip_is_an_error(each_train: Page) -> None:
    """The code of the error is incomplete_zip, in change events and as the result of a call."""
    each_train.evaluate(CARD, {})
    enter_card(each_train)
    each_train.get_by_label("ZIP").fill("123")
    each_train.get_by_label("ZIP").blur()
    error = each_train.evaluate("stripe.createPaymentMethod({type: 'card', card}).then(({error}) => error)")

    assert ["incomplete_zip", "validation_error"] == [error["code"], error["type"]]
    assert "incomplete_zip" == each_train.evaluate("changed.error.code")
    expect(each_train.get_by_label("ZIP")).to_be_focused()


def test_the_postal_code_can_be_hidden_and_given(each_train: Page) -> None:
    """The options hidePostalCode and value work, at the start and in an update."""
    field = each_train.locator("[name=postalCode]")
    each_train.evaluate(CARD, {"hidePostalCode": True})
    expect(field).to_be_hidden()
    enter_card(each_train)
    assert [True, ""] == each_train.evaluate("[changed.complete, changed.value.postalCode]")

    each_train.evaluate("() => card.update({hidePostalCode: false, value: {postalCode: '94110'}})")
    expect(field).to_have_value("94110")
    assert [True, "94110"] == each_train.evaluate("[changed.complete, changed.value.postalCode]")
    each_train.evaluate(CARD, {"value": {"postalCode": "10115"}})
    expect(field).to_have_value("10115")


SENT = {
    "createToken(card)": "12345",
    "createPaymentMethod({type: 'card', card})": "12345",
    "createPaymentMethod({type: 'card', card, billing_details: {address: {postal_code: '1'}}})": "12345",
}


@pytest.mark.parametrize("call", SENT)
def test_the_postal_code_is_sent(endive: Page, call: str) -> None:
    """It becomes part of the billing details, and replaces the page's own postal code."""
    endive.evaluate(CARD, {})
    enter_card(endive)
    result = endive.evaluate(f"stripe.{call}")
    token, method = result.get("token"), result.get("paymentMethod")
    sent = token["card"]["address_zip"] if token else method["billing_details"]["address"]["postal_code"]

    assert SENT[call] == sent


def test_split_elements_have_no_postal_code(endive: Page) -> None:
    """The element for the number alone never asks for a postal code."""
    endive.evaluate("stripe.elements().create('cardNumber').mount(place('number'))")
    endive.get_by_label("Card number").fill("4242424242424242")

    expect(endive.locator("[name=postalCode]")).to_have_count(0)


@pytest.mark.parametrize("number", ["4242424242424242", "4000008260000000", "4000002760000016"])
def test_a_card_fits_on_one_line_of_a_phone(endive: Page, number: str) -> None:
    """Number, date, code and postal code are beside each other at 390 px, and no digit is cut off."""
    endive.set_viewport_size({"width": 390, "height": 800})
    endive.evaluate(CARD, {})
    enter_card(endive, number)
    fields = endive.locator("#card input")
    boxes = [field.bounding_box() for field in fields.all()]

    assert 1 == len({box and round(box["y"]) for box in boxes})
    assert [] == endive.evaluate(
        """() => [...document.querySelector("#card > div").shadowRoot.querySelectorAll("input")]
            .filter((input) => input.scrollWidth > input.clientWidth).map((input) => input.name)"""
    )
