"""The documents' code blocks for browsers, and docs/frontend.md's claims, carried out in Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import created
from tests.browser.test_surface import IMPLEMENTED
from tests.support.browser import Pages, app_server, enter_card
from tests.support.command import ROOT
from tests.support.markdown import BLOCKS, Block, rows, text_of
from tests.support.mock import Mock

DOCUMENT = "docs/frontend.md"
HTML = [block for block in BLOCKS if block.language == "html"]
PYTHON = [block for block in BLOCKS if block.document == DOCUMENT and block.language == "python"]
FORM = "A form for Wingback's part"


@contextmanager
def serving(block: Block, mock: Mock) -> Iterator[str]:
    """A page with the block, on an origin of its own; the mock's address is the only thing that is changed."""
    with app_server({"/": block.text.replace("http://127.0.0.1:8080", mock.url).encode()}) as url:
        yield f"{url}/"


def html_of(heading: str) -> Block:
    (found,) = [block for block in HTML if (block.document, block.heading) == (DOCUMENT, heading)]
    return found


@pytest.mark.parametrize("block", HTML, ids=str)
def test_the_page_works_as_written(block: Block, pages: Pages, mock: Mock) -> None:
    """The page loads without a message in the console, and its script is there."""
    name = "WingbackMock" if "wingback.js" in block.text else "Stripe"
    with serving(block, mock) as url:
        page = pages.open(url)
        if "<form>" in block.text:
            expect(page.get_by_label("Card number")).to_be_visible()

        assert page.evaluate(f"typeof {name}") in {"function", "object"}
        assert [] == pages.console


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_the_browser_test_passes_as_written(block: Block, pages: Pages, mock: Mock) -> None:
    """Python with the fixture `page` of pytest-playwright tests the page that is shown in the same section."""
    with serving(html_of(block.heading), mock) as url:
        names: dict[str, object] = {}
        # The fixture is not installed here, so the test is called with a page.
        exec(compile(block.text.replace("http://localhost:3000/", url), str(block), "exec"), names)
        tests = [each for name, each in names.items() if name.startswith("test_") and callable(each)]

        assert tests
        for test in tests:
            test(pages.open("about:blank"))


def test_the_form_saves_a_card_or_says_why_not(pages: Pages, mock: Mock) -> None:
    """An empty form shows an error, a complete one the status."""
    with serving(html_of(FORM), mock) as url:
        page = pages.open(url)
        page.get_by_role("button", name="Save payment method").click()
        expect(page.get_by_role("status")).not_to_be_empty()
        assert "succeeded" not in page.get_by_role("status").inner_text()

        enter_card(page)
        page.get_by_role("button", name="Save payment method").click()
        expect(page.get_by_role("status")).to_have_text("succeeded")


@pytest.fixture
def form(pages: Pages, mock: Mock) -> Iterator[Page]:
    """A page with `element`, a WingbackMock form of a payment session."""
    token = created(mock)["token"]
    html = f"""<!doctype html><title>form</title><div id="payment"></div>
        <script src="{mock.url}/__mock/wingback.js"></script>
        <script>
            const element = WingbackMock.createPaymentElement({{token: "{token}"}}).mount("#payment");
        </script>"""
    with app_server({"/": html.encode()}) as url:
        page = pages.open(f"{url}/")
        expect(page.get_by_label("Card number")).to_be_visible()
        yield page


def test_the_methods_return_what_the_comments_say(form: Page) -> None:
    """`{ok: true}`, `{ok: true, status}` or `{ok: false, error}`."""
    keys = ".then(result => Object.keys(result).sort())"
    assert ["error", "ok"] == form.evaluate(f"element.validate(){keys}")
    assert ["error", "ok"] == form.evaluate(f"element.confirm(){keys}")

    enter_card(form)

    assert {"ok": True} == form.evaluate("element.validate()")
    assert {"ok": True, "status": "succeeded"} == form.evaluate("element.confirm()")


def names_of(what: str) -> list[str]:
    (names,) = [cells[1] for cells in rows(DOCUMENT, "Supported elements and methods") if cells[0] == what]
    return re.findall(r"`(\w+)`", names)


def test_the_methods_are_those_of_the_script() -> None:
    """The table has each method that does something, and no other."""
    assert sorted(IMPLEMENTED - {"elements", "paymentRequest", "registerAppInfo"}) == sorted(names_of("methods"))


def test_the_elements_can_be_created(bare: Page) -> None:
    """The table has each element that can be created."""
    make = (
        "types => types.map(type => stripe.elements({clientSecret: secret}).create(type, {mode: 'billing'}) !== null)"
    )

    assert [True] * 8 == bare.evaluate(make, names_of("elements"))


def test_the_paths_are_those_of_the_majors() -> None:
    """The table has the path that each major version of @stripe/stripe-js loads."""
    assert [
        ["1 to 5", "`/v3/`"],
        ["6", "`/acacia/stripe.js`"],
        ["7", "`/basil/stripe.js`"],
        ["8", "`/clover/stripe.js`"],
        ["9", "`/dahlia/stripe.js`"],
        ["10", "`/endive/stripe.js`"],
    ] == rows(DOCUMENT, "Replace Stripe.js")


def test_the_picture_is_small() -> None:
    """The screenshot of the README exists and has less than 150 kB."""
    (name,) = re.findall(r"!\[[^\]]+\]\((\S+\.png)\)", text_of("README.md"))

    assert (ROOT / name).stat().st_size < 150_000
