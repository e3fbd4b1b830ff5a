"""What a person types: how it is written, and what is said when it cannot be."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PAYMENT


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("12/34", "12 / 34", id="as printed on the card"),
        pytest.param("1234", "12 / 34", id="without a stroke"),
        pytest.param("1/34", "01 / 34", id="one digit"),
        pytest.param("534", "05 / 34", id="one digit, without a stroke"),
        pytest.param("12/2034", "12 / 34", id="a year in full"),
        pytest.param("122034", "12 / 34", id="a year in full, without a stroke"),
        pytest.param("12/203", "12 / 203", id="most of a year"),
    ],
)
def test_dates_are_understood_sign_by_sign(bare: Page, typed: str, shown: str) -> None:
    """A date may be typed as people write it."""
    bare.evaluate(PAYMENT)
    bare.get_by_label("Expiration date").press_sequentially(typed)

    expect(bare.get_by_label("Expiration date")).to_have_value(shown)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        pytest.param("12/34", "12 / 34", id="short"),
        pytest.param("1/34", "01 / 34", id="one digit"),
        pytest.param("12/2034", "12 / 34", id="a year in full"),
        pytest.param("1/2034", "01 / 34", id="one digit and a year in full"),
        pytest.param("12 2034", "12 / 34", id="a space"),
        pytest.param("12-2034", "12 / 34", id="a hyphen"),
        pytest.param("122034", "12 / 34", id="nothing between"),
        pytest.param("2034-12", "12 / 34", id="the year first"),
        pytest.param(" 2034/1 ", "01 / 34", id="the year first, one digit"),
    ],
)
def test_dates_are_understood_at_once(bare: Page, given: str, shown: str) -> None:
    """Password managers and tests fill in all of it."""
    bare.evaluate(PAYMENT)
    bare.get_by_label("Expiration date").fill(given)

    expect(bare.get_by_label("Expiration date")).to_have_value(shown)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        pytest.param("13/34", "This month does not exist.", id="no month"),
        pytest.param("12/20", "The card has expired: the year is past.", id="past"),
        pytest.param("12/99", "This year is too far in the future.", id="far away"),
        pytest.param("12", "Enter month and year, for example 12/34.", id="half"),
        pytest.param("12 / 203", "Enter month and year, for example 12/34.", id="most of a year"),
    ],
)
def test_dates_that_cannot_be(bare: Page, typed: str, message: str) -> None:
    """What is wrong is said when the field is left, where assistive technology finds it, and goes once it is mended."""
    bare.evaluate(PAYMENT)
    field = bare.get_by_label("Expiration date")
    field.fill(typed)
    expect(field).not_to_have_attribute("aria-invalid", "true")
    field.blur()

    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(message)
    field.fill("12/34")
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_digits_can_be_put_right_in_the_middle(bare: Page) -> None:
    """The caret stays where the person is typing, and backspace goes through what was added."""
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


def test_american_express_is_written_its_own_way(bare: Page) -> None:
    """Fifteen digits in three groups, and a code of four."""
    bare.evaluate(PAYMENT)
    bare.get_by_label("Card number").fill("378282246310005")
    bare.get_by_label("CVC").fill("12345")

    expect(bare.get_by_label("Card number")).to_have_value("3782 822463 10005")
    expect(bare.get_by_label("CVC")).to_have_value("1234")
