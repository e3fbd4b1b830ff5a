"""Two address elements in one group, one for billing and one for shipping, through Stripe's own packages."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import barriers
from tests.support.browser import enter_card

MOUNT = """async () => {
    document.documentElement.lang = "en";
    document.title = "Pay";
    document.body.innerHTML = "<main><h1>Pay</h1></main>";
    const show = (type, options, id) => {
        document.querySelector("main").append(place(id));
        const element = elements.create(type, options);
        element.mount(`#${id}`);
        return new Promise((resolve) => element.on("ready", resolve));
    };
    const options = (mode, name, city) => {
        const address = {line1: "1 Main St", city, postal_code: "10115", country: "DE"};
        return {mode, defaultValues: {name, address}};
    };
    window.elements = stripe.elements({clientSecret: secret});
    await show("address", options("billing", "Jo", "Bonn"), "billing");
    await show("address", options("shipping", "Bo", "Kiel"), "shipping");
    await show("payment", {layout: "tabs"}, "form");
}"""
# The city of the address element that getElement() returns: without a mode, and for each mode.
FOUND = """async () => {
    const modes = [undefined, {mode: "billing"}, {mode: "shipping"}];
    const found = modes.map((options) => elements.getElement("address", options));
    return Promise.all(found.map(async (element) => element && (await element.getValue()).value.address.city));
}"""
CREATE = """(mode) => {
    try { elements.create("address", {mode}); return "created" } catch (error) { return error.message }
}"""


def test_one_address_of_each_mode(each_train: Page) -> None:
    """A group has one address element of each mode, and getElement() finds both."""
    each_train.evaluate(MOUNT)
    again = [each_train.evaluate(CREATE, mode) for mode in ("billing", "shipping")]
    found = [each_train.evaluate(FOUND)]
    each_train.evaluate("elements.getElement('address', {mode: 'billing'}).destroy()")
    found.append(each_train.evaluate(FOUND))

    assert [True, True] == ["already has an element address with mode" in message for message in again]
    assert [["Bonn", "Bonn", "Kiel"], ["Kiel", None, "Kiel"]] == found
    assert "created" == each_train.evaluate(CREATE, "billing")


def test_each_address_is_sent_in_its_place(endive: Page) -> None:
    """The billing address becomes that of the payment method, and the shipping address that of the token."""
    endive.evaluate(MOUNT)
    enter_card(endive.locator("#form"))
    token = endive.evaluate(
        """async () => {
            await elements.submit();
            const {error, confirmationToken} = await stripe.createConfirmationToken({elements});
            if (error) throw new Error(error.message);
            return confirmationToken;
        }"""
    )

    billing = token["payment_method_preview"]["billing_details"]
    assert ("Jo", "Bonn") == (billing["name"], billing["address"]["city"])
    assert ("Bo", "Kiel") == (token["shipping"]["name"], token["shipping"]["address"]["city"])


def test_both_addresses_are_validated(each_train: Page) -> None:
    """An empty field of either address is an error of submit()."""
    each_train.evaluate(MOUNT)
    enter_card(each_train.locator("#form"))
    line = each_train.locator("#shipping").get_by_label("Address line 1")
    line.fill("")

    assert "Address line 1 is missing." == each_train.evaluate("elements.submit().then(({error}) => error.message)")
    expect(line).to_be_focused()
    assert [] == barriers(each_train)
