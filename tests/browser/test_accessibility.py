"""Accessibility of each page and each state of the form, checked with axe-core (https://www.deque.com/axe)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Pages
from tests.support.mock import Mock
from tests.support.needs import modules


def console(page: Page) -> None:
    expect(page.locator("#journal li").first).to_be_visible()


def form(page: Page) -> None:
    page.get_by_label("Scenario").select_option("sepa_debit")
    page.get_by_label("Required", exact=True).check()
    expect(page.get_by_label("Full name")).to_be_visible()
    expect(page.get_by_text("SEPA Direct Debit", exact=True)).to_be_visible()


def errors(page: Page) -> None:
    form(page)
    page.get_by_role("button", name="Save payment method").click()
    expect(page.get_by_role("status")).to_contain_text("Full name is missing.")


def challenge(page: Page) -> None:
    page.get_by_role("button", name="4000 0025 0000 3155").click()
    page.get_by_role("button", name="Save payment method").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def outcome(page: Page) -> None:
    page.get_by_role("button", name="4242 4242 4242 4242").click()
    page.get_by_role("button", name="Save payment method").click()
    expect(page.get_by_role("status")).to_contain_text("succeeded")


@pytest.mark.parametrize(
    ("path", "reach"),
    [
        pytest.param("/__mock/", console, id="console"),
        pytest.param("/__mock/demo", form, id="form"),
        pytest.param("/__mock/demo", errors, id="errors"),
        pytest.param("/__mock/demo", challenge, id="challenge"),
        pytest.param("/__mock/demo", outcome, id="outcome"),
    ],
)
def test_pages_have_no_barriers(pages: Pages, mock: Mock, path: str, reach: Callable[[Page], None]) -> None:
    """No page breaks a rule about contrast, names, roles or headings; the form's shadow tree is included."""
    mock.create()
    mock.create(operation="pay")
    page = pages.open(mock.url + path)
    if path == "/__mock/demo":
        expect(page.get_by_role("button", name="Save payment method")).to_be_enabled()
    reach(page)

    assert [] == barriers(page)


@pytest.mark.parametrize("element", ["card", "cardNumber", "cardExpiry", "cardCvc", "iban"])
def test_elements_without_visible_labels_have_no_barriers(bare: Page, element: str) -> None:
    """A field without a visible label has an accessible name."""
    bare.evaluate(
        """type => {
            document.documentElement.lang = "en";
            document.title = "Pay";
            document.body.innerHTML = "<main><h1>Pay</h1></main>";
            document.querySelector("main").append(place("here"));
            stripe.elements().create(type).mount("#here");
        }""",
        element,
    )

    assert [] == barriers(bare)


# Mounts a form for each theme and layout, each in a group of its own, on a background that fits the theme.
FORMS = """async (state) => {
    document.documentElement.lang = "en";
    document.title = "Pay";
    document.body.innerHTML = "<main><h1>Pay</h1></main>";
    for (const theme of ["stripe", "night", "flat", "none"]) {
        for (const type of ["tabs", "accordion"]) {
            const section = document.createElement("section");
            section.style.background = theme === "night" ? "#14171c" : "#fff";
            document.querySelector("main").append(section);
            const elements = stripe.elements({clientSecret: secret, appearance: {theme}});
            const payment = elements.create("payment", {layout: {type, defaultCollapsed: state === "folded"}});
            const ready = new Promise((resolve) => payment.on("ready", resolve));
            payment.mount(section);
            await ready;
            if (state === "errors") await elements.submit();
            if (state === "read-only") payment.update({readOnly: true});
        }
    }
}"""


@pytest.mark.parametrize("state", ["folded", "open", "errors", "read-only"])
def test_no_theme_and_no_layout_has_barriers(endive: Page, state: str) -> None:
    """Contrast, names, roles and states are right in each theme, with tabs and with an accordion."""
    endive.evaluate(FORMS, state)
    expect(endive.get_by_text("SEPA Direct Debit", exact=True)).to_have_count(8)

    assert [] == barriers(endive)


def barriers(page: Page) -> list[str]:
    """The rules that axe-core finds broken, each with its element."""
    # A script tag would not run: the pages' policy forbids inline scripts.
    page.evaluate((modules("newest") / "axe-core" / "axe.min.js").read_text("utf-8"))
    found: list[str] = page.evaluate(
        """axe.run().then(({violations}) => violations.flatMap(
            ({id, nodes}) => nodes.map(({target}) => `${id}: ${target.flat().join(" ")}`)
        ))"""
    )
    return found
