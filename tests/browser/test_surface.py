"""The API of the stand-in: what Stripe's own packages and types expect of window.Stripe, and common mistakes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.browser import TYPES, Pages
from tests.support.mock import Mock
from tests.support.needs import modules

IMPLEMENTED = {
    "confirmCardSetup",
    "confirmSepaDebitSetup",
    "confirmSetup",
    "createConfirmationToken",
    "createPaymentMethod",
    "createToken",
    "elements",
    "handleNextAction",
    "paymentRequest",
    "registerAppInfo",
    "retrieveSetupIntent",
}


def documented(major: str) -> list[str]:
    """Every method of the Stripe object in the types of this major version."""
    text = Path(modules(major), TYPES, "stripe.d.ts").read_text("utf-8")
    body = text[text.index("export interface Stripe {") :].partition("\n}\n")[0]
    return sorted(set(re.findall(r"^  (\w+)\??\(", body, re.MULTILINE)))


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/v3", 3),
        ("/v3/", 3),
        ("/v3/stripe.js", 3),
        ("/acacia/stripe.js", "acacia"),
        ("/basil/stripe.js", "basil"),
        ("/clover/stripe.js", "clover"),
        ("/dahlia/stripe.js", "dahlia"),
        ("/endive/stripe.js", "endive"),
        ("/stripe.js", "endive"),
    ],
)
def test_the_path_decides_the_version(pages: Pages, mock: Mock, empty: str, path: str, version: object) -> None:
    """Each major version of @stripe/stripe-js gets the release train that it expects."""
    page = pages.open(empty)
    page.add_script_tag(url=mock.url + path)

    assert version == page.evaluate("Stripe.version")


@pytest.mark.parametrize("major", ["older", "newest"])
def test_no_documented_method_is_missing(bare: Page, major: str) -> None:
    """The stand-in has a function for each method in the types."""
    methods = documented(major)

    assert len(methods) > 60
    assert [] == bare.evaluate("names => names.filter(name => typeof stripe[name] !== 'function')", methods)


@pytest.mark.parametrize("major", ["older", "newest"])
def test_methods_that_are_not_implemented(bare: Page, major: str) -> None:
    """A method that the mock does not implement always rejects or throws, and its error says so."""
    # The error of confirmPayment depends on the client secret.
    methods = [name for name in documented(major) if name not in IMPLEMENTED | {"confirmPayment"}]
    results = bare.evaluate(
        """names => Promise.all(names.map(async name => {
            try { return [name, await stripe[name]({})]; } catch (error) { return [name, error.message]; }
        }))""",
        methods,
    )

    assert [
        [name, f"Mock of Stripe.js: stripe.{name}() is not implemented by the mock."] for name in methods
    ] == results


def test_no_object_is_a_promise(bare: Page) -> None:
    """No object has a `then`, because `await` would wait for it forever."""
    objects = "[Stripe, stripe, stripe.elements(), stripe.elements().create('card')]"

    assert [False] * 4 == bare.evaluate(f"{objects}.map(each => 'then' in each)")


def test_keys_that_are_refused(bare: Page) -> None:
    """Stripe() accepts only a publishable test key: no live key, no secret key, and not null."""
    script = "key => { try { Stripe(key); return null } catch (error) { return error.name } }"

    assert ["IntegrationError"] * 3 == [bare.evaluate(script, key) for key in ("pk_live_123", "sk_test_123", None)]


MALFORMED_SECRETS = {
    "one underscore too many": "seti_1_secret_2_3",
    "one underscore too many before": "seti_a_b_secret_c",
    "of a payment intent, with one underscore too many": "pi_1_secret_2_3",
    "the value of other mocks": "string",
    "empty": "",
    "null": None,
}


def test_a_malformed_secret_is_logged_and_thrown(bare: Page, pages: Pages) -> None:
    """React's wrapper swallows the error that is thrown here, so the console gets it first."""
    script = (
        "clientSecret => { try { stripe.elements({clientSecret}); return null } catch (error) { return error.name } }"
    )
    thrown = {name: bare.evaluate(script, secret) for name, secret in MALFORMED_SECRETS.items()}

    assert dict.fromkeys(MALFORMED_SECRETS, "IntegrationError") == thrown
    assert [True] * len(MALFORMED_SECRETS) == [
        text.startswith("error: Mock of Stripe.js: elements() needs") for text in pages.console
    ]


def test_ready_comes_after_mount_has_returned(bare: Page) -> None:
    """A listener that is added after mount() misses no ready event."""
    seen = bare.evaluate(
        """async () => {
            const elements = stripe.elements({clientSecret: secret}), seen = [];
            const payment = elements.create("payment");
            payment.on("ready", () => seen.push("early listener"));
            payment.mount(place("here"));
            seen.push("mounted");
            await new Promise(resolve => payment.on("ready", resolve));
            return seen;
        }"""
    )

    assert ["mounted", "early listener"] == seen


def test_one_element_of_each_type(bare: Page) -> None:
    """A second element of the same type throws, until the first one is destroyed."""
    results = bare.evaluate(
        """() => {
            const elements = stripe.elements({clientSecret: secret}), first = elements.create("payment");
            const again = () => {
                try { return elements.create("payment") !== first } catch (error) { return error.name }
            };
            const seen = [again()];
            first.destroy();
            return [...seen, elements.getElement("payment"), again()];
        }"""
    )

    assert ["IntegrationError", None, True] == results


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param("elements.create('payment')", "needs elements with a mounted payment element", id="not mounted"),
        pytest.param(
            "elements.create('payment').mount(place('here'))", "call elements.submit() and wait for it", id="no submit"
        ),
    ],
)
def test_what_confirm_needs(bare: Page, script: str, expected: str) -> None:
    """A call of confirmSetup needs a mounted form, and submit() first if the group has no client secret."""
    message = bare.evaluate(
        f"""async () => {{
            const elements = stripe.elements({{mode: "setup", currency: "eur"}});
            {script};
            const options = {{elements, clientSecret: secret, redirect: "if_required"}};
            return stripe.confirmSetup(options).catch(error => error.message);
        }}"""
    )

    assert expected in message


INCOMPLETE_CALLS = {
    "confirmSetup()": "confirmSetup() needs a setup intent's client secret",
    "confirmSetup({clientSecret: secret, confirmParams: null})": "return_url must be an absolute http or https URL",
    "confirmCardSetup()": "confirmCardSetup() needs a setup intent's client secret",
    "confirmSepaDebitSetup(null, null)": "confirmSepaDebitSetup() needs a setup intent's client secret",
    "confirmCardSetup(secret, {payment_method: {card: null}})": "an element for card is required",
    "handleNextAction()": "retrieveSetupIntent() needs a setup intent's client secret",
    "createPaymentMethod()": "not implemented by the mock",
    "createPaymentMethod({type: 'card'})": "an element for card is required",
    "createPaymentMethod({type: 'card', card: null})": "an element for card is required",
    "createToken(null)": "not implemented by the mock",
    "elements(null).create('payment')": "a payment element needs elements({clientSecret})",
}


def test_missing_arguments_are_named(bare: Page) -> None:
    """If an argument is missing or null, the error names what the call needs."""
    script = "async () => { try { return await stripe.%s } catch (error) { return error.message } }"
    errors = {call: bare.evaluate(script % call) for call in INCOMPLETE_CALLS}

    assert {} == {
        call: error
        for call, error in errors.items()
        if not error.startswith("Mock of Stripe.js: ") or INCOMPLETE_CALLS[call] not in error
    }


def test_a_confirmation_without_a_payment_method(bare: Page) -> None:
    """The Stripe API of the mock refuses it."""
    script = "() => stripe.confirmCardSetup(secret, %s).then(({error}) => error.code)"
    arguments = ("undefined", "null", "{}", "{payment_method: null}")

    assert ["setup_intent_unexpected_state"] * 4 == [bare.evaluate(script % argument) for argument in arguments]


def test_a_return_url_is_required(bare: Page) -> None:
    """Unless redirect is "if_required", confirmSetup needs a return_url, which must be a web address."""
    script = """async url => {
        const elements = stripe.elements({clientSecret: secret});
        return stripe.confirmSetup({elements, confirmParams: {return_url: url}}).catch(error => error.message);
    }"""

    assert [True] * 2 == ["return_url must be" in bare.evaluate(script, url) for url in (None, "javascript:alert(1)")]
