"""Wrong use of the API, through Stripe's own packages: what Stripe.js refuses, the stand-in refuses too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Pages, enter_card

# Runs each call and returns its outcome: what it returned, or which error it threw or rejected with.
OUTCOMES = """async (calls) => {
    const outcomes = {};
    for (const call of calls) {
        try {
            await eval(`(async () => ${call})()`);
            outcomes[call] = "accepted";
        } catch (error) {
            outcomes[call] = `${error.name}: ${error.message}`;
        }
    }
    return outcomes;
}"""
PAYMENT = "{mode: 'payment', amount: 1099, currency: 'eur'}"

# Each call with a part of the error's message; None if the call is accepted.
GROUPS: dict[str, str | None] = {
    "stripe.elements({mode: 'setup'})": None,
    "stripe.elements({mode: 'setup', currency: 'eur'})": None,
    f"stripe.elements({PAYMENT})": None,
    "stripe.elements({mode: 'subscription', amount: 0, currency: 'eur'})": None,
    "stripe.elements({clientSecret: 'pi_1_secret_2'})": None,
    "stripe.elements({mode: 'donation'})": 'payment, setup, subscription, not "donation"',
    "stripe.elements({mode: null})": "payment, setup, subscription, not null",
    "stripe.elements({mode: 'payment', amount: 1099})": "mode 'payment' needs currency",
    "stripe.elements({mode: 'payment', currency: 'eur'})": "mode 'payment' needs amount",
    "stripe.elements({mode: 'subscription', currency: 'eur'})": "mode 'subscription' needs amount",
    "stripe.elements({mode: 'setup'}).update({mode: 'payment'})": "mode 'payment' needs amount",
    f"stripe.elements({PAYMENT}).update({{amount: 5}})": None,
    f"stripe.elements({PAYMENT}).update({{mode: 'donation'}})": 'not "donation"',
}
REMOVED = "use allowedPaymentMethodTypes"
SINCE_ENDIVE = {
    "stripe.elements({mode: 'setup', paymentMethodTypes: ['card']})": REMOVED,
    "stripe.elements({mode: 'setup'}).update({paymentMethodTypes: ['card']})": REMOVED,
    "stripe.elements({mode: 'setup', allowedPaymentMethodTypes: ['card']})": None,
}


def wrong(page: Page, calls: Mapping[str, str | None]) -> dict[str, str]:
    """The calls with another outcome than the expected one."""
    outcomes: dict[str, str] = page.evaluate(OUTCOMES, list(calls))
    return {call: outcome for call, outcome in outcomes.items() if not is_expected(outcome, calls[call])}


def is_expected(outcome: str, error: str | None) -> bool:
    if error is None:
        return outcome == "accepted"
    return outcome.startswith("IntegrationError: Mock of Stripe.js: ") and error in outcome


def test_options_of_a_group(each_train: Page) -> None:
    """elements() and update() refuse an unknown mode, and a payment without its amount or currency."""
    assert {} == wrong(each_train, GROUPS)


def test_payment_method_types_since_endive(endive: Page) -> None:
    """Stripe.js removed paymentMethodTypes in endive: https://docs.stripe.com/changelog."""
    assert {} == wrong(endive, SINCE_ENDIVE)


@pytest.mark.parametrize("train", ["v3", "dahlia"])
def test_payment_method_types_before_endive(packaged: Callable[[str], Page], train: str) -> None:
    """Earlier release trains accept paymentMethodTypes."""
    assert {} == wrong(packaged(train), dict.fromkeys(SINCE_ENDIVE))


def test_allowed_payment_methods_are_offered(endive: Page) -> None:
    """The option allowedPaymentMethodTypes decides which payment methods the form shows, also after an update."""
    endive.evaluate(
        """() => {
            window.elements = stripe.elements({mode: "setup", allowedPaymentMethodTypes: ["sepa_debit"]});
            elements.create("payment").mount(place("form"));
        }"""
    )
    expect(endive.get_by_label("IBAN")).to_be_visible()
    expect(endive.get_by_label("Card number")).not_to_be_visible()
    endive.evaluate("elements.update({allowedPaymentMethodTypes: ['card']})")

    expect(endive.get_by_label("Card number")).to_be_visible()


@pytest.mark.parametrize(
    ("train", "kind"), [("v3", "undefined"), ("clover", "undefined"), ("dahlia", "object"), ("endive", "object")]
)
def test_an_update_is_awaited_since_dahlia(packaged: Callable[[str], Page], train: str, kind: str) -> None:
    """The method elements.update() returns a promise since dahlia, and nothing before."""
    assert kind == packaged(train).evaluate("typeof stripe.elements({mode: 'setup'}).update({locale: 'de'})")


# Mounts a payment element with `options`, in a group with `group`, and waits for it.
MOUNT = """async ([group, options]) => {
    document.body.replaceChildren();
    window.elements = stripe.elements({...(group.mode ? {} : {clientSecret: secret}), ...group});
    const payment = elements.create("payment", options);
    const ready = new Promise((resolve, reject) => payment.on("ready", resolve).on("loaderror", reject));
    payment.mount(place("form"));
    await ready;
}"""
CONFIRM = "await stripe.confirmSetup({elements, clientSecret: secret, redirect: 'if_required', %s})"
WITH = "confirmParams: {payment_method_data: {billing_details: %s}}"
ADDRESS = "{line1: 'Main Street 1', city: 'Berlin', state: '', postal_code: '10115', country: 'DE'}"

# fields.billingDetails, the billing details that the page passes, and the member that the error names.
NEVER: dict[str, tuple[Any, str, str | None]] = {
    "nothing is passed": ("never", "undefined", "billing_details"),
    "the name is missing": ("never", "{email: 'jo@example.com'}", "billing_details.name"),
    "the address is missing": ("never", "{name: 'Jo', email: '', phone: ''}", "billing_details.address"),
    "the city is missing": (
        "never",
        "{name: 'Jo', email: '', phone: '', address: {line1: 'Main Street 1'}}",
        "billing_details.address.city",
    ),
    "everything is passed": ("never", f"{{name: 'Jo', email: '', phone: '', address: {ADDRESS}}}", None),
    "one member": ({"email": "never"}, "{name: 'Jo'}", "billing_details.email"),
    "one member is passed": ({"email": "never", "name": "auto"}, "{email: 'jo@example.com'}", None),
    "the country": ({"address": {"country": "never"}}, "{address: {}}", "billing_details.address.country"),
    "the country is passed": ({"address": {"country": "never"}}, "{address: {country: 'DE'}}", None),
    "the postal code": (
        {"address": {"postalCode": "never"}},
        "{address: {country: 'DE'}}",
        "billing_details.address.postal_code",
    ),
    "the whole address": ({"address": "never"}, "{name: 'Jo'}", "billing_details.address"),
}


def test_billing_details_that_are_never_collected(each_train: Page) -> None:
    """If the payment element does not collect a billing detail, the page must pass it when it confirms."""
    for name, (fields, details, member) in NEVER.items():
        each_train.evaluate(MOUNT, [{"mode": "setup"}, {"fields": {"billingDetails": fields}}])
        enter_card(each_train)
        each_train.evaluate("elements.submit()")
        passed = f"confirmParams.payment_method_data.{member}"
        error = member and f"fields.{member} is 'never', so pass the value as {passed}."
        assert {} == wrong(each_train, {CONFIRM % (WITH % details): error}), name


def test_payment_methods_of_elements(each_train: Page) -> None:
    """To use createPaymentMethod({elements}), a page needs paymentMethodCreation 'manual' and elements.submit()."""
    create = "stripe.createPaymentMethod({elements, params: %s})"
    submitted = f"elements.submit().then(() => {create})"
    never = {"fields": {"billingDetails": {"name": "never"}}}
    manual = {"mode": "setup", "currency": "eur", "paymentMethodCreation": "manual"}
    cases: list[tuple[Any, Any, str, str | None]] = [
        ({}, {}, create % "{}", "paymentMethodCreation: 'manual'"),
        ({"mode": "setup"}, {}, create % "{}", "paymentMethodCreation: 'manual'"),
        (manual, {}, create % "{}", "call elements.submit() and wait for it before createPaymentMethod()"),
        ({"paymentMethodCreation": "manual"}, {}, create % "{}", "call elements.submit()"),
        (manual, never, submitted % "{}", "pass the value as params.billing_details.name."),
        (manual, never, submitted % "{billing_details: {name: 'Jo'}}", None),
    ]
    for group, options, call, expected in cases:
        each_train.evaluate(MOUNT, [group, options])
        enter_card(each_train)
        assert {} == wrong(each_train, {call: expected})


def test_confirmations_that_are_refused(each_train: Page) -> None:
    """A confirmation names the method that fits the client secret, and what the mock does not implement."""
    confirm = "stripe.confirmPayment({%s, redirect: 'if_required'})"
    no_payments = "stripe.confirmPayment() is not implemented by the mock, which has no payment intents."
    cases: dict[str, str | None] = {
        confirm % "elements, clientSecret: secret": "for a setup intent, use confirmSetup()",
        confirm % "elements: stripe.elements({clientSecret: secret})": "for a setup intent, use confirmSetup()",
        confirm % "elements: stripe.elements({clientSecret: 'pi_1_secret_2'})": no_payments,
        confirm % "elements, clientSecret: 'pi_1_secret_2'": no_payments,
        "stripe.confirmSetup({elements, clientSecret: 'pi_1_secret_2'})": "for a payment intent, use confirmPayment()",
        "stripe.confirmCardSetup('pi_1_secret_2')": "confirmCardSetup() needs a setup intent's client secret",
        "stripe.confirmSetup({elements, clientSecret: secret, redirect: 'if_required'})": (
            "elements of mode 'payment': it is not documented what Stripe.js does"
        ),
    }
    each_train.evaluate(MOUNT, [{"mode": "payment", "amount": 1099, "currency": "eur"}, {}])
    enter_card(each_train)
    each_train.evaluate("elements.submit()")

    assert {} == wrong(each_train, cases)


def test_a_payment_intent_has_no_form(each_train: Page, pages: Pages) -> None:
    """The payment element emits loaderror, shows the reason, and sends no request."""
    message = each_train.evaluate(
        """async () => {
            const payment = stripe.elements({clientSecret: "pi_1_secret_2"}).create("payment");
            const failed = new Promise((resolve) => payment.on("loaderror", ({error}) => resolve(error.message)));
            payment.mount(place("form"));
            return failed;
        }"""
    )

    assert "Mock of Stripe.js: a payment intent is not implemented by the mock." == message
    expect(each_train.get_by_text(message)).to_be_visible()
    assert f"error: {message}" in pages.console
    assert [] == [request.url for request in pages.requests if "/v1/" in request.url]


def test_a_finished_setup_intent_is_reported(each_train: Page, pages: Pages) -> None:
    """It is not documented how Stripe.js refuses it, so the console says what the mock does."""
    each_train.evaluate(
        """async () => {
            await stripe.confirmCardSetup(secret, {payment_method: "pm_card_visa"});
            const payment = stripe.elements({clientSecret: secret}).create("payment");
            const failed = new Promise((resolve) => payment.on("loaderror", resolve));
            payment.mount(place("form"));
            await failed;
        }"""
    )

    assert 1 == len([text for text in pages.console if "not documented how Stripe.js refuses it" in text])
