"""createConfirmationToken: the page collects, a server confirms, and the page handles the next action."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open
from tests.support.browser import enter_card
from tests.support.mock import Mock
from tests.support.shop import SECRET_KEY

GROUPS = {"with the secret": "{clientSecret: secret}", "before the secret": "{mode: 'setup', currency: 'eur'}"}
CREATE = "stripe.createConfirmationToken({elements, params})"


def mounted(page: Page, options: str = "{clientSecret: secret}") -> None:
    page.evaluate(
        f"""async () => {{
            window.elements = stripe.elements({options});
            const payment = elements.create("payment");
            const ready = new Promise(resolve => payment.on("ready", resolve));
            payment.mount(place("form"));
            await ready;
        }}"""
    )


def created(page: Page, **params: Any) -> Any:
    """The result of the method, after the form was submitted."""
    return page.evaluate(f"async params => {{ await elements.submit(); return {CREATE} }}", params)


def confirmed(page: Page, mock: Mock, token: str) -> Any:
    """The reply that a server gets."""
    setup_intent = page.evaluate("secret").partition("_secret_")[0]
    reply = mock.browser({"authorization": f"Bearer {SECRET_KEY}"}).post(
        f"/v1/setup_intents/{setup_intent}/confirm", data={"confirmation_token": token}
    )
    assert 200 == reply.status_code, reply.text
    return reply.json()


@pytest.mark.parametrize("group", GROUPS)
def test_a_server_confirms(bare: Page, mock: Mock, group: str) -> None:
    """The page gets a token, and the server confirms the setup intent with it."""
    mounted(bare, GROUPS[group])
    enter_card(bare)
    token = created(bare, return_url="https://shop.example.com/")["confirmationToken"]

    assert ("confirmation_token", "https://shop.example.com/") == (token["object"], token["return_url"])
    assert "4242" == token["payment_method_preview"]["card"]["last4"]
    assert "succeeded" == confirmed(bare, mock, token["id"])["status"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("4242424242424242", "saved succeeded"),
        ("4000002500003155", "saved succeeded"),
        ("4000000000009995", "failed card_error card_declined insufficient_funds"),
    ],
)
def test_an_app_with_a_server(each_app: Open, mock: Mock, number: str, expected: str) -> None:
    """An app sends the token to its server, which confirms the setup intent; the app handles the next action."""

    def answer(route: Route) -> None:
        token, secret = (
            json.loads(route.request.post_data or "")["token"],
            parse_qs(urlsplit(page.url).query)["secret"][0],
        )
        reply = mock.browser({"authorization": f"Bearer {SECRET_KEY}"}).post(
            f"/v1/setup_intents/{secret.partition('_secret_')[0]}/confirm", data={"confirmation_token": token}
        )
        route.fulfill(status=200, body=reply.text)

    page = each_app(element="server")
    page.route("**/confirm", answer)
    enter_card(page, number)
    page.get_by_role("button", name="Save").click()
    if number == "4000002500003155":
        page.get_by_role("button", name="Complete authentication").click()

    expect(page.get_by_role("status")).to_have_text(expected)


@pytest.mark.parametrize(("button", "expected"), [("Complete", "succeeded"), ("Fail", "setup_intent_authentication_")])
def test_the_page_handles_the_next_action(bare: Page, mock: Mock, button: str, expected: str) -> None:
    """If the confirmation requires an action, handleNextAction shows the challenge."""
    mounted(bare)
    enter_card(bare, "4000002500003155")
    status = confirmed(bare, mock, created(bare)["confirmationToken"]["id"])["status"]
    bare.evaluate("() => { window.done = stripe.handleNextAction({clientSecret: secret}) }")
    bare.get_by_role("button", name=f"{button} authentication").click()
    result = bare.evaluate("done.then(({setupIntent, error}) => setupIntent ? setupIntent.status : error.code)")

    assert ("requires_action", True) == (status, result.startswith(expected))


def test_parameters_take_precedence(bare: Page) -> None:
    """Billing details and the shipping address of the page are used instead of what the elements collected."""
    mounted(bare)
    bare.evaluate(
        """() => elements.create("address", {
            mode: "shipping", defaultValues: {name: "Jo", address: {line1: "1 Main St", city: "Paris", country: "FR",
            postal_code: "75001"}}}).mount(place("address"))"""
    )
    enter_card(bare)
    own = created(bare)["confirmationToken"]
    other = created(
        bare,
        payment_method_data={"billing_details": {"name": "Ann"}},
        shipping={"name": "Bo", "address": {"line1": "2 Main St"}},
    )["confirmationToken"]

    assert ("Jo", "Paris") == (own["shipping"]["name"], own["shipping"]["address"]["city"])
    assert ("Bo", None) == (other["shipping"]["name"], other["shipping"]["address"]["city"])
    assert [None, "Ann"] == [each["payment_method_preview"]["billing_details"]["name"] for each in (own, other)]


def test_without_submit(bare: Page) -> None:
    """The page has to call elements.submit() first."""
    mounted(bare)
    enter_card(bare)
    message = bare.evaluate(f"{CREATE.replace('params', 'params: {}')}.catch(error => `${{error.name}} ${{error}}`)")

    assert message.startswith("IntegrationError")
    assert "elements.submit()" in message


def test_a_field_that_the_page_collects(bare: Page) -> None:
    """If the element does not ask for a billing detail, the page has to pass it."""
    mounted(bare)
    enter_card(bare)
    bare.evaluate("elements.getElement('payment').update({fields: {billingDetails: {email: 'never'}}})")
    given = created(bare, payment_method_data={"billing_details": {"email": "jo@example.com"}})["confirmationToken"]
    missing = bare.evaluate(f"{CREATE.replace('params', 'params: {}')}.catch(error => error.message)")

    assert "jo@example.com" == given["payment_method_preview"]["billing_details"]["email"]
    assert "params.payment_method_data.billing_details.email" in missing


@pytest.mark.parametrize(("number", "expected"), [("4242424242424242", "incomplete_cvc"), ("", "incomplete_number")])
def test_what_the_customer_forgets(bare: Page, number: str, expected: str) -> None:
    """What is missing after the form was submitted is an error, and is not thrown."""
    mounted(bare)
    enter_card(bare)
    bare.evaluate("elements.submit()")
    bare.get_by_label("CVC" if number else "Card number").fill("")

    assert expected == bare.evaluate(f"{CREATE.replace('params', 'params: {}')}.then(({{error}}) => error.code)")


@pytest.mark.parametrize(("train", "expected"), [("dahlia", "succeeded"), ("endive", "parameter_missing")])
def test_the_version_of_the_train(bare: Page, mock: Mock, train: str, expected: str) -> None:
    """The script of endive uses the API version that needs the whole address of a British account."""
    key, account = bare.evaluate(
        "[stripe._api._headers.Authorization.slice(7), stripe._api._headers['Stripe-Account']]"
    )
    bare.evaluate("() => { delete window.Stripe }")
    bare.add_script_tag(url=f"{mock.url}/{train}/stripe.js")
    script = """([key, stripeAccount]) => Stripe(key, {stripeAccount}).confirmSepaDebitSetup(secret, {payment_method: {
        sepa_debit: {iban: "GB82WEST12345698765432"},
        billing_details: {name: "Jo", email: "jo@example.com", address: {line1: "1 Main St", country: "GB"}},
    }}).then(({setupIntent, error}) => setupIntent ? setupIntent.status : error.code)"""

    assert expected == bare.evaluate(script, [key, account])
