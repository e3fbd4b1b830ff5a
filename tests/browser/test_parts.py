"""The parts of the scripts: they are loaded on first use, from the origin of the script, under the page's policy."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from mockserver.pages.assets import PARTS, part, script
from tests.browser.conftest import created
from tests.support.browser import Pages, app_server, new_tab
from tests.support.command import ROOT
from tests.support.mock import Mock
from tests.support.needs import tool

STRIPE = "https://js.stripe.com"
FORM = """
    const elements = Stripe("%s", {stripeAccount: "%s"}).elements({clientSecret: "%s"});
    window.events = [];
    window.address = elements.create("address", {mode: "billing", defaultValues: {address: {country: "DE"}}});
    address.on("ready", () => events.push("ready")).on("loaderror", ({error}) => events.push(error.type));
    window.mount = () => address.mount("#address");
    mount();
    elements.create("card").mount("#card");
"""


def loaded(pages: Pages) -> list[str]:
    paths = [urlsplit(request.url).path for request in pages.requests]
    return [path.removeprefix("/__mock/stripe/") for path in paths if path.startswith("/__mock/stripe/")]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param("elements.create('card').mount(place('here'))", [], id="card"),
        pytest.param(
            "elements.create('payment').mount(place('here'))", ["payment.js", "appearance.js", "iban.js"], id="payment"
        ),
        pytest.param("elements.create('iban').mount(place('here'))", ["iban.js"], id="iban"),
        pytest.param(
            "{ const address = elements.create('address', {mode: 'billing'}); address.mount(place('a')); "
            "address.destroy(); elements.create('address', {mode: 'billing'}).mount(place('here')) }",
            ["address.js", "appearance.js"],
            id="two addresses",
        ),
    ],
)
def test_a_part_is_loaded_on_first_use(bare: Page, pages: Pages, script: str, expected: list[str]) -> None:
    """A page loads only the parts that its elements need, and each of them once."""
    bare.evaluate(f"() => {{ const elements = stripe.elements({{clientSecret: secret}}); {script} }}")
    expect(bare.locator("#here .Frame .Badge")).to_be_visible()
    expect(bare.locator("#here .Input").first).to_be_visible()

    assert expected == loaded(pages)


def test_submit_waits_for_a_part(bare: Page) -> None:
    """A form that is submitted before its part is loaded is validated all the same."""
    result = bare.evaluate(
        """async () => {
            const elements = stripe.elements({clientSecret: secret});
            elements.create("address", {mode: "billing"}).mount(place("here"));
            return (await elements.submit()).error.message;
        }"""
    )

    assert "Full name is missing." == result


@pytest.fixture
def intercepted(browser: Browser, mock: Mock) -> Iterator[Callable[..., Page]]:
    """Opens a page whose script tag names Stripe's own address; `routes` answers requests to this address."""
    opened: list[Page] = []
    stripe = created(mock)["setup_intent"]["stripe"]
    form = FORM % (stripe["pk_key"], stripe["connected_account_id"], stripe["client_secret"])

    def open_page(url: str, answer: Callable[[Route], None]) -> Page:
        page = new_tab(browser)
        opened.append(page)
        page.route(f"{STRIPE}/**", answer)
        page.goto(url)
        page.evaluate(form)
        return page

    policy = "script-src {} 'unsafe-eval'; require-trusted-types-for 'script'"
    html = (
        '<!doctype html><meta http-equiv="Content-Security-Policy" content="{}">'
        f'<div id="address"></div><div id="card"></div><script nonce="own" src="{STRIPE}/v3/"></script>'
    )
    files = {
        "/origin": html.format(policy.format(STRIPE)),
        "/nonce": html.format(policy.format("'nonce-own'")),
        "/any": html.format("script-src *"),
    }
    with app_server({path: text.encode() for path, text in files.items()}) as site:
        yield lambda path, answer: open_page(site + path, answer)
    for page in opened:
        page.context.close()


@pytest.mark.parametrize("path", ["/origin", "/nonce"])
def test_a_part_comes_from_the_origin_of_the_script(intercepted: Callable[..., Page], mock: Mock, path: str) -> None:
    """If a test routes Stripe's address to the mock, a policy for that address or a nonce is enough."""
    page = intercepted(
        path, lambda route: route.fulfill(response=route.fetch(url=mock.url + urlsplit(route.request.url).path))
    )

    expect(page.get_by_label("Full name")).to_be_visible()


def test_a_test_that_serves_the_script_alone(intercepted: Callable[..., Page], mock: Mock) -> None:
    """If a test answers every request to Stripe's address with the script, its parts come from the mock."""
    text = mock.http.get("/v3/").text
    page = intercepted("/any", lambda route: route.fulfill(content_type="text/javascript", body=text))

    expect(page.get_by_label("Full name")).to_be_visible()


def test_a_part_that_does_not_load(intercepted: Callable[..., Page], mock: Mock) -> None:
    """The element shows an error and emits loaderror, other elements work, and mounting it again loads the part."""
    text = mock.http.get("/v3/").text
    page = intercepted("/origin", lambda route: route.fulfill(content_type="text/javascript", body=text))
    expect(page.get_by_role("alert").filter(has_text="did not load")).to_contain_text("/__mock/stripe/")
    expect(page.get_by_label("Card number")).to_be_visible()
    assert ["api_connection_error"] == page.evaluate("events")

    page.unroute_all()
    page.route(
        f"{STRIPE}/**",
        lambda route: route.fulfill(response=route.fetch(url=mock.url + urlsplit(route.request.url).path)),
    )
    page.evaluate("() => { address.unmount(); mount() }")

    expect(page.get_by_label("Full name")).to_be_visible()
    assert ["api_connection_error", "ready"] == page.evaluate("events")


def test_every_name_is_defined(tmp_path: Path) -> None:
    """The scripts and parts that the server joins use no name that is defined elsewhere."""
    texts = {name: script(name, host="mock:8080") for name in ("Stripe", "WingbackMock")}
    texts |= {name: part(name) for name in PARTS}
    for name, text in texts.items():
        (tmp_path / f"{name}.js").write_text(re.sub(r"/\*\*.*?\*/", "", text.decode(), flags=re.DOTALL), "utf-8")
    options = {"allowJs": True, "checkJs": True, "lib": ["es2023", "dom", "dom.iterable"], "noEmit": True, "types": []}
    files = [f"{name}.js" for name in texts]
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": files}), "utf-8")
    done = subprocess.run([tool("tsc"), "-p", tmp_path], capture_output=True, text=True, check=False, cwd=ROOT)

    assert [] == [line for line in done.stdout.splitlines() if "error TS2304" in line or "error TS2552" in line]
