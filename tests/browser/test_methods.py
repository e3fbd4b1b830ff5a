"""The methods of the stand-in, with split cards, IBANs, ids and next actions."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PAYMENT, created
from tests.support.browser import Pages, enter_card
from tests.support.mock import Mock


def posted(pages: Pages) -> list[str]:
    """The URLs of the POST requests."""
    return [request.url for request in pages.requests if request.method == "POST"]


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
def test_a_split_card(bare: Page, script: str, expected: str) -> None:
    """Separate elements for number, date and code make one card."""
    bare.evaluate(SPLIT)
    enter_card(bare)

    assert expected == bare.evaluate(f"() => {{ const card = elements.getElement('cardNumber'); return {script} }}")


@pytest.mark.parametrize("method", ["confirmCardSetup(secret, {payment_method: {card}})", "createToken(card)"])
def test_a_split_card_with_an_empty_part(bare: Page, method: str) -> None:
    """All parts are checked; the error names the first invalid one, which gets the focus."""
    bare.evaluate(SPLIT)
    enter_card(bare)
    bare.get_by_label("Expiration date").fill("")
    answer = bare.evaluate(f"() => {{ const card = elements.getElement('cardNumber'); return stripe.{method} }}")

    assert "incomplete_expiry" == answer["error"]["code"]
    expect(bare.get_by_label("Expiration date")).to_be_focused()


def test_a_payment_method_by_its_id(bare: Page) -> None:
    """A name such as pm_card_visa stands for a test card, so no form is needed."""
    status = "({setupIntent}) => setupIntent.status"

    assert "succeeded" == bare.evaluate(
        f"stripe.confirmCardSetup(secret, {{payment_method: 'pm_card_visa'}}).then({status})"
    )
    assert "succeeded" == bare.evaluate(f"stripe.retrieveSetupIntent(secret).then({status})")


def test_the_iban_element(bare: Page) -> None:
    """The older IBAN element works with confirmSepaDebitSetup."""
    bare.evaluate("() => { window.iban = stripe.elements().create('iban'); iban.mount(place('iban')) }")
    bare.get_by_label("IBAN").fill("DE89 3704 0044 0532 0130 00")
    details = "{sepa_debit: iban, billing_details: {name: 'Jo', email: 'jo@example.com'}}"
    call = f"stripe.confirmSepaDebitSetup(secret, {{payment_method: {details}}})"

    assert "succeeded" == bare.evaluate(f"{call}.then(({{setupIntent}}) => setupIntent.status)")


@pytest.mark.parametrize(
    ("iban", "expected"),
    [("DE89370400440532013000", "succeeded"), ("DE75512108001245126199", "invalid_iban")],
    ids=["test account", "any other"],
)
def test_an_iban_from_the_page(bare: Page, iban: str, expected: str) -> None:
    """A page may collect the IBAN itself; an IBAN that is no test IBAN is refused."""
    script = """iban => stripe.confirmSepaDebitSetup(secret, {payment_method: {sepa_debit: {iban}}})
        .then(({setupIntent, error}) => setupIntent ? setupIntent.status : error.code)"""

    assert expected == bare.evaluate(script, iban)


def test_a_form_before_the_setup_intent(bare: Page) -> None:
    """A form may exist before its setup intent: elements({mode}), then submit(), then the client secret."""
    bare.evaluate(
        """() => {
            window.elements = stripe.elements({mode: "setup", currency: "eur", paymentMethodTypes: ["card"]});
            elements.create("payment").mount(place("form"));
        }"""
    )
    enter_card(bare)
    status = bare.evaluate(
        """async () => {
            const {selectedPaymentMethod} = await elements.submit();
            const {setupIntent} = await stripe.confirmSetup({elements, clientSecret: secret, redirect: "if_required"});
            return [selectedPaymentMethod, setupIntent.status];
        }"""
    )

    assert ["card", "succeeded"] == status


def test_a_container_that_is_not_on_the_page_yet(bare: Page) -> None:
    """An element may be mounted in a container that is added to the page later."""
    result = bare.evaluate(
        """async () => {
            const card = stripe.elements().create("card"), later = document.createElement("div");
            const ready = new Promise(resolve => card.on("ready", event => resolve(event.elementType)));
            card.mount(later);
            document.body.append(later);
            return ready;
        }"""
    )

    assert "card" == result
    expect(bare.get_by_label("Card number")).to_be_visible()


def test_the_next_action_can_wait(bare: Page) -> None:
    """With `handleActions: false` the challenge appears when the page calls handleNextAction."""
    card = "{payment_method: 'pm_card_authenticationRequired'}"
    first = bare.evaluate(f"stripe.confirmCardSetup(secret, {card}, {{handleActions: false}})")
    assert "requires_action" == first["setupIntent"]["status"]
    assert 0 == bare.get_by_role("dialog").count()

    bare.evaluate("() => { window.done = stripe.handleNextAction({clientSecret: secret}) }")
    bare.get_by_role("button", name="Complete authentication").click()

    assert "succeeded" == bare.evaluate("done.then(({setupIntent}) => setupIntent.status)")


def test_one_challenge_at_a_time(bare: Page, mock: Mock) -> None:
    """Two challenges appear one after the other, and each has its own result."""
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


def test_a_succeeded_setup_intent_has_no_form(bare: Page) -> None:
    """The payment element emits loaderror if its setup intent has already succeeded."""
    code = bare.evaluate(
        """async () => {
            await stripe.confirmCardSetup(secret, {payment_method: "pm_card_visa"});
            const payment = stripe.elements({clientSecret: secret}).create("payment");
            const code = new Promise(resolve => payment.on("loaderror", event => resolve(event.error.code)));
            payment.mount(place("here"));
            return code;
        }"""
    )

    assert "setup_intent_unexpected_state" == code


CHANGES: dict[str, Any] = {
    "empty": {"elementType": "card", "empty": True, "complete": False, "brand": "unknown"},
    "started": {"elementType": "card", "empty": False, "complete": False, "brand": "visa"},
    "whole": {"elementType": "card", "empty": False, "complete": True, "brand": "visa"},
}


@pytest.mark.parametrize("state", CHANGES)
def test_change_events(bare: Page, state: str) -> None:
    """A change event says whether the form is empty or complete, and the brand."""
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
        enter_card(bare)
    if state == "empty":
        bare.get_by_label("Card number").fill("4242")
        bare.evaluate("card.clear()")
    result = bare.evaluate("changed")

    assert CHANGES[state] == {name: result[name] for name in CHANGES[state]}


@pytest.mark.parametrize(
    "script",
    [
        "stripe.confirmCardSetup(secret, {payment_method_data: {type: 'card', card: {number: '4111 1111 1111 1111'}}})",
        "stripe.confirmCardSetup(secret, {payment_method: '4111111111111111'})",
    ],
    ids=["as details", "as an id"],
)
def test_a_real_number_in_a_call_is_not_sent(bare: Page, pages: Pages, script: str) -> None:
    """The page refuses a real card number in any argument, without a request."""
    answer = bare.evaluate(f"() => {script}")

    assert "test_mode_live_card" == answer["error"]["decline_code"]
    assert [] == posted(pages)


def test_a_payment_element_that_is_not_ready(bare: Page) -> None:
    """submit() returns an error before the element is ready, and succeeds when the form is filled in."""
    script = """async () => {
        window.elements = stripe.elements({clientSecret: secret});
        elements.create("payment").mount(place("payment"));
        return elements.submit();
    }"""

    assert "element_not_ready" == bare.evaluate(script)["error"]["code"]
    enter_card(bare)
    assert "card" == bare.evaluate("() => elements.submit()")["selectedPaymentMethod"]


def test_a_payment_element_after_a_network_error(bare: Page) -> None:
    """A new payment element loads the setup intent again."""
    script = """() => new Promise((resolve) => {
        window.elements = window.elements || stripe.elements({clientSecret: secret});
        const previous = elements.getElement("payment");
        if (previous) previous.destroy();
        const element = elements.create("payment");
        element.on("loaderror", () => resolve("loaderror"));
        element.on("ready", () => resolve("ready"));
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
def test_an_element_that_is_no_longer_on_the_page(bare: Page, how: str, call: str) -> None:
    """A call with such an element fails, as with Stripe.js."""
    bare.evaluate("() => { window.card = stripe.elements().create('card'); card.mount(place('card')) }")
    enter_card(bare)
    bare.evaluate(f"() => {GONE[how]}")

    assert "is not mounted on the page" in bare.evaluate(f"stripe.{call}.catch(error => error.message)")


def test_a_payment_element_whose_container_is_removed(bare: Page) -> None:
    """A call of confirmSetup fails, because the element is not mounted any more."""
    bare.evaluate(PAYMENT)
    enter_card(bare)
    bare.evaluate("() => document.getElementById('form').remove()")
    message = bare.evaluate("stripe.confirmSetup({elements, redirect: 'if_required'}).catch(error => error.message)")

    assert "needs elements with a mounted payment element" in message


def test_change_events_report_only_changes(bare: Page) -> None:
    """After the first one, no change event follows submit(), confirmSetup() or a character that changes nothing."""
    bare.evaluate(PAYMENT)
    bare.evaluate(
        "() => { window.events = []; payment.on('change', ({empty, complete}) => events.push([empty, complete])) }"
    )
    enter_card(bare)
    bare.evaluate("elements.submit()")
    bare.evaluate("stripe.confirmSetup({elements, redirect: 'if_required'})")

    assert [[True, False], [False, False], [False, True]] == bare.evaluate("events")


def test_a_handler_that_throws(bare: Page) -> None:
    """If a handler of the page throws, the other handlers are called and the confirmation continues."""
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
    enter_card(bare)
    status = bare.evaluate(
        "stripe.confirmSetup({elements, redirect: 'if_required'}).then(({setupIntent}) => setupIntent.status)"
    )

    assert ("succeeded", 3) == (status, bare.evaluate("called"))
    assert ["in handler"] * 3 == errors


def test_a_next_action_that_is_not_required(bare: Page) -> None:
    """If the setup intent requires no action, handleNextAction fails, so that a page cannot take it for a success."""
    message = bare.evaluate("stripe.handleNextAction({clientSecret: secret}).catch(error => error.message)")

    assert "needs a setup intent that requires an action; its status is requires_payment_method" in message


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [("authentication_passes", "succeeded"), ("authentication_fails", "setup_intent_authentication_failure")],
)
def test_a_next_action_that_the_scenario_completed(bare: Page, mock: Mock, scenario: str, expected: str) -> None:
    """If a backend confirms and the scenario completes the challenge, handleNextAction returns the result."""
    secret = created(mock, scenario)["setup_intent"]["stripe"]["client_secret"]
    confirm = f"/v1/setup_intents/{secret.partition('_secret_')[0]}/confirm"
    mock.browser({"authorization": "Bearer sk_test_1"}).post(confirm, json={"payment_method": "pm_card_visa"})
    found = bare.evaluate(
        "secret => stripe.handleNextAction({clientSecret: secret})"
        ".then(({setupIntent, error}) => setupIntent ? setupIntent.status : error.code)",
        secret,
    )

    assert expected == found


def test_the_error_of_a_failed_load_disappears(bare: Page) -> None:
    """The message is removed when the element is mounted again and loads."""
    bare.route("**/v1/setup_intents/**", lambda route: route.abort())
    bare.evaluate(PAYMENT)
    expect(bare.get_by_text("Could not reach the mock server")).to_be_visible()
    bare.unroute("**/v1/setup_intents/**")
    bare.evaluate("() => { payment.unmount(); payment.mount('#form') }")
    expect(bare.get_by_label("CVC")).to_be_visible()

    expect(bare.get_by_text("Could not reach the mock server")).to_have_count(0)


@pytest.mark.parametrize("part", ["cardNumber", "cardExpiry", "cardCvc"])
def test_any_part_stands_for_the_card(bare: Page, pages: Pages, part: str) -> None:
    """Any part of a split card may be passed; a real number is refused without a request."""
    bare.evaluate(SPLIT)
    make = f"stripe.createToken(elements.getElement('{part}'))"
    enter_card(bare, "4111111111111111")

    assert "test_mode_live_card" == bare.evaluate(f"{make}.then(({{error}}) => error.decline_code)")
    assert [] == posted(pages)
    enter_card(bare)
    assert "4242" == bare.evaluate(f"{make}.then(({{token}}) => token.card.last4)")


def test_a_part_without_its_number(bare: Page) -> None:
    """A code alone makes no card."""
    bare.evaluate("() => { window.code = stripe.elements().create('cardCvc'); code.mount(place('code')) }")

    assert "needs a cardNumber element in the same group" in bare.evaluate(
        "stripe.createToken(code).catch(error => error.message)"
    )


def test_the_payment_methods_can_change(bare: Page) -> None:
    """A group without a setup intent can change its payment methods; the typed number stays."""
    bare.evaluate(
        """() => {
            window.elements = stripe.elements({mode: "setup", currency: "eur", paymentMethodTypes: ["card"]});
            elements.create("payment").mount(place("form"));
        }"""
    )
    enter_card(bare)
    expect(bare.get_by_role("tab")).to_have_count(0)
    bare.evaluate("elements.update({paymentMethodTypes: ['card', 'sepa_debit']})")
    expect(bare.get_by_role("tab")).to_have_count(2)
    expect(bare.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    bare.get_by_text("SEPA Direct Debit", exact=True).click()
    expect(bare.get_by_label("IBAN")).to_be_visible()
    bare.evaluate("elements.update({paymentMethodTypes: ['card']})")
    expect(bare.get_by_label("Card number")).to_be_visible()


@pytest.mark.parametrize("option", ["readOnly", "disabled"])
def test_a_form_that_cannot_be_edited(bare: Page, option: str) -> None:
    """Neither the fields nor the selection of the payment method can be edited."""
    bare.evaluate(PAYMENT)
    expect(bare.get_by_label("CVC")).to_be_editable()
    bare.evaluate(f"payment.update({{{option}: true}})")

    expect(bare.get_by_label("CVC")).not_to_be_editable()
    for tab in bare.get_by_role("tab").all():
        expect(tab).to_be_disabled()
    bare.evaluate(f"payment.update({{{option}: false}})")
    expect(bare.get_by_label("CVC")).to_be_editable()


def test_one_ready_event_for_each_mount(bare: Page) -> None:
    """Two mounts in a row emit one ready event; a mount after the container was emptied shows the form again."""
    result = bare.evaluate(
        """async () => {
            const payment = stripe.elements({clientSecret: secret}).create("payment");
            const events = [], spot = place("form");
            const ready = new Promise(resolve => payment.on("ready", resolve));
            for (const type of ["loaderstart", "ready"]) payment.on(type, () => events.push(type));
            payment.mount(spot);
            payment.unmount();
            payment.mount(spot);
            await ready;
            await new Promise(resolve => setTimeout(resolve, 200));
            spot.innerHTML = "";
            payment.mount(spot);
            return events;
        }"""
    )

    assert ["loaderstart", "ready"] == result
    expect(bare.get_by_label("Card number")).to_be_visible()


def test_a_custom_placeholder(bare: Page) -> None:
    """The page can set the placeholder at the start and change it later."""
    bare.evaluate(
        """() => {
            window.number = stripe.elements().create("cardNumber", {placeholder: "Number"});
            number.mount(place("number"));
        }"""
    )
    expect(bare.get_by_placeholder("Number", exact=True)).to_be_visible()
    bare.evaluate("number.update({placeholder: 'Your card'})")

    expect(bare.get_by_placeholder("Your card")).to_be_visible()


def test_a_code_for_another_brand(bare: Page) -> None:
    """A code of four digits is valid only for American Express."""
    bare.evaluate("() => { window.card = stripe.elements().create('card'); card.mount(place('card')) }")
    enter_card(bare, "378282246310005")
    bare.get_by_label("CVC").fill("1234")
    bare.get_by_label("Card number").fill("4242424242424242")

    assert "incomplete_cvc" == bare.evaluate("stripe.createToken(card).then(({error}) => error.code)")


def test_an_invalid_return_url_is_refused_first(bare: Page) -> None:
    """A call of confirmSetup fails before it sends anything, so the setup intent does not change."""
    bare.evaluate(PAYMENT)
    enter_card(bare)
    script = "url => stripe.confirmSetup({elements, confirmParams: {return_url: url}}).catch(error => error.message)"
    for url in ("http://[bad", "javascript:alert(1)", "/done", ""):
        assert "return_url must be an absolute http or https URL" in bare.evaluate(script, url), url

    assert "requires_payment_method" == bare.evaluate(
        "stripe.retrieveSetupIntent(secret).then(({setupIntent}) => setupIntent.status)"
    )


def test_a_challenge_that_is_removed_from_the_page(bare: Page, mock: Mock) -> None:
    """A removed challenge has failed, and the next challenge appears."""
    other = created(mock)["setup_intent"]["stripe"]["client_secret"]
    confirm = "stripe.confirmCardSetup({}, {{payment_method: 'pm_card_authenticationRequired'}})"
    outcome = ".then(({setupIntent, error}) => setupIntent ? setupIntent.status : error.code)"
    bare.evaluate(f"() => {{ window.first = {confirm.format('secret')}{outcome} }}")
    expect(bare.get_by_role("dialog")).to_be_visible()
    bare.evaluate(
        f"other => {{ window.second = {confirm.format('other')}{outcome}; document.body.replaceChildren() }}", other
    )
    bare.get_by_role("button", name="Complete authentication").click()

    assert "setup_intent_authentication_failure" == bare.evaluate("first")
    assert "succeeded" == bare.evaluate("second")


def test_a_removed_payment_method_is_a_change(bare: Page) -> None:
    """If an update removes the selected payment method, a change event reports the new one."""
    bare.evaluate(
        """() => {
            window.events = [];
            const paymentMethodTypes = ["sepa_debit", "card"];
            window.elements = stripe.elements({mode: "setup", currency: "eur", paymentMethodTypes});
            const payment = elements.create("payment");
            payment.on("change", ({value, complete}) => events.push([value.type, complete]));
            payment.mount(place("form"));
        }"""
    )
    bare.get_by_label("IBAN").fill("DE89370400440532013000")
    bare.evaluate("elements.update({paymentMethodTypes: ['card']})")

    assert [["sepa_debit", False], ["sepa_debit", True], ["card", False]] == bare.evaluate("events")


def test_a_remount_while_it_loads(bare: Page) -> None:
    """An element that is mounted elsewhere while it loads emits one ready event."""
    held: list[Route] = []
    holds = [True]
    bare.route("**/v1/setup_intents/**", lambda route: held.append(route) if holds else route.continue_())
    with bare.expect_request("**/v1/setup_intents/**"):
        bare.evaluate(
            """() => {
                window.events = [];
                window.payment = stripe.elements({clientSecret: secret}).create("payment");
                payment.on("ready", () => events.push("ready"));
                payment.mount(place("one"));
            }"""
        )
    bare.evaluate("() => { payment.unmount(); payment.mount(place('two')) }")
    bare.wait_for_timeout(50)
    # On a slow machine, a request can come later than that.
    holds.clear()
    for route in held:
        route.continue_()
    expect(bare.get_by_label("Card number")).to_be_visible()
    bare.wait_for_timeout(100)

    assert ["ready"] == bare.evaluate("events")


def test_another_number_needs_another_code(bare: Page) -> None:
    """If the new number needs a longer code, the code emits a change event and is incomplete."""
    bare.evaluate(SPLIT)
    enter_card(bare)
    bare.get_by_label("CVC").blur()
    bare.evaluate(
        """async () => {
            // The element checks the code in a timer that the blur has started.
            await new Promise(resolve => setTimeout(resolve));
            window.events = [];
            elements.getElement("cardCvc").on("change", ({complete}) => events.push(complete));
        }"""
    )
    bare.get_by_label("Card number").fill("378282246310005")

    assert [False] == bare.evaluate("events")
    expect(bare.locator("#cardCvc")).not_to_have_class(re.compile("complete"))


def test_states_can_share_a_class(bare: Page) -> None:
    """A class stays as long as one of its states applies."""
    bare.evaluate(
        """() => {
            const classes = {base: "input", focus: "input input-focus", invalid: "input input-bad"};
            stripe.elements().create("card", {classes}).mount(place("card"));
        }"""
    )
    expect(bare.locator("#card")).to_have_class("input StripeElement--empty")
    bare.get_by_label("Card number").focus()
    expect(bare.locator("#card")).to_have_class("input input-focus StripeElement--empty")
