"""What the methods of the stand-in do with cards in parts, IBANs, ids and next actions."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import created
from tests.support.mock import Mock


def entered(page: Page, number: str = "4242424242424242") -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiration date").fill("12/34")
    page.get_by_label("CVC").fill("123")


SPLIT = """() => {
    window.elements = stripe.elements();
    for (const type of ["cardNumber", "cardExpiry", "cardCvc"]) elements.create(type).mount(place(type));
}"""


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param(
            "stripe.confirmCardSetup(secret, {payment_method: {card}}).then(({setupIntent}) => setupIntent.status)",
            "succeeded",
            id="confirmCardSetup",
        ),
        pytest.param(
            "stripe.createPaymentMethod({type: 'card', card}).then(({paymentMethod}) => paymentMethod.card.last4)",
            "4242",
            id="createPaymentMethod",
        ),
        pytest.param(
            "stripe.createToken(card, {name: 'Jo'}).then(({token}) => token.card.last4)", "4242", id="createToken"
        ),
    ],
)
def test_a_card_in_parts(bare: Page, script: str, expected: str) -> None:
    """Number, date and code may each have a place of their own; together they are one card."""
    bare.evaluate(SPLIT)
    entered(bare)

    assert expected == bare.evaluate(f"() => {{ const card = elements.getElement('cardNumber'); return {script} }}")


@pytest.mark.parametrize("method", ["confirmCardSetup(secret, {payment_method: {card}})", "createToken(card)"])
def test_a_card_in_parts_that_lacks_one(bare: Page, method: str) -> None:
    """Every part is looked at, and the first that is wrong is named and focused."""
    bare.evaluate(SPLIT)
    entered(bare)
    bare.get_by_label("Expiration date").fill("")
    answer = bare.evaluate(f"() => {{ const card = elements.getElement('cardNumber'); return stripe.{method} }}")

    assert "incomplete_expiry" == answer["error"]["code"]
    expect(bare.get_by_label("Expiration date")).to_be_focused()


def test_a_payment_method_by_its_id(bare: Page) -> None:
    """Names such as pm_card_visa stand for test cards: no form is needed."""
    status = "({setupIntent}) => setupIntent.status"

    assert "succeeded" == bare.evaluate(
        f"stripe.confirmCardSetup(secret, {{payment_method: 'pm_card_visa'}}).then({status})"
    )
    assert "succeeded" == bare.evaluate(f"stripe.retrieveSetupIntent(secret).then({status})")


def test_an_iban_of_its_own(bare: Page) -> None:
    """The older element for an IBAN, and the method that goes with it."""
    bare.evaluate("() => { window.iban = stripe.elements().create('iban'); iban.mount(place('iban')) }")
    bare.get_by_label("IBAN").fill("DE89 3704 0044 0532 0130 00")
    details = "{sepa_debit: iban, billing_details: {name: 'Jo', email: 'jo@example.com'}}"
    script = f"stripe.confirmSepaDebitSetup(secret, {{payment_method: {details}}}).then(({{setupIntent}}) => setupIntent.status)"

    assert "succeeded" == bare.evaluate(script)


@pytest.mark.parametrize(
    ("iban", "expected"),
    [("DE89370400440532013000", "succeeded"), ("DE75512108001245126199", "invalid_iban")],
    ids=["test account", "any other"],
)
def test_an_iban_of_the_pages_own(bare: Page, iban: str, expected: str) -> None:
    """A page may ask for the IBAN itself; one that is no test account is not sent then either."""
    script = """iban => stripe.confirmSepaDebitSetup(secret, {payment_method: {sepa_debit: {iban}}})
        .then(({setupIntent, error}) => setupIntent ? setupIntent.status : error.code)"""

    assert expected == bare.evaluate(script, iban)


def test_details_first_and_the_session_later(bare: Page) -> None:
    """A form may be there before the setup intent is: elements({mode}), then submit(), then the client secret."""
    bare.evaluate(
        """() => {
            window.elements = stripe.elements({mode: "setup", currency: "eur", paymentMethodTypes: ["card"]});
            elements.create("payment").mount(place("form"));
        }"""
    )
    entered(bare)
    status = bare.evaluate(
        """async () => {
            const {selectedPaymentMethod} = await elements.submit();
            const {setupIntent} = await stripe.confirmSetup({elements, clientSecret: secret, redirect: "if_required"});
            return [selectedPaymentMethod, setupIntent.status];
        }"""
    )

    assert ["card", "succeeded"] == status


def test_a_place_that_is_not_on_the_page_yet(bare: Page) -> None:
    """An element may be mounted before its place is shown."""
    told = bare.evaluate(
        """async () => {
            const card = stripe.elements().create("card"), later = document.createElement("div");
            const ready = new Promise(resolve => card.on("ready", event => resolve(event.elementType)));
            card.mount(later);
            document.body.append(later);
            return ready;
        }"""
    )

    assert "card" == told
    expect(bare.get_by_label("Card number")).to_be_visible()


def test_the_next_action_can_wait(bare: Page) -> None:
    """With handleActions: false the challenge comes when the page asks for it."""
    card = "{payment_method: 'pm_card_authenticationRequired'}"
    first = bare.evaluate(f"stripe.confirmCardSetup(secret, {card}, {{handleActions: false}})")
    assert "requires_action" == first["setupIntent"]["status"]
    assert 0 == bare.get_by_role("dialog").count()

    bare.evaluate("() => { window.done = stripe.handleNextAction({clientSecret: secret}) }")
    bare.get_by_role("button", name="Complete authentication").click()

    assert "succeeded" == bare.evaluate("done.then(({setupIntent}) => setupIntent.status)")


def test_one_challenge_at_a_time(bare: Page, mock: Mock) -> None:
    """Two that come together are asked one after the other, and each answer is its own."""
    other = created(mock)["setup_intent"]["stripe"]["client_secret"]
    bare.evaluate(
        """other => {
            window.done = [secret, other].map(each => stripe
                .confirmCardSetup(each, {payment_method: "pm_card_authenticationRequired"})
                .then(({setupIntent, error}) => setupIntent ? setupIntent.status : error.code));
        }""",
        other,
    )
    for button in ("Complete authentication", "Fail authentication"):
        bare.get_by_role("button", name=button).click()

    assert {"succeeded", "setup_intent_authentication_failure"} == set(bare.evaluate("Promise.all(done)"))
    expect(bare.get_by_role("dialog")).to_have_count(0)


def test_a_finished_setup_intent_takes_no_form(bare: Page) -> None:
    """The payment element tells by loaderror that its setup intent has succeeded already."""
    code = bare.evaluate(
        """async () => {
            await stripe.confirmCardSetup(secret, {payment_method: "pm_card_visa"});
            const payment = stripe.elements({clientSecret: secret}).create("payment");
            const told = new Promise(resolve => payment.on("loaderror", event => resolve(event.error.code)));
            payment.mount(place("here"));
            return told;
        }"""
    )

    assert "setup_intent_unexpected_state" == code


CHANGES: dict[str, Any] = {
    "empty": {"elementType": "card", "empty": True, "complete": False, "brand": "unknown"},
    "started": {"elementType": "card", "empty": False, "complete": False, "brand": "visa"},
    "whole": {"elementType": "card", "empty": False, "complete": True, "brand": "visa"},
}


@pytest.mark.parametrize("state", CHANGES)
def test_changes_are_told(bare: Page, state: str) -> None:
    """A change event says how far the person has come."""
    bare.evaluate(
        """() => {
            window.card = stripe.elements().create("card");
            card.on("change", event => { window.changed = event });
            card.mount(place("card"));
        }"""
    )
    if state != "empty":
        bare.get_by_label("Card number").fill("4242")
    if state == "whole":
        entered(bare)
    if state == "empty":
        bare.get_by_label("Card number").fill("4242")
        bare.evaluate("card.clear()")
    told = bare.evaluate("changed")

    assert CHANGES[state] == {name: told[name] for name in CHANGES[state]}


@pytest.mark.parametrize(
    "script",
    [
        "stripe.confirmCardSetup(secret, {payment_method_data: {type: 'card', card: {number: '4111 1111 1111 1111'}}})",
        "stripe.confirmCardSetup(secret, {payment_method: '4111111111111111'})",
    ],
    ids=["as details", "as an id"],
)
def test_a_real_number_given_by_hand_is_not_sent(bare: Page, script: str) -> None:
    """It is refused in the page, past whatever field it comes."""
    sent: list[str] = []
    bare.on("request", lambda request: sent.append(request.post_data or ""))
    answer = bare.evaluate(f"() => {script}")

    assert "test_mode_live_card" == answer["error"]["decline_code"]
    assert [] == [body for body in sent if body]


def test_a_payment_element_that_is_not_ready(bare: Page) -> None:
    """Submitting it is an error, not a success; once it is ready it can be filled in."""
    script = """async () => {
        window.elements = stripe.elements({clientSecret: secret});
        elements.create("payment").mount(place("payment"));
        return elements.submit();
    }"""

    assert "element_not_ready" == bare.evaluate(script)["error"]["code"]
    entered(bare)
    assert "card" == bare.evaluate("() => elements.submit()")["selectedPaymentMethod"]


def test_a_payment_element_after_the_network_was_gone(bare: Page) -> None:
    """The next one that is mounted asks again."""
    script = """() => new Promise((tell) => {
        window.elements = window.elements || stripe.elements({clientSecret: secret});
        const former = elements.getElement("payment");
        if (former) former.destroy();
        const element = elements.create("payment");
        element.on("loaderror", () => tell("loaderror"));
        element.on("ready", () => tell("ready"));
        element.mount(place("payment"));
    })"""
    bare.route("**/v1/setup_intents/**", lambda route: route.abort())
    first = bare.evaluate(script)
    bare.unroute("**/v1/setup_intents/**")

    assert ["loaderror", "ready"] == [first, bare.evaluate(script)]
