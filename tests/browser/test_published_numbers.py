"""The numbers that Stripe publishes for tests, in a browser: what the page accepts, and what a setup with it does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from mockserver.payments.test_methods import published_methods
from tests.browser.conftest import Open
from tests.support.browser import enter_card

CARDS: list[str] = [card["number"] for card in published_methods()["cards"]]
IBANS: list[str] = [iban for kinds in published_methods()["ibans"].values() for iban in kinds.values()]

ELEMENT = """type => {
    const element = stripe.elements().create(type);
    element.on("change", event => { window.shown = event.complete });
    element.mount(place(type));
}"""


@pytest.mark.parametrize(
    ("element", "label", "numbers"), [("cardNumber", "Card number", CARDS), ("iban", "IBAN", IBANS)]
)
def test_the_page_accepts_every_number(bare: Page, element: str, label: str, numbers: list[str]) -> None:
    """The page accepts all of them, because they are test numbers also if their outcome is unknown."""
    bare.evaluate(ELEMENT, element)
    field = bare.get_by_label(label)

    def accepted(number: str) -> bool:
        field.fill(number)
        return bool(bare.evaluate("shown"))

    assert [] == [number for number in numbers if not accepted(number)]
    assert not accepted("4111111111111111" if element == "cardNumber" else "DE75512108001245126199")


@pytest.mark.parametrize("element", ["payment", "card"])
@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        pytest.param("3566002020360505", "saved succeeded", id="another brand"),
        pytest.param("36227206271667", "saved succeeded", id="14 digits"),
        pytest.param("6205500000000000004", "saved succeeded", id="19 digits"),
        pytest.param("4000000000006975", "failed card_error card_declined card_velocity_exceeded", id="declined"),
        pytest.param("4100000000000019", "failed invalid_request_error", id="unknown"),
    ],
)
def test_an_app_confirms(app: Open, number: str, outcome: str, element: str) -> None:
    """An app gets the outcome of the card; a card whose outcome is unknown gives an error."""
    page = app(element=element)
    enter_card(page, number)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status")).to_have_text(outcome)


def test_the_page_says_that_an_outcome_is_unknown(bare: Page) -> None:
    """The message of the error says what the mock does not know."""
    confirm = "stripe.confirmCardSetup(secret, {payment_method: 'pm_card_radarBlock'})"

    assert "The mock does not know the outcome of a setup with this card" in bare.evaluate(
        f"{confirm}.then(({{error}}) => error.message)"
    )


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("threeDSecureOptional", None),
        ("threeDSecureOptionalProcessingError", "processing_error"),
        ("amex", "succeeded"),
    ],
)
def test_a_page_requests_authentication(bare: Page, name: str, outcome: str | None) -> None:
    """A page can request 3-D Secure: a card asks for it, fails with it, or does not support it."""
    options = "payment_method_options: {card: {request_three_d_secure: 'any'}}"
    bare.evaluate(
        f"""() => {{
            window.done = stripe.confirmCardSetup(secret, {{payment_method: "pm_card_{name}", {options}}})
                .then(({{setupIntent, error}}) => setupIntent ? setupIntent.status : error.code);
        }}"""
    )
    if outcome is None:
        bare.get_by_role("button", name="Complete authentication").click()

    assert (outcome or "succeeded") == bare.evaluate("done")
