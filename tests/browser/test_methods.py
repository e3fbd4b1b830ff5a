"""What the methods of the stand-in do with cards in parts, IBANs, ids and next actions."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PAYMENT, created
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


GONE = {
    "unmounted": "card.unmount()",
    "destroyed": "card.destroy()",
    "its place removed": "document.getElementById('card').remove()",
}


@pytest.mark.parametrize("how", GONE)
@pytest.mark.parametrize(
    "call",
    [
        "confirmCardSetup(secret, {payment_method: {card}})",
        "createPaymentMethod({type: 'card', card})",
        "createToken(card)",
    ],
)
def test_an_element_that_is_not_on_the_page(bare: Page, how: str, call: str) -> None:
    """Nothing can be read of it, as with the real one."""
    bare.evaluate("() => { window.card = stripe.elements().create('card'); card.mount(place('card')) }")
    entered(bare)
    bare.evaluate(f"() => {GONE[how]}")

    assert "is not mounted on the page" in bare.evaluate(f"stripe.{call}.catch(error => error.message)")


def test_a_payment_element_whose_place_is_removed(bare: Page) -> None:
    """It is not mounted any more."""
    bare.evaluate(PAYMENT)
    entered(bare)
    bare.evaluate("() => document.getElementById('form').remove()")
    said = bare.evaluate("stripe.confirmSetup({elements, redirect: 'if_required'}).catch(error => error.message)")

    assert "needs elements with a mounted payment element" in said


def test_only_changes_are_told(bare: Page) -> None:
    """Neither a sign that changes nothing of the event, nor submitting, nor confirming is a change."""
    bare.evaluate(PAYMENT)
    bare.evaluate(
        "() => { window.told = []; payment.on('change', ({empty, complete}) => told.push([empty, complete])) }"
    )
    entered(bare)
    bare.evaluate("elements.submit()")
    bare.evaluate("stripe.confirmSetup({elements, redirect: 'if_required'})")

    assert [[False, False], [False, True]] == bare.evaluate("told")


def test_a_handler_that_throws(bare: Page) -> None:
    """Is the page's own: the other handlers are called, and the confirmation goes on."""
    errors: list[str] = []
    bare.on("pageerror", lambda error: errors.append(error.message))
    bare.evaluate(PAYMENT)
    bare.evaluate(
        """() => {
            window.called = 0;
            payment.on("change", () => { throw new Error("in handler") });
            payment.on("change", () => { called += 1 });
        }"""
    )
    entered(bare)
    status = bare.evaluate(
        "stripe.confirmSetup({elements, redirect: 'if_required'}).then(({setupIntent}) => setupIntent.status)"
    )

    assert ("succeeded", 2) == (status, bare.evaluate("called"))
    assert ["in handler"] * 2 == errors


def test_a_next_action_that_there_is_not(bare: Page) -> None:
    """Nobody is to take that for a success."""
    said = bare.evaluate("stripe.handleNextAction({clientSecret: secret}).catch(error => error.message)")

    assert "needs a setup intent that requires an action; its status is requires_payment_method" in said


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [("authentication_passes", "succeeded"), ("authentication_fails", "setup_intent_authentication_failure")],
)
def test_a_next_action_that_was_answered(bare: Page, mock: Mock, scenario: str, expected: str) -> None:
    """A backend confirms, the scenario answers: the page that handles the action finds how it ended."""
    secret = created(mock, scenario)["setup_intent"]["stripe"]["client_secret"]
    confirm = f"/v1/setup_intents/{secret.partition('_secret_')[0]}/confirm"
    mock.browser({"authorization": "Bearer sk_test_1"}).post(confirm, json={"payment_method": "pm_card_visa"})
    found = bare.evaluate(
        "secret => stripe.handleNextAction({clientSecret: secret})"
        ".then(({setupIntent, error}) => setupIntent ? setupIntent.status : error.code)",
        secret,
    )

    assert expected == found


def test_the_error_of_a_load_goes_with_it(bare: Page) -> None:
    """Once the element is mounted again and ready, nothing is left of the failure."""
    bare.route("**/v1/setup_intents/**", lambda route: route.abort())
    bare.evaluate(PAYMENT)
    expect(bare.get_by_text("Could not reach the mock server")).to_be_visible()
    bare.unroute("**/v1/setup_intents/**")
    bare.evaluate("() => { payment.unmount(); payment.mount('#form') }")
    expect(bare.get_by_label("CVC")).to_be_visible()

    expect(bare.get_by_text("Could not reach the mock server")).to_have_count(0)


@pytest.mark.parametrize("part", ["cardNumber", "cardExpiry", "cardCvc"])
def test_any_part_stands_for_the_card(bare: Page, part: str) -> None:
    """The rest is found in its group; and a number that is none of a test card is refused in the page."""
    sent: list[str] = []
    bare.on("request", lambda request: sent.append(request.post_data or ""))
    bare.evaluate(SPLIT)
    make = f"stripe.createToken(elements.getElement('{part}'))"
    entered(bare, "4111111111111111")

    assert "test_mode_live_card" == bare.evaluate(f"{make}.then(({{error}}) => error.decline_code)")
    assert [] == list(filter(None, sent))
    entered(bare)
    assert "4242" == bare.evaluate(f"{make}.then(({{token}}) => token.card.last4)")


def test_a_part_without_its_number(bare: Page) -> None:
    """A code alone is no card."""
    bare.evaluate("() => { window.code = stripe.elements().create('cardCvc'); code.mount(place('code')) }")

    assert "needs a cardNumber element in the same group" in bare.evaluate(
        "stripe.createToken(code).catch(error => error.message)"
    )


def test_what_is_offered_can_change(bare: Page) -> None:
    """In a group that knows no setup intent yet; what was typed stays."""
    bare.evaluate(
        """() => {
            window.elements = stripe.elements({mode: "setup", currency: "eur", paymentMethodTypes: ["card"]});
            elements.create("payment").mount(place("form"));
        }"""
    )
    entered(bare)
    expect(bare.get_by_role("radio")).to_have_count(0)
    bare.evaluate("elements.update({paymentMethodTypes: ['card', 'sepa_debit']})")
    expect(bare.get_by_role("radio")).to_have_count(2)
    expect(bare.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    bare.get_by_text("SEPA Direct Debit", exact=True).click()
    expect(bare.get_by_label("IBAN")).to_be_visible()
    bare.evaluate("elements.update({paymentMethodTypes: ['card']})")
    expect(bare.get_by_label("Card number")).to_be_visible()


@pytest.mark.parametrize("option", ["readOnly", "disabled"])
def test_what_cannot_be_changed(bare: Page, option: str) -> None:
    """Neither the fields nor the choice of the payment method."""
    bare.evaluate(PAYMENT)
    expect(bare.get_by_label("CVC")).to_be_editable()
    bare.evaluate(f"payment.update({{{option}: true}})")

    expect(bare.get_by_label("CVC")).not_to_be_editable()
    for radio in bare.get_by_role("radio").all():
        expect(radio).to_be_disabled()
    bare.evaluate(f"payment.update({{{option}: false}})")
    expect(bare.get_by_label("CVC")).to_be_editable()


def test_one_ready_for_each_mount(bare: Page) -> None:
    """Mounted twice in a moment it is ready once; mounted again after its place was emptied it is there again."""
    told = bare.evaluate(
        """async () => {
            const payment = stripe.elements({clientSecret: secret}).create("payment"), told = [], spot = place("form");
            const ready = new Promise(resolve => payment.on("ready", resolve));
            for (const type of ["loaderstart", "ready"]) payment.on(type, () => told.push(type));
            payment.mount(spot);
            payment.unmount();
            payment.mount(spot);
            await ready;
            await new Promise(resolve => setTimeout(resolve, 200));
            spot.innerHTML = "";
            payment.mount(spot);
            return told;
        }"""
    )

    assert ["loaderstart", "ready"] == told
    expect(bare.get_by_label("Card number")).to_be_visible()


def test_a_placeholder_of_the_pages_own(bare: Page) -> None:
    """From the start, and changed later."""
    bare.evaluate(
        """() => {
            window.number = stripe.elements().create("cardNumber", {placeholder: "Number"});
            number.mount(place("number"));
        }"""
    )
    expect(bare.get_by_placeholder("Number", exact=True)).to_be_visible()
    bare.evaluate("number.update({placeholder: 'Your card'})")

    expect(bare.get_by_placeholder("Your card")).to_be_visible()


def test_a_code_of_another_brand(bare: Page) -> None:
    """Four digits are for American Express alone."""
    bare.evaluate("() => { window.card = stripe.elements().create('card'); card.mount(place('card')) }")
    entered(bare, "378282246310005")
    bare.get_by_label("CVC").fill("1234")
    bare.get_by_label("Card number").fill("4242424242424242")

    assert "incomplete_cvc" == bare.evaluate("stripe.createToken(card).then(({error}) => error.code)")


ADDRESS: dict[str, tuple[str, list[str]]] = {
    "a country with postal codes": (
        "{defaultValues: {address: {country: 'DE'}}}",
        ["Full name", "Address line 1", "City", "Postal code"],
    ),
    "one without": ("{defaultValues: {address: {country: 'HK'}}}", ["Full name", "Address line 1", "City"]),
    "with a phone": (
        "{fields: {phone: 'always'}, defaultValues: {address: {country: 'HK'}}}",
        ["Full name", "Address line 1", "City", "Phone number"],
    ),
    "with a phone that is optional": (
        "{fields: {phone: 'always'}, validation: {phone: {required: 'never'}}, defaultValues: {address: {country: 'HK'}}}",
        ["Full name", "Address line 1", "City"],
    ),
    "a country that is not allowed": (
        "{allowedCountries: ['HK'], defaultValues: {address: {country: 'DE'}}}",
        ["Full name", "Address line 1", "City"],
    ),
}


@pytest.mark.parametrize("name", ADDRESS)
def test_what_an_address_needs(bare: Page, name: str) -> None:
    """No more than there is in the country, and than the page asks for."""
    options, needed = ADDRESS[name]
    bare.evaluate(
        f"""() => {{
            window.address = stripe.elements().create("address", {{mode: "billing", ...{options}}});
            address.mount(place("address"));
        }}"""
    )
    for label in needed:
        assert not bare.evaluate("address.getValue()")["complete"]
        bare.get_by_label(label).fill("1")
    value = bare.evaluate("address.getValue()")

    assert value["complete"]
    assert value["value"]["address"]["country"] in {"DE", "HK"}


@pytest.mark.parametrize("url", ["http://[bad", "javascript:alert(1)", "/done", ""])
def test_a_return_url_that_is_none_is_told_before_anything_is_done(bare: Page, url: str) -> None:
    """The setup intent is as it was."""
    bare.evaluate(PAYMENT)
    entered(bare)
    said = bare.evaluate(
        "url => stripe.confirmSetup({elements, confirmParams: {return_url: url}}).catch(error => error.message)", url
    )

    assert "return_url must be an absolute http or https URL" in said
    assert "requires_payment_method" == bare.evaluate(
        "stripe.retrieveSetupIntent(secret).then(({setupIntent}) => setupIntent.status)"
    )


def test_a_challenge_that_is_taken_off_the_page(bare: Page, mock: Mock) -> None:
    """Has failed, and keeps no other waiting."""
    other = created(mock)["setup_intent"]["stripe"]["client_secret"]
    confirm = "stripe.confirmCardSetup({}, {{payment_method: 'pm_card_authenticationRequired'}})"
    told = ".then(({setupIntent, error}) => setupIntent ? setupIntent.status : error.code)"
    bare.evaluate(f"() => {{ window.first = {confirm.format('secret')}{told} }}")
    expect(bare.get_by_role("dialog")).to_be_visible()
    bare.evaluate(
        f"other => {{ window.second = {confirm.format('other')}{told}; document.body.replaceChildren() }}", other
    )
    bare.get_by_role("button", name="Complete authentication").click()

    assert "setup_intent_authentication_failure" == bare.evaluate("first")
    assert "succeeded" == bare.evaluate("second")


def test_what_an_address_begins_with_is_no_change(bare: Page) -> None:
    """What is told is told against what was filled in at first."""
    bare.evaluate(
        """() => {
            window.told = [];
            const options = {mode: "billing", allowedCountries: ["US"], defaultValues: {name: "Jane", address: {country: "US"}}};
            const address = stripe.elements().create("address", options);
            address.on("change", ({value}) => told.push(value.name));
            address.mount(place("address"));
        }"""
    )
    bare.get_by_label("Full name").fill("")

    assert [""] == bare.evaluate("told")


def test_another_offer_is_a_change_when_it_takes_the_choice(bare: Page) -> None:
    """The page learns that its customer has to enter something else."""
    bare.evaluate(
        """() => {
            window.told = [];
            window.elements = stripe.elements({mode: "setup", currency: "eur", paymentMethodTypes: ["sepa_debit", "card"]});
            const payment = elements.create("payment");
            payment.on("change", ({value, complete}) => told.push([value.type, complete]));
            payment.mount(place("form"));
        }"""
    )
    bare.get_by_label("IBAN").fill("DE89370400440532013000")
    bare.evaluate("elements.update({paymentMethodTypes: ['card']})")

    assert [["sepa_debit", True], ["card", False]] == bare.evaluate("told")


def test_a_remount_while_it_loads(bare: Page) -> None:
    """It is ready once, in its second place."""
    held: list[Route] = []
    bare.route("**/v1/setup_intents/**", lambda route: held.append(route))  # noqa: PLW0108  # Playwright leaves a mark on it
    bare.evaluate(
        """() => {
            window.told = [];
            window.payment = stripe.elements({clientSecret: secret}).create("payment");
            payment.on("ready", () => told.push("ready"));
            payment.mount(place("one"));
        }"""
    )
    bare.wait_for_timeout(50)
    bare.evaluate("() => { payment.unmount(); payment.mount(place('two')) }")
    bare.wait_for_timeout(50)
    for route in held:
        route.continue_()
    expect(bare.get_by_label("Card number")).to_be_visible()
    bare.wait_for_timeout(100)

    assert ["ready"] == bare.evaluate("told")


def test_another_number_makes_another_code(bare: Page) -> None:
    """The part for the code tells that it is not complete any more."""
    bare.evaluate(SPLIT)
    entered(bare)
    bare.get_by_label("CVC").blur()
    # A field validates its text in a timer after it has lost the focus: wait for that timer.
    bare.evaluate(
        """() => new Promise((resolve) => setTimeout(resolve, 0)).then(() => {
            window.told = [];
            elements.getElement("cardCvc").on("change", ({complete}) => told.push(complete));
        })"""
    )
    bare.get_by_label("Card number").fill("378282246310005")

    assert [False] == bare.evaluate("told")
    expect(bare.locator("#cardCvc")).not_to_have_class(re.compile("complete"))


def test_states_may_share_a_class(bare: Page) -> None:
    """It stays as long as one of them holds."""
    bare.evaluate(
        """() => {
            const classes = {base: "input", focus: "input input-focus", invalid: "input input-bad"};
            stripe.elements().create("card", {classes}).mount(place("card"));
        }"""
    )
    expect(bare.locator("#card")).to_have_class("input StripeElement--empty")
    bare.get_by_label("Card number").focus()
    expect(bare.locator("#card")).to_have_class("input input-focus StripeElement--empty")
