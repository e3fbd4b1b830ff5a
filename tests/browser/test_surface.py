"""The stand-in as code finds it: what Stripe's own packages and types expect of window.Stripe, and its traps."""

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
    "createPaymentMethod",
    "createToken",
    "elements",
    "handleNextAction",
    "registerAppInfo",
    "retrieveSetupIntent",
}


def documented(major: str) -> list[str]:
    """Every method that the types of this major give the Stripe object."""
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
    ],
)
def test_the_version_is_the_paths(pages: Pages, mock: Mock, empty: str, path: str, version: object) -> None:
    """Each major of @stripe/stripe-js finds the release train that it expects, as soon as the script has run."""
    page = pages.open(empty)
    page.add_script_tag(url=mock.url + path)

    assert version == page.evaluate("Stripe.version")


@pytest.mark.parametrize("major", ["older", "newest"])
def test_no_documented_method_is_missing(bare: Page, major: str) -> None:
    """Each method of the types is a function."""
    methods = documented(major)

    assert len(methods) > 60
    assert [] == bare.evaluate("names => names.filter(name => typeof stripe[name] !== 'function')", methods)


@pytest.mark.parametrize("major", ["older", "newest"])
def test_what_is_not_implemented_says_so(bare: Page, major: str) -> None:
    """It is rejected or, where the real one gives no promise, thrown; it is never a success."""
    methods = [name for name in documented(major) if name not in IMPLEMENTED]
    told = bare.evaluate(
        """names => Promise.all(names.map(async name => {
            try { return [name, await stripe[name]({})]; } catch (error) { return [name, error.message]; }
        }))""",
        methods,
    )

    assert [[name, f"Mock of Stripe.js: stripe.{name}() is not implemented by the mock."] for name in methods] == told


def test_nothing_can_be_taken_for_a_promise(bare: Page) -> None:
    """What has a `then` is waited for by await, for ever."""
    given = "[Stripe, stripe, stripe.elements(), stripe.elements().create('card')]"

    assert [False] * 4 == bare.evaluate(f"{given}.map(each => 'then' in each)")


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("pk_live_123", id="for real payments"),
        pytest.param("sk_test_123", id="secret"),
        pytest.param(None, id="none"),
    ],
)
def test_keys_that_are_refused(bare: Page, key: str | None) -> None:
    """Only a publishable test key is taken."""
    said = bare.evaluate("key => { try { Stripe(key); return null } catch (error) { return error.name } }", key)

    assert "IntegrationError" == said


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("seti_1_secret_2_3", id="one underscore too many"),
        pytest.param("seti_a_b_secret_c", id="one underscore too many before"),
        pytest.param("pi_1_secret_2", id="a payment intent's"),
        pytest.param("string", id="what other mocks answer"),
        pytest.param("", id="empty"),
        pytest.param(None, id="null"),
    ],
)
def test_a_malformed_secret_is_told_on_the_console_and_thrown(bare: Page, pages: Pages, secret: str | None) -> None:
    """React's wrapper swallows what is thrown here, so the console is told first."""
    script = (
        "clientSecret => { try { stripe.elements({clientSecret}); return null } catch (error) { return error.name } }"
    )

    assert "IntegrationError" == bare.evaluate(script, secret)
    assert [True] == [text.startswith("error: Mock of Stripe.js: elements() needs") for text in pages.told]


def test_ready_comes_after_mount_has_returned(bare: Page) -> None:
    """Who listens after mounting has missed nothing."""
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


def test_one_element_of_a_kind_until_it_is_destroyed(bare: Page) -> None:
    """A second one is a mistake; destroying the first makes room."""
    told = bare.evaluate(
        """() => {
            const elements = stripe.elements({clientSecret: secret}), first = elements.create("payment");
            const again = () => { try { return elements.create("payment") !== first } catch (error) { return error.name } };
            const seen = [again()];
            first.destroy();
            return [...seen, elements.getElement("payment"), again()];
        }"""
    )

    assert ["IntegrationError", None, True] == told


def test_an_element_that_the_mock_lacks(bare: Page) -> None:
    """It cannot be made, and says why."""
    script = "() => { try { stripe.elements().create('linkAuthentication') } catch (error) { return error.message } }"

    assert "not implemented by the mock" in bare.evaluate(script)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param("elements.create('payment')", "needs elements with a mounted payment element", id="not mounted"),
        pytest.param(
            "elements.create('payment').mount(place('here'))", "call elements.submit() and wait for it", id="no submit"
        ),
    ],
)
def test_what_has_to_come_before_confirm(bare: Page, script: str, expected: str) -> None:
    """A group without a client secret of its own wants submit() first; every group wants a form on the page."""
    said = bare.evaluate(
        f"""async () => {{
            const elements = stripe.elements({{mode: "setup", currency: "eur"}});
            {script};
            return stripe.confirmSetup({{elements, clientSecret: secret, redirect: "if_required"}}).catch(error => error.message);
        }}"""
    )

    assert expected in said


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("confirmSetup()", "confirmSetup() needs a setup intent's client secret"),
        (
            "confirmSetup({clientSecret: secret, confirmParams: null})",
            "return_url must be an absolute http or https URL",
        ),
        ("confirmCardSetup()", "confirmCardSetup() needs a setup intent's client secret"),
        ("confirmSepaDebitSetup(null, null)", "confirmSepaDebitSetup() needs a setup intent's client secret"),
        ("confirmCardSetup(secret, {payment_method: {card: null}})", "an element for card is required"),
        ("handleNextAction()", "retrieveSetupIntent() needs a setup intent's client secret"),
        ("createPaymentMethod()", "not implemented by the mock"),
        ("createPaymentMethod({type: 'card'})", "an element for card is required"),
        ("createPaymentMethod({type: 'card', card: null})", "an element for card is required"),
        ("createToken(null)", "not implemented by the mock"),
        ("elements(null).create('payment')", "a payment element needs elements({clientSecret})"),
    ],
)
def test_what_is_left_out_is_named(bare: Page, call: str, expected: str) -> None:
    """Null, or nothing at all, is answered with what is needed instead."""
    said = bare.evaluate(
        f"async () => {{ try {{ return await stripe.{call} }} catch (error) {{ return error.message }} }}"
    )

    assert said.startswith("Mock of Stripe.js: ")
    assert expected in said


@pytest.mark.parametrize("data", ["undefined", "null", "{}", "{payment_method: null}"])
def test_a_confirmation_without_a_payment_method(bare: Page, data: str) -> None:
    """Stripe's side says what is missing."""
    code = bare.evaluate(f"stripe.confirmCardSetup(secret, {data}).then(({{error}}) => error.code)")

    assert "setup_intent_unexpected_state" == code


def test_where_to_go_on_has_to_be_said(bare: Page) -> None:
    """Without redirect: if_required there has to be a return_url, and it has to be a web address."""
    script = """async url => {
        const elements = stripe.elements({clientSecret: secret});
        return stripe.confirmSetup({elements, confirmParams: {return_url: url}}).catch(error => error.message);
    }"""

    assert [True] * 2 == ["return_url must be" in bare.evaluate(script, url) for url in (None, "javascript:alert(1)")]
