"""What a customer types: how the form shows it, and the error for an invalid value."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PAYMENT

TYPED = {
    "12/34": "12 / 34",
    "1234": "12 / 34",
    "1/34": "01 / 34",
    "534": "05 / 34",
    "12/2034": "12 / 34",
    "122034": "12 / 34",
    "12/203": "12 / 203",
}
FILLED_IN = {
    "12/34": "12 / 34",
    "1/34": "01 / 34",
    "12/2034": "12 / 34",
    "1/2034": "01 / 34",
    "12 2034": "12 / 34",
    "12-2034": "12 / 34",
    "122034": "12 / 34",
    "2034-12": "12 / 34",
    " 2034/1 ": "01 / 34",
}
INVALID = {
    "13/34": "This month does not exist.",
    "12/20": "The card has expired: the year is past.",
    "12/99": "This year is too far in the future.",
    "12": "Enter month and year, for example 12/34.",
    "12 / 203": "Enter month and year, for example 12/34.",
}


def expiry(page: Page) -> Locator:
    """The field for the expiration date of a mounted payment element."""
    page.evaluate(PAYMENT)
    field = page.get_by_label("Expiration date")
    expect(field).to_be_visible()
    return field


def test_a_typed_date_is_formatted(bare: Page) -> None:
    """A customer may type a date in any usual form, one character after the other."""
    field, shown = expiry(bare), {}
    for text in TYPED:
        field.fill("")
        field.press_sequentially(text)
        shown[text] = field.input_value()

    assert TYPED == shown


def test_a_date_that_is_filled_in_is_formatted(bare: Page) -> None:
    """Password managers and tests set the whole value at once."""
    field, shown = expiry(bare), {}
    for text in FILLED_IN:
        field.fill(text)
        shown[text] = field.input_value()

    assert FILLED_IN == shown


def test_an_invalid_date_has_an_error(bare: Page) -> None:
    """The error appears when the field loses the focus, is its accessible description, and goes with a valid date."""
    field = expiry(bare)
    for text, message in INVALID.items():
        field.fill(text)
        expect(field).not_to_have_attribute("aria-invalid", "true")
        field.blur()

        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(message)
        field.fill("12/34")
        expect(field).not_to_have_attribute("aria-invalid", "true")


def test_digits_can_be_edited_in_the_middle(bare: Page) -> None:
    """The caret stays where the customer types, and Backspace also deletes the separators that the form adds."""
    bare.evaluate(PAYMENT)
    number, expiry = bare.get_by_label("Card number"), bare.get_by_label("Expiration date")
    number.press_sequentially("424242424242424")
    number.evaluate("field => field.setSelectionRange(2, 2)")
    bare.keyboard.type("4")
    bare.keyboard.press("Backspace")
    bare.keyboard.type("42")
    expiry.press_sequentially("12/3")
    for _ in range(3):
        bare.keyboard.press("Backspace")

    expect(number).to_have_value("4242 4242 4242 4242")
    expect(expiry).to_have_value("")


def test_american_express_has_its_own_format(bare: Page) -> None:
    """An American Express card has fifteen digits in three groups, and a code of four digits."""
    bare.evaluate(PAYMENT)
    bare.get_by_label("Card number").fill("378282246310005")
    bare.get_by_label("CVC").fill("12345")

    expect(bare.get_by_label("Card number")).to_have_value("3782 822463 10005")
    expect(bare.get_by_label("CVC")).to_have_value("1234")
