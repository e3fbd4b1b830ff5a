"""Element types: `create` throws for no documented type, because that would unmount a whole React app."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import barriers
from tests.support.browser import TYPES, Pages
from tests.support.needs import modules

CREATE = """async types => Object.fromEntries(await Promise.all(types.map(async type => {
    const options = type === "address" ? {mode: "billing"} : {};
    let element;
    try { element = stripe.elements({clientSecret: secret}).create(type, options) } catch (error) {
        return [type, error.name];
    }
    const told = Promise.race(["ready", "loaderror"].map(
        name => new Promise(resolve => element.on(name, event => resolve(event.error ? event.error.message : name)))
    ));
    element.mount(place(type));
    return [type, await told];
})))"""
REMOVED = {"affirmMessage", "afterpayClearpayMessage", "epsBank", "fpxBank", "idealBank", "p24Bank"}
WORKING = {"address", "card", "cardCvc", "cardExpiry", "cardNumber", "iban", "linkAuthentication", "payment"}
EMPTY = {"expressCheckout", "paymentRequestButton"}


def documented(major: str) -> set[str]:
    """Every type of element in the types of this major version."""
    text = Path(modules(major), TYPES, "elements-group.d.ts").read_text("utf-8")
    return set(re.findall(r"create\(\s*elementType: '(\w+)'", text))


@pytest.mark.parametrize(("train", "major"), [("v3", "older"), ("endive", "newest")])
def test_every_documented_element_tells_its_state(packaged: Callable[[str], Page], train: str, major: str) -> None:
    """Each element works, shows nothing as without a wallet, or says that it is not implemented."""
    page, types = packaged(train), documented(major)
    told = page.evaluate(CREATE, sorted(types))

    assert len(types) > 15
    assert {
        name: "ready" if name in WORKING | EMPTY else f"The element {name} is not implemented by the mock."
        for name in types
    } == told


@pytest.mark.parametrize(
    ("train", "types"),
    [
        pytest.param("endive", {*REMOVED, "paymentRequestButton"}, id="endive"),
        pytest.param("v3", {"noSuchElement"}, id="unknown"),
    ],
)
def test_an_element_that_a_train_does_not_have(packaged: Callable[[str], Page], train: str, types: set[str]) -> None:
    """`create` throws for an unknown type, and for one that the release train has removed."""
    assert dict.fromkeys(types, "IntegrationError") == packaged(train).evaluate(CREATE, sorted(types))


APP = """() => new Promise(resolve => {
    const h = createElement, told = {};
    const tell = name => event => {
        told[name] = event;
        if ("ready" in told && "change" in told) resolve(told);
    };
    createRoot(place("app")).render(h(Elements, {stripe, options: {mode: "setup", currency: "eur"}},
        h("h1", null, "Pay"),
        h(ExpressCheckoutElement, {onReady: tell("ready"), onConfirm() {}}),
        h(LinkAuthenticationElement, {onChange: tell("change")}),
    ));
})"""


def test_react_keeps_the_page(each_train: Page, pages: Pages) -> None:
    """Express Checkout shows no button, and Link Authentication is an email field; the rest of the app stays."""
    each_train.evaluate(f"() => {{ window.told = ({APP})() }}")
    each_train.get_by_label("Email").fill("jo@example.com")
    told = each_train.evaluate("told")

    assert {"elementType": "expressCheckout", "availablePaymentMethods": None} == told["ready"]
    assert "availablePaymentMethods" in each_train.evaluate("told.then(({ready}) => Object.keys(ready))")
    last = {"elementType": "linkAuthentication", "empty": False, "complete": True, "value": {"email": "jo@example.com"}}
    assert last == told["change"]
    expect(each_train.get_by_role("heading", name="Pay")).to_be_visible()
    assert [] == [text for text in pages.console if text.startswith("error")]


def test_the_email_is_sent(endive: Page, pages: Pages) -> None:
    """The email address of Link Authentication is part of the billing details, and defaultValues fills it in."""
    endive.evaluate(
        """async () => {
            window.elements = stripe.elements({clientSecret: secret});
            const defaultValues = {email: "jo@example.com"};
            elements.create("linkAuthentication", {defaultValues}).mount(place("email"));
            const payment = elements.create("payment");
            payment.mount(place("form"));
            await new Promise(resolve => payment.on("ready", resolve));
        }"""
    )
    endive.get_by_label("Email").fill("jo")
    wrong = endive.evaluate("elements.submit().then(({error}) => error.code)")
    endive.get_by_label("Email").fill("jo@example.com")
    endive.get_by_label("Card number").fill("4242424242424242")
    endive.get_by_label("Expiration date").fill("12/34")
    endive.get_by_label("CVC").fill("123")
    for label in ("ZIP code", "Postal code"):
        if endive.get_by_label(label).count():
            endive.get_by_label(label).fill("12345")
    outcome = endive.evaluate(
        """async () => {
            await elements.submit();
            const {setupIntent, error} = await stripe.confirmSetup({elements, redirect: "if_required"});
            return error ? error.message : setupIntent.status;
        }"""
    )
    body = next(request.post_data or "" for request in pages.requests if request.url.endswith("/confirm"))

    assert ("email_invalid", "succeeded") == (wrong, outcome)
    assert "%5Bbilling_details%5D%5Bemail%5D=jo%40example.com" in body


def test_elements_without_a_form_have_no_barriers(endive: Page) -> None:
    """The email field and the message of an element that is not implemented are accessible."""
    endive.evaluate(
        """async () => {
            document.documentElement.lang = "en";
            document.title = "Pay";
            document.body.innerHTML = "<main><h1>Pay</h1></main>";
            const elements = stripe.elements();
            for (const type of ["linkAuthentication", "taxId"]) {
                document.querySelector("main").append(place(type));
                elements.create(type).mount(`#${type}`);
            }
        }"""
    )
    expect(endive.get_by_label("Email")).to_be_visible()
    expect(endive.get_by_role("alert").filter(has_text="taxId is not implemented")).to_be_visible()

    assert [] == barriers(endive)


def test_a_payment_request_has_no_wallet(each_train: Page) -> None:
    """canMakePayment() resolves to null, so a page shows no button."""
    script = "() => stripe.paymentRequest({country: 'DE', currency: 'eur'}).canMakePayment()"

    assert each_train.evaluate(script) is None


REMOVED_METHODS = (
    *("createSource", "retrieveSource", "handleCardSetup", "confirmSetupIntent", "handleCardPayment"),
    *("confirmPaymentIntent", "initCheckout", "initEmbeddedCheckout"),
)


@pytest.mark.parametrize("train", ["v3", "dahlia", "endive"])
def test_methods_that_dahlia_removed(packaged: Callable[[str], Page], train: str) -> None:
    """They throw since dahlia; before, their promise is rejected as not implemented."""
    told = packaged(train).evaluate(
        """names => Promise.all(names.map(name => {
            try { return stripe[name]({}).catch(() => "rejected") } catch (error) { return error.name }
        }))""",
        REMOVED_METHODS,
    )

    assert ["rejected" if train == "v3" else "IntegrationError"] * len(REMOVED_METHODS) == told
