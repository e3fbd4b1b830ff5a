"""A mock, a browser and the apps that it opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, Page

from mockserver.settings import Settings, bundled
from tests.support.browser import Pages, app_server, bundle, chromium
from tests.support.mock import Mock, mock_of

# The one line that an app's page needs; which address it is depends on the major of @stripe/stripe-js.
TAGS = {"newest": "/endive/stripe.js", "older": "/v3/"}
PAGE = '<!doctype html><html lang="en"><title>app</title><body>{tag}<div id="root"></div>{app}</body></html>'

MORE_SCENARIOS = {
    "nonsense_on_confirm": "on_confirm: {fault: malformed_json}",
    "confirm_empty_reply": "on_confirm: {fault: empty_reply}",
    "half_a_confirmation": "on_confirm: {fault: truncated_body}",
}
SCENARIO = """
about: Something that no bundled scenario has.
stubs:
  - name: created
    operation: c_create_payment_session
    reply:
      payment_session: {{status: created}}
      {more}
"""

# For `bare`: a payment element, and its group.
PAYMENT = """() => {
    window.elements = stripe.elements({clientSecret: secret});
    window.payment = elements.create("payment");
    payment.mount(place("form"));
}"""

Open: TypeAlias = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for longer than a module: while it runs, nothing else in this process can use asyncio."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    """With the bundled scenarios and a few more."""
    folder = copytree(bundled("scenarios"), tmp_path_factory.mktemp("mock") / "scenarios")
    for name, more in MORE_SCENARIOS.items():
        Path(folder, f"{name}.yaml").write_text(SCENARIO.format(more=more), "utf-8")
    with mock_of(Settings(seed=1, scenarios=folder)) as running:
        yield running


@pytest.fixture
def pages(browser: Browser) -> Iterator[Pages]:
    """Pages of one test; at its end, none of them may have asked another machine for anything."""
    opened = Pages(browser=browser)
    yield opened
    opened.close()
    assert [] == opened.strangers


@pytest.fixture(scope="module")
def sites(mock: Mock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of the apps, and of a page with nothing but the stand-in."""
    folder = tmp_path_factory.mktemp("apps")
    files: dict[str, bytes] = {}
    for name, path in TAGS.items():
        tag = f'<script src="{mock.url}{path}"></script>'
        files[f"/{name}.js"] = bundle(name, folder).read_bytes()
        files[f"/{name}"] = PAGE.format(tag=tag, app=f'<script src="/{name}.js"></script>').encode()
    with app_server(files) as url:
        yield {name: f"{url}/{name}" for name in TAGS}


@pytest.fixture(params=TAGS)
def app(request: pytest.FixtureRequest, sites: dict[str, str], pages: Pages, mock: Mock) -> Open:
    """Opens the app, of either major, with payment sessions that its backend has created."""

    def open_app(*, scenario: str = "happy_path", forms: int = 1, **query: str) -> Page:
        bodies = [created(mock, scenario) for _ in range(forms)]
        stripe = [body["setup_intent"]["stripe"] for body in bodies]
        given = {
            "secret": [each["client_secret"] for each in stripe],
            "key": stripe[0]["pk_key"],
            "account": stripe[0]["connected_account_id"],
        }
        return pages.open(sites[request.param], {**given, **query})

    return open_app


def created(mock: Mock, scenario: str = "happy_path", **body: Any) -> Any:
    """The payment session that a backend gets."""
    reply = mock.http.post(
        "/v1/c/customer/Cust_1/payment/session",
        json={"operation": "add_method", "address": False, **body},
        headers={"Mock-Scenario": scenario},
    )
    assert 200 == reply.status_code, reply.text
    return reply.json()


@pytest.fixture(scope="module")
def empty() -> Iterator[str]:
    """The address of pages with nothing on them."""
    with app_server({}) as url:
        yield url


@pytest.fixture
def bare(pages: Pages, mock: Mock, empty: str) -> Page:
    """A page with nothing but the stand-in; `secret` and `stripe` are those of a payment session."""
    page = pages.open(f"{empty}/bare")
    page.add_script_tag(url=f"{mock.url}/v3/")
    stripe = created(mock, "sepa_debit")["setup_intent"]["stripe"]
    page.evaluate(
        """({pk_key, connected_account_id, client_secret}) => {
            window.secret = client_secret;
            window.stripe = Stripe(pk_key, {stripeAccount: connected_account_id});
            window.place = (id) => document.body.appendChild(Object.assign(document.createElement("div"), {id}));
        }""",
        stripe,
    )
    return page
