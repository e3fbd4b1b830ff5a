"""Options of groups and elements, through Stripe's own packages: what they change, and which have no effect."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_layout import MOUNT
from tests.support.browser import TYPES, Pages
from tests.support.needs import modules

SEVERAL = {"mode": "setup", "currency": "eur", "allowedPaymentMethodTypes": ["card", "sepa_debit"]}
NO_EFFECT = "the option {} has no effect in the mock."
UNKNOWN = (
    "Unrecognized {} parameter: {} is not a recognized parameter. "
    "This may cause issues with your integration in the future."
)

# Each call with the warnings that it prints.
WARNINGS: dict[str, list[str]] = {
    "stripe.elements({locale: 'en-GB', loader: 'auto', appearance: {theme: 'night', labels: 'above'}})": [],
    "stripe.elements({mode: 'setup', fonts: [{cssSrc: '/fonts.css'}], loader: 'always', locale: 'de'})": [
        *(NO_EFFECT.format(name) for name in ("fonts", "loader", "locale"))
    ],
    "stripe.elements({mode: 'setup', colour: 'red'})": [UNKNOWN.format("elements()", "colour")],
    "stripe.elements({mode: 'setup'}).update({onBehalfOf: 'acct_1'})": [NO_EFFECT.format("onBehalfOf")],
    "create('card', {hidePostalCode: true, style: {}, hideIcon: false})": [],
    "create('card', {hideIcon: true, appearance: {}})": [
        NO_EFFECT.format("hideIcon"),
        UNKNOWN.format("create()", "appearance"),
    ],
    "create('cardNumber', {showIcon: true, placeholder: 'Number'})": [NO_EFFECT.format("showIcon")],
    "create('iban', {supportedCountries: ['SEPA'], placeholderCountry: 'DE'})": [
        NO_EFFECT.format("placeholderCountry")
    ],
    "create('address', {mode: 'billing', fields: {phone: 'always'}, blockPoBox: true, contacts: [{}]})": [
        NO_EFFECT.format("blockPoBox"),
        NO_EFFECT.format("contacts"),
    ],
    "create('address', {mode: 'billing', autocomplete: {mode: 'disabled'}})": [NO_EFFECT.format("autocomplete")],
    "create('payment', {layout: 'tabs', paymentMethodOrder: ['card'], business: {name: 'Acme'}})": [],
    "create('payment', {defaultValues: {billingDetails: {address: {country: 'US', postal_code: '94110'}}}})": [],
    "create('payment', {defaultValues: {billingDetails: {name: 'Jo', address: {line1: '1 Main St'}}}})": [
        NO_EFFECT.format("defaultValues.billingDetails.name"),
        NO_EFFECT.format("defaultValues.billingDetails.address.line1"),
    ],
    "create('payment', {defaultValues: {card: {network: ['visa']}}})": [NO_EFFECT.format("defaultValues.card.network")],
    "create('payment', {terms: {card: 'never'}, wallets: {link: 'never'}})": [
        NO_EFFECT.format("wallets"),
        NO_EFFECT.format("terms.card"),
    ],
    "create('payment', {layout: {type: 'tabs', paymentMethodLogoPosition: 'end'}})": [
        NO_EFFECT.format("layout.paymentMethodLogoPosition")
    ],
    "create('payment', {layout: {type: 'grid', rows: 2}})": [
        NO_EFFECT.format('layout.type: "grid"'),
        UNKNOWN.format("create()", "layout.rows"),
    ],
    "appear({theme: 'none', variables: {colorPrimary: 'red', tabSpacing: '1px'}, rules: {'.Tab': {color: 'red'}}})": [],
    "appear({variables: {own: '1px', gridRowSpacing: 'var(--own)'}})": [],
    "appear({theme: 'minimal', inputs: 'condensed', labels: 'floating', disableAnimations: true})": [
        NO_EFFECT.format(f"appearance.{name}") for name in ('theme: "minimal"', "labels", "inputs", "disableAnimations")
    ],
    "appear({variables: {logoColor: 'dark'}, palette: {}})": [
        UNKNOWN.format("elements()", "appearance.palette"),
        NO_EFFECT.format("appearance.variables.logoColor"),
    ],
}
CALL = """async (call) => {
    const ready = (element) => new Promise((resolve) => element.on("ready", () => resolve(element.destroy())));
    const show = (elements, type, options) => {
        const element = elements.create(type, options);
        element.mount(place(type));
        return ready(element);
    };
    const create = (type, options) => show(stripe.elements({clientSecret: secret}), type, options);
    const appear = (appearance) => show(stripe.elements({clientSecret: secret, appearance}), "payment", {});
    await eval(call);
}"""


def test_options_without_effect(each_train: Page, pages: Pages) -> None:
    """The console names each known option without effect, and each unknown option, once."""
    printed = {}
    for call in WARNINGS:
        before = len(pages.console)
        for _ in range(2):
            each_train.evaluate(CALL, call)
        printed[call] = [text.removeprefix("warning: Mock of Stripe.js: ") for text in pages.console[before:]]

    assert WARNINGS == printed


INTERFACES = {
    "payment": ("elements/payment.d.ts", r"StripePaymentElementOptions"),
    "card": ("elements/card.d.ts", r"StripeCardElementOptions"),
    "cardNumber": ("elements/card-number.d.ts", r"StripeCardNumberElementOptions"),
    "cardExpiry": ("elements/card-expiry.d.ts", r"StripeCardExpiryElementOptions"),
    "cardCvc": ("elements/card-cvc.d.ts", r"StripeCardCvcElementOptions"),
    "iban": ("elements/iban.d.ts", r"StripeIbanElementOptions"),
    "address": ("elements/address.d.ts", r"StripeAddressElementOptions"),
    "linkAuthentication": ("elements/link-authentication.d.ts", r"StripeLinkAuthenticationElementOptions"),
    "elements": ("elements-group.d.ts", r"(?:Base)?StripeElementsOptions\w*|StripeElementsUpdateOptions"),
}


def documented(major: str, element: str) -> set[str]:
    """The options of an element, or of a group, in the types of this major version."""
    file, name = INTERFACES[element]
    text = Path(modules(major), TYPES, file).read_text("utf-8")
    bodies = re.findall(rf"(?:interface|type) {name}\b[^;{{]*{{\n(.*?)^}}", text, re.DOTALL | re.MULTILINE)
    return set(re.findall(r"^  (\w+)\??:", "\n".join(bodies), re.MULTILINE))


@pytest.mark.parametrize("major", ["older", "newest"])
def test_every_documented_option_is_known(endive: Page, pages: Pages, major: str) -> None:
    """The console calls no option unrecognized that is in the types."""
    options = {element: sorted(documented(major, element)) for element in INTERFACES}
    endive.evaluate(
        """(options) => {
            for (const [type, names] of Object.entries(options)) {
                const values = Object.fromEntries(names.map((name) => [name, ""]));
                const group = {...values, mode: "setup", clientSecret: undefined, appearance: {}};
                for (const name of ["paymentMethodTypes", "payment_method_types"]) delete group[name];
                const elements = stripe.elements(type === "elements" ? group : {mode: "setup"});
                if (type !== "elements") elements.create(type, {...values, mode: "billing"});
            }
        }""",
        options,
    )

    assert [] == [element for element, names in options.items() if not names]
    # These tests pass a mode to all elements.
    recognized = [text for text in pages.console if "Unrecognized" in text and "parameter: mode" not in text]
    assert [] == recognized


def test_a_read_only_form(each_train: Page) -> None:
    """Nothing can be changed. Accordion items can be opened, tabs cannot, as in Stripe.js."""
    country = {"billingDetails": {"address": {"country": "US", "postal_code": "94110"}}}
    for layout, role in (("tabs", "tab"), ("accordion", "button")):
        options = {"readOnly": True, "defaultValues": country, "layout": {"type": layout, "defaultCollapsed": False}}
        each_train.evaluate(MOUNT, [options, None])
        for label in ("Card number", "Country", "ZIP"):
            expect(each_train.get_by_label(label, exact=True)).not_to_be_editable()
        expect(each_train.get_by_label("ZIP")).to_have_value("94110")
        other = each_train.get_by_role(role, name="SEPA Direct Debit")  # type: ignore[arg-type] # one of two roles
        expect(other).to_be_enabled(enabled=layout == "accordion")


def test_other_default_values(each_train: Page) -> None:
    """An update fills in the new default values, but replaces nothing that the customer has entered."""
    update = """([country, postal_code]) => {
        payment.update({defaultValues: {billingDetails: {address: {country, postal_code}}}});
    }"""
    each_train.evaluate(MOUNT, [{"layout": "tabs"}, None])
    country, code = each_train.get_by_label("Country"), each_train.get_by_label("ZIP")
    each_train.evaluate(update, ["US", "94110"])
    expect(country).to_have_value("US")
    expect(code).to_have_value("94110")
    code.fill("10001")
    each_train.evaluate(update, ["US", "60601"])
    expect(code).to_have_value("10001")
    country.select_option("FR")
    each_train.evaluate(update, ["DE", ""])

    expect(country).to_have_value("FR")


def test_the_name_of_the_business(each_train: Page) -> None:
    """The terms of a bank account name the business; terms.sepaDebit hides them."""
    each_train.evaluate(MOUNT, [{"layout": "tabs", "business": {"name": "Acme"}}, None])
    each_train.get_by_role("tab", name="SEPA Direct Debit").click()
    terms = each_train.get_by_text("This is a mock: you grant")
    expect(terms).to_have_text("This is a mock: you grant Acme no mandate, and nothing is debited.")
    each_train.evaluate("payment.update({business: {name: 'Wile'}})")
    expect(terms).to_contain_text("you grant Wile no mandate")
    each_train.evaluate("payment.update({terms: {sepaDebit: 'never'}})")

    expect(terms).to_be_hidden()


def test_available_payment_methods_are_told(each_train: Page) -> None:
    """The payment element tells its methods when it is first shown."""
    told = each_train.evaluate(
        """async () => {
            const payment = stripe.elements({clientSecret: secret}).create("payment");
            payment.mount(place("form"));
            return new Promise(resolve => payment.once("availablepaymentmethodschange", resolve));
        }"""
    )

    methods = {"card": {"available": True}, "sepaDebit": {"available": True}}
    assert {"elementType": "payment", "paymentMethods": methods} == told


def test_other_payment_methods_are_told(endive: Page) -> None:
    """An update of the group that changes the payment methods tells the new ones; any other update tells nothing."""
    endive.evaluate(MOUNT, [{}, SEVERAL])
    told = endive.evaluate(
        """async () => {
            const told = [];
            payment.on("availablepaymentmethodschange", ({paymentMethods}) => told.push(Object.keys(paymentMethods)));
            await elements.update({appearance: {theme: "flat"}});
            for (const allowedPaymentMethodTypes of [["card"], ["card"], ["sepa_debit"], ["card", "sepa_debit"]])
                await elements.update({allowedPaymentMethodTypes});
            return told;
        }"""
    )

    assert [["card"], ["sepaDebit"], ["card", "sepaDebit"]] == told


APPEARANCE = {
    "variables": {"colorPrimary": "rgb(1, 2, 3)", "colorBackground": "rgb(4, 5, 6)", "spacingUnit": "7px"},
    "rules": {
        ".Tab--selected": {"borderTopColor": "rgb(8, 8, 8)"},
        ".AccordionItem": {"borderTopColor": "rgb(9, 9, 9)"},
    },
}


def test_the_appearance_of_tabs_and_items(each_train: Page) -> None:
    """Variables and rules of the appearance apply to tabs and accordion items, also after an update."""
    each_train.evaluate(MOUNT, [{"layout": "tabs"}, None])
    each_train.evaluate("(appearance) => { elements.update({appearance}) }", APPEARANCE)
    tab = each_train.get_by_role("tab", name="Card")
    for css, value in {
        "color": "rgb(1, 2, 3)",
        "background-color": "rgb(4, 5, 6)",
        "padding-left": "21px",
        "border-top-color": "rgb(8, 8, 8)",
    }.items():
        expect(tab).to_have_css(css, value)
    each_train.evaluate("payment.update({layout: {type: 'accordion', defaultCollapsed: false}})")
    item = each_train.locator(".AccordionItem").first

    expect(item).to_have_css("background-color", "rgb(4, 5, 6)")
    expect(item).to_have_css("border-top-color", "rgb(9, 9, 9)")
    expect(each_train.get_by_role("button", name="Card", exact=True)).to_have_css("color", "rgb(1, 2, 3)")


def test_card_elements_have_no_appearance(each_train: Page) -> None:
    """The appearance applies to no card element: https://docs.stripe.com/elements/appearance-api."""
    each_train.evaluate(
        """() => {
            const elements = stripe.elements({appearance: {variables: {colorText: "rgb(1, 2, 3)"}}});
            elements.create("card", {style: {base: {letterSpacing: "3px"}}}).mount(place("card"));
        }"""
    )
    number = each_train.get_by_label("Card number")

    expect(number).to_have_css("letter-spacing", "3px")
    expect(number).not_to_have_css("color", "rgb(1, 2, 3)")
