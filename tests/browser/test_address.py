"""The Address Element, and the country and ZIP of the Payment Element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import barriers
from tests.support.browser import enter_card

# Mounts an address element in a group of its own and waits for it.
ADDRESS = """async (options) => {
    document.body.replaceChildren();
    window.events = [];
    window.address = stripe.elements().create("address", {mode: "billing", ...options});
    const ready = new Promise((resolve, reject) => address.on("ready", resolve).on("loaderror", reject));
    address.on("change", (event) => events.push(event));
    address.mount(place("address"));
    await ready;
}"""
VISIBLE = """() => [...document.querySelector("#address > div").shadowRoot.querySelectorAll("label")]
    .filter((label) => label.checkVisibility()).map((label) => label.textContent)"""

COUNTRIES: dict[str, list[str]] = {
    "US": ["ZIP code", "City", "State"],
    "CA": ["Postal code", "City", "Province"],
    "GB": ["Postal code", "Town or city"],
    "IE": ["Eircode", "City", "County (optional)"],
    "IN": ["PIN code", "City", "State"],
    "JP": ["Postal code", "City", "Prefecture"],
    "DE": ["Postal code", "City"],
    "HK": ["City", "Area"],
    "SG": ["Postal code"],
    "AO": ["City"],
}


def test_the_country_decides_about_the_fields(each_train: Page) -> None:
    """Another country changes the labels, and shows only the fields that its addresses have."""
    each_train.evaluate(ADDRESS, {})
    seen = {}
    for country in COUNTRIES:
        each_train.get_by_label("Country or region").select_option(country)
        seen[country] = each_train.evaluate(VISIBLE)

    always = ["Full name", "Country or region", "Address line 1", "Address line 2 (optional)"]
    assert {country: always + labels for country, labels in COUNTRIES.items()} == seen


POSTAL_CODES = {
    "US": (["94110", "94110-1234"], ["9411", "SW1A 1AA", ""]),
    "CA": (["K1A 0B1", "k1a0b1"], ["12345", "K1A"]),
    "GB": (["SW1A 1AA", "m11ae"], ["12345", "SW1A"]),
    "DE": (["10115"], ["1011", "D-10115"]),
    "NL": (["1012 AB", "1012ab"], ["1012"]),
    "AT": (["1010"], ["10101"]),
    "BR": (["01310-100", "01310100"], ["01310"]),
    "JP": (["100-0001"], ["1000"]),
    "PL": (["00-950"], ["0095"]),
    "SE": (["114 55"], ["11"]),
    "IN": (["110001"], ["11000"]),
}


def test_postal_codes_have_the_format_of_the_country(endive: Page) -> None:
    """Postal codes with another format are errors."""
    endive.evaluate(ADDRESS, {})
    field, wrong = endive.locator("[name=postal_code]"), []
    for country, (valid, invalid) in POSTAL_CODES.items():
        endive.get_by_label("Country or region").select_option(country)
        for text in [*valid, *invalid]:
            field.fill(text)
            endive.evaluate("address.getValue()")
            if (field.get_attribute("aria-invalid") == "true") != (text in invalid):
                wrong.append((country, text))

    assert [] == wrong


REQUIRED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a country with postal codes": ({}, ["Full name", "Address line 1", "City", "Postal code"]),
    "a country without": (
        {"defaultValues": {"address": {"country": "AO"}}},
        ["Full name", "Address line 1", "City"],
    ),
    "with a phone": (
        {"fields": {"phone": "always"}},
        ["Full name", "Address line 1", "City", "Postal code", "Phone number"],
    ),
    "with a phone that is optional": (
        {"fields": {"phone": "always"}, "validation": {"phone": {"required": "never"}}},
        ["Full name", "Address line 1", "City", "Postal code"],
    ),
    "a first and a last name": (
        {"display": {"name": "split"}},
        ["First name", "Last name", "Address line 1", "City", "Postal code"],
    ),
    "an organization": (
        {"display": {"name": "organization"}},
        ["Organization", "Address line 1", "City", "Postal code"],
    ),
    "a country that is not allowed": (
        {"allowedCountries": ["DE"], "defaultValues": {"address": {"country": "US"}}},
        ["Full name", "Address line 1", "City", "Postal code"],
    ),
    "a shipping address": ({"mode": "shipping"}, ["Full name", "Address line 1", "City", "Postal code"]),
}


def test_required_fields(each_train: Page) -> None:
    """The country and the options of the page decide which fields are required."""
    wrong = []
    for name, (options, needed) in REQUIRED.items():
        each_train.evaluate(ADDRESS, {"defaultValues": {"address": {"country": "DE"}}, **options})
        for label in needed:
            if each_train.evaluate("address.getValue()")["complete"]:
                wrong.append((name, label))
            each_train.get_by_label(label).fill("10115")
        value = each_train.evaluate("address.getValue()")
        if not value["complete"] or value["value"]["address"]["country"] not in {"AO", "DE"}:
            wrong.append((name, value))

    assert [] == wrong


def test_get_value_shows_the_errors(endive: Page) -> None:
    """The method getValue() validates the form: https://docs.stripe.com/js/elements_object/get_value_address_element."""
    endive.evaluate(ADDRESS, {"defaultValues": {"address": {"country": "US"}}})
    assert not endive.evaluate("address.getValue()")["complete"]

    expect(endive.get_by_text("State is missing.")).to_be_visible()
    expect(endive.get_by_text("ZIP code is missing.")).to_be_visible()


def test_change_events_have_the_address(each_train: Page) -> None:
    """The default values emit no event; an edit emits one with the whole address, and the code of the state."""
    address = {"line1": "1 Main St", "line2": "Suite 2", "city": "San Francisco", "state": "California"}
    address |= {"postal_code": "94110", "country": "US"}
    defaults = {"name": "Jo", "phone": "+1 555", "address": address}
    each_train.evaluate(
        ADDRESS,
        {
            "mode": "shipping",
            "allowedCountries": ["US", "CA"],
            "defaultValues": defaults,
            "fields": {"phone": "always"},
        },
    )
    assert [] == each_train.evaluate("events")
    each_train.get_by_label("Full name").fill("Jane")

    assert [
        {
            "elementType": "address",
            "elementMode": "shipping",
            "empty": False,
            "complete": True,
            "isNewAddress": True,
            "value": {"name": "Jane", "phone": "+1 555", "address": {**address, "state": "CA"}},
        }
    ] == each_train.evaluate("events")
    assert ["Canada", "United States"] == each_train.get_by_label("Country or region").locator(
        "option"
    ).all_inner_texts()


def test_another_country_clears_the_state(endive: Page) -> None:
    """A state of the former country is not kept."""
    endive.evaluate(ADDRESS, {"defaultValues": {"address": {"country": "US", "state": "CA"}}})
    expect(endive.get_by_label("State")).to_have_value("CA")
    endive.get_by_label("Country or region").select_option("AU")

    assert "" == endive.evaluate("address.getValue()")["value"]["address"]["state"]


@pytest.mark.parametrize(("train", "state"), [("clover", "東京都"), ("dahlia", "Tokyo")])
def test_the_letters_of_a_state(packaged: Callable[[str], Page], train: str, state: str) -> None:
    """Since dahlia they are Latin; before, the browser's language decides. `format` chooses them."""
    page = packaged(train)
    page.evaluate("() => Object.defineProperty(navigator, 'language', {value: 'ja-JP'})")
    page.evaluate(ADDRESS, {"defaultValues": {"address": {"country": "JP"}}})
    page.get_by_label("Prefecture").select_option("Tokyo")

    state_of = "address.getValue(%s).then(({value}) => value.address.state)"
    assert state == page.evaluate("events.at(-1).value.address.state")
    assert [state, "東京都", "Tokyo"] == [
        page.evaluate(state_of % options) for options in ("", "{format: 'localized'}", "{format: 'latin'}")
    ]


def test_an_update_changes_the_fields(endive: Page) -> None:
    """An update of `fields` and `validation` shows and hides the phone number."""
    endive.evaluate(ADDRESS, {})
    expect(endive.get_by_label("Phone number")).to_be_hidden()
    endive.evaluate("() => { address.update({fields: {phone: 'always'}, validation: {phone: {required: 'never'}}}) }")

    expect(endive.get_by_label("Phone number (optional)")).to_be_visible()


@pytest.mark.parametrize("country", ["US", "JP", "AO"])
@pytest.mark.parametrize("width", [390, 1000])
def test_the_address_has_no_barriers(endive: Page, country: str, width: int) -> None:
    """The axe rules hold for the empty form and for its errors, and no field leaves the page."""
    endive.set_viewport_size({"width": width, "height": 900})
    endive.evaluate(ADDRESS, {"defaultValues": {"address": {"country": country}}, "fields": {"phone": "always"}})
    endive.evaluate(
        """() => {
            const main = document.createElement("main"), heading = document.createElement("h1");
            heading.textContent = "Address";
            main.append(heading, ...document.body.childNodes);
            document.body.append(main);
        }"""
    )
    assert [] == barriers(endive)
    endive.evaluate("address.getValue()")

    assert [] == barriers(endive)
    assert endive.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_component_of_react(each_train: Page) -> None:
    """The AddressElement of Stripe's package for React shows the form and passes its events on."""
    each_train.evaluate(
        """() => {
            const options = {mode: "shipping", defaultValues: {address: {country: "US"}}};
            const onChange = ({value}) => { window.changed = value };
            const address = createElement(AddressElement, {options, onChange});
            const group = createElement(Elements, {stripe, options: {mode: "setup"}}, address);
            createRoot(place("app")).render(group);
        }"""
    )
    each_train.get_by_label("State").select_option(label="Texas")

    assert ["US", "TX"] == each_train.evaluate("[changed.address.country, changed.address.state]")


PAYMENT = """async ([options, address]) => {
    document.body.replaceChildren();
    window.elements = stripe.elements({clientSecret: secret});
    window.payment = elements.create("payment", {layout: "tabs", ...options});
    const ready = new Promise((resolve, reject) => payment.on("ready", resolve).on("loaderror", reject));
    payment.mount(place("form"));
    await ready;
    if (address) elements.create("address", address).mount(place("address"));
}"""
COUNTRY = {"billingDetails": {"address": {"country": "US", "postal_code": "94110"}}}


@pytest.mark.parametrize(
    ("train", "countries"),
    [("v3", "CA GB PR US"), ("basil", "CA GB PR US"), ("clover", "US"), ("endive", "US")],
)
def test_countries_with_a_postal_code_at_a_card(packaged: Callable[[str], Page], train: str, countries: str) -> None:
    """The payment element asks for a country, and in few countries for a postal code; fewer since clover."""
    page = packaged(train)
    page.evaluate(PAYMENT, [{}, None])
    expect(page.get_by_label("Country")).to_have_value("GB")
    shown = []
    for country in ("CA", "DE", "FR", "GB", "PR", "US"):
        page.get_by_label("Country").select_option(country)
        if page.locator("[name=postalCode]").is_visible():
            shown.append(country)

    assert countries.split() == shown


# The options of the payment element and of an address element, and the visible fields.
ARRANGED: dict[str, tuple[Any, Any, list[str]]] = {
    "default values": ({"defaultValues": COUNTRY}, None, ["country", "postalCode"]),
    "no billing details": ({"defaultValues": COUNTRY, "fields": {"billingDetails": "never"}}, None, []),
    "no address": ({"defaultValues": COUNTRY, "fields": {"billingDetails": {"address": "never"}}}, None, []),
    "no country": (
        {"defaultValues": COUNTRY, "fields": {"billingDetails": {"address": {"country": "never"}}}},
        None,
        ["postalCode"],
    ),
    "no postal code": (
        {"defaultValues": COUNTRY, "fields": {"billingDetails": {"address": {"postalCode": "never"}}}},
        None,
        ["country"],
    ),
    "no optional address": (
        {"defaultValues": COUNTRY, "fields": {"billingDetails": {"address": "if_required"}}},
        None,
        [],
    ),
    "a billing address": ({"defaultValues": COUNTRY}, {"mode": "billing"}, []),
    "a shipping address": ({"defaultValues": COUNTRY}, {"mode": "shipping"}, ["country", "postalCode"]),
}


def test_who_asks_for_the_address_of_a_card(each_train: Page) -> None:
    """The options of the page, or an address element for the billing address, replace country and ZIP."""
    seen = {}
    for name, (options, address, _) in ARRANGED.items():
        each_train.evaluate(PAYMENT, [options, address])
        names = ("country", "postalCode")
        seen[name] = [each for each in names if each_train.locator(f"#form [name={each}]").is_visible()]

    assert {name: shown for name, (_, _, shown) in ARRANGED.items()} == seen


def test_country_and_zip_are_sent(endive: Page) -> None:
    """A ZIP with fewer than five digits is an error; the billing details have country and ZIP."""
    endive.evaluate(PAYMENT, [{"defaultValues": {"billingDetails": {"address": {"country": "US"}}}}, None])
    enter_card(endive)
    endive.locator("[name=postalCode]").fill("941")
    assert "incomplete_zip" == endive.evaluate("elements.submit().then(({error}) => error.code)")
    endive.locator("[name=postalCode]").fill("94110")
    with endive.expect_request("**/confirm") as request:
        endive.evaluate("stripe.confirmSetup({elements, redirect: 'if_required'})")

    sent = request.value.post_data or ""
    assert "billing_details%5D%5Baddress%5D%5Bcountry%5D=US" in sent
    assert "billing_details%5D%5Baddress%5D%5Bpostal_code%5D=94110" in sent


def test_a_form_for_cards_has_no_field_for_ibans(endive: Page) -> None:
    """If only cards are offered, there is no hidden field for an IBAN."""
    endive.evaluate(
        """async () => {
            const payment = stripe.elements({mode: "setup", allowedPaymentMethodTypes: ["card"]}).create("payment");
            const ready = new Promise((resolve) => payment.on("ready", resolve));
            payment.mount(place("form"));
            await ready;
        }"""
    )

    expect(endive.get_by_label("Card number")).to_be_visible()
    expect(endive.locator("[name=iban]")).to_have_count(0)
