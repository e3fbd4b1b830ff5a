"""What the README says to frontend developers, carried out in the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import created
from tests.browser.test_surface import IMPLEMENTED
from tests.support.browser import Pages, app_server
from tests.support.command import ROOT
from tests.support.mock import Mock

README = (ROOT / "README.md").read_text("utf-8")
SECTION = README[README.index("\n## For a frontend\n") :].split("\n## ")[1]
TAG, FORM = re.findall(r"^```html\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
(FILL,) = re.findall(r"^```python\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)


@pytest.fixture
def page(request: pytest.FixtureRequest, pages: Pages, mock: Mock) -> Iterator[Page]:
    """A page of an app's own origin that has one of the README's snippets in it."""
    html = (
        f"<!doctype html><title>snippet</title><script>let token = {created(mock)['token']!r}</script>{request.param}"
    )
    with app_server({"/": html.replace("http://127.0.0.1:8080", mock.url).encode()}) as url:
        yield pages.open(f"{url}/")


@pytest.mark.parametrize("page", [TAG], indirect=True)
def test_the_tag_is_all_that_is_needed(page: Page) -> None:
    """After it, window.Stripe is there."""
    assert "function" == page.evaluate("typeof Stripe")


@pytest.mark.parametrize("page", [FORM], indirect=True)
def test_the_form_and_the_way_to_fill_it_in(page: Page) -> None:
    """The README's form is mounted, its Python fills it in, and both methods give what is written there."""
    exec(compile(FILL, "README.md", "exec"), {"page": page})  # the snippet is run as it is printed

    assert {"ok": True} == page.evaluate("element.validate()")
    assert {"ok": True, "status": "succeeded"} == page.evaluate("element.confirm()")


@pytest.mark.parametrize("page", [FORM], indirect=True)
def test_what_is_wrong_is_told_as_written(page: Page) -> None:
    """`{ok: false, error}`, from either method."""
    expect(page.get_by_label("Card number")).to_be_visible()

    assert ["error", "ok"] == page.evaluate("element.validate().then(answer => Object.keys(answer).sort())")
    assert ["error", "ok"] == page.evaluate("element.confirm().then(answer => Object.keys(answer).sort())")


def test_the_methods_named_are_those_there_are() -> None:
    """The README names each method that does something, and no other."""
    named = set(re.findall(r"`(\w+)`", SECTION[SECTION.index("of the methods") :].partition(";")[0]))

    assert IMPLEMENTED - {"elements", "registerAppInfo"} == named


def test_the_elements_named_can_be_made(bare: Page) -> None:
    """The README names each element that there is."""
    named = re.findall(r"`(\w+)`", SECTION[SECTION.index("the elements") : SECTION.index("of the methods")])
    make = (
        "types => types.map(type => stripe.elements({clientSecret: secret}).create(type, {mode: 'billing'}) !== null)"
    )

    assert [True] * 7 == bare.evaluate(make, named)


def test_the_trains_named_are_those_of_the_majors() -> None:
    """Each address in the README's sentence is one where the scripts are asked for."""
    assert [
        "/acacia/stripe.js",
        "/basil/stripe.js",
        "/clover/stripe.js",
        "/dahlia/stripe.js",
        "/endive/stripe.js",
    ] == re.findall(r"`(/\w+/stripe\.js)`", SECTION)


def test_the_picture_is_small() -> None:
    """The screenshot of the README is there and under 150 kB."""
    (name,) = re.findall(r"!\[[^\]]+\]\((\S+\.png)\)", README)

    assert (ROOT / name).stat().st_size < 150_000
