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
