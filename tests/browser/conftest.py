"""A browser, a mock, and the apps that the browser opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, Page

from mockserver.settings import Settings, bundled
from tests.support.browser import Pages, app_server, bundle, chromium, new_tab
from tests.support.mock import Mock, mock_of

# The path of the script tag that an app needs, for the version of @stripe/stripe-js that the app uses.
TAGS = {"newest": "/endive/stripe.js", "older": "/v3/"}
# Release trains: the packages that a page of this train has, and the path of its script.
TRAINS = {"v3": ("older", "/v3/")} | {
    train: ("newest", f"/{train}/stripe.js") for train in ("acacia", "basil", "clover", "dahlia", "endive")
}
PACKAGES = Path(__file__).parent / "packages.js"
PAGE = '<!doctype html><html lang="en"><title>app</title><body>{tag}<div id="root"></div>{app}</body></html>'

MORE_SCENARIOS = {
    "nonsense_on_confirm": "on_confirm: {fault: malformed_json}",
    "confirm_empty_reply": "on_confirm: {fault: empty_reply}",
    "half_a_confirmation": "on_confirm: {fault: truncated_body}",
}
SCENARIO = """
about: A fault that no bundled scenario has.
stubs:
  - name: created
    operation: c_create_payment_session
    reply:
      payment_session: {{status: created}}
      {more}
"""

# For `bare`: mounts a payment element.
PAYMENT = """() => {
    window.elements = stripe.elements({clientSecret: secret});
    window.payment = elements.create("payment");
    payment.mount(place("form"));
}"""

Open: TypeAlias = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all tests in this folder. While it runs, nothing else in this process can use asyncio."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def tab(browser: Browser) -> Page:
    """The page that the tests use one after another."""
    return new_tab(browser)


@pytest.fixture(scope="package")
def shared_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    """A mock with the bundled scenarios and a few more."""
    folder = copytree(bundled("scenarios"), tmp_path_factory.mktemp("mock") / "scenarios")
    for name, more in MORE_SCENARIOS.items():
        Path(folder, f"{name}.yaml").write_text(SCENARIO.format(more=more), "utf-8")
    chosen = SCENARIO.format(more="").replace("status: created", "token: PaySess_chosen")
    Path(folder, "chosen_token.yaml").write_text(chosen, "utf-8")
    with mock_of(Settings(seed=1, scenarios=folder)) as running:
        yield running


@pytest.fixture(scope="module")
def mock(shared_mock: Mock) -> Mock:
    """A mock that is in its initial state at the start of a module."""
    shared_mock.restore()
    return shared_mock


@pytest.fixture
def pages(tab: Page) -> Iterator[Pages]:
    """The pages of one test. At its end, none of them may have sent a request to another machine."""
    opened = Pages(tab=tab)
    yield opened
    opened.close()
    assert [] == opened.foreign_requests


@pytest.fixture(scope="package")
def sites(shared_mock: Mock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The URLs of the apps."""
    folder = tmp_path_factory.mktemp("apps")
    files: dict[str, bytes] = {}
    for name, path in TAGS.items():
        tag = f'<script src="{shared_mock.url}{path}"></script>'
        files[f"/{name}.js"] = bundle(name, folder).read_bytes()
        files[f"/{name}"] = PAGE.format(tag=tag, app=f'<script src="/{name}.js"></script>').encode()
    with app_server(files) as url:
        yield {name: f"{url}/{name}" for name in TAGS}


def opener(site: str, pages: Pages, mock: Mock) -> Open:
    """A function that opens an app with payment sessions that its backend has created."""

    def open_app(*, scenario: str = "happy_path", forms: int = 1, **query: str) -> Page:
        bodies = [created(mock, scenario) for _ in range(forms)]
        stripe = [body["setup_intent"]["stripe"] for body in bodies]
        session = {
            "secret": [each["client_secret"] for each in stripe],
            "key": stripe[0]["pk_key"],
            "account": stripe[0]["connected_account_id"],
        }
        return pages.open(site, {**session, **query})

    return open_app


@pytest.fixture
def app(sites: dict[str, str], pages: Pages, mock: Mock) -> Open:
    """Opens the app with the newest packages."""
    return opener(sites["newest"], pages, mock)


@pytest.fixture(params=TAGS)
def each_app(request: pytest.FixtureRequest, sites: dict[str, str], pages: Pages, mock: Mock) -> Open:
    """Opens the app, once with the oldest packages that the mock supports and once with the newest."""
    return opener(sites[request.param], pages, mock)


def created(mock: Mock, scenario: str = "happy_path", **body: Any) -> Any:
    """A payment session, as a backend creates it."""
    reply = mock.http.post(
        "/v1/c/customer/Cust_1/payment/session",
        json={"operation": "add_method", "address": False, **body},
        headers={"Mock-Scenario": scenario},
    )
    assert 200 == reply.status_code, reply.text
    return reply.json()


@pytest.fixture(scope="package")
def empty() -> Iterator[str]:
    """The URL of a site whose pages are empty."""
    with app_server({}) as url:
        yield url


@pytest.fixture(scope="package")
def packaged_sites(shared_mock: Mock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The URLs of pages with the packages of Stripe, by the release train of their script."""
    folder = tmp_path_factory.mktemp("packages")
    bundles = {name: bundle(name, folder, source=PACKAGES).read_bytes() for name in TAGS}
    files = {f"/{name}.js": content for name, content in bundles.items()}
    for train, (name, path) in TRAINS.items():
        tag = f'<script src="{shared_mock.url}{path}"></script>'
        files[f"/{train}"] = PAGE.format(tag=tag, app=f'<script src="/{name}.js"></script>').encode()
    with app_server(files) as url:
        yield {train: f"{url}/{train}" for train in TRAINS}


@pytest.fixture
def packaged(packaged_sites: dict[str, str], pages: Pages, mock: Mock) -> Callable[[str], Page]:
    """Opens a page of a release train. It has the same as `bare`, but Stripe's own packages have made `stripe`."""

    def open_page(train: str) -> Page:
        page = pages.open(packaged_sites[train])
        page.evaluate(
            """async ({pk_key, connected_account_id, client_secret}) => {
                window.secret = client_secret;
                window.stripe = await loadStripe(pk_key, {stripeAccount: connected_account_id});
                window.place = (id) => document.body.appendChild(Object.assign(document.createElement("div"), {id}));
            }""",
            created(mock, "sepa_debit")["setup_intent"]["stripe"],
        )
        return page

    return open_page


@pytest.fixture
def endive(packaged: Callable[[str], Page]) -> Page:
    """A page with the newest packages."""
    return packaged("endive")


@pytest.fixture(params=["v3", "endive"])
def each_train(request: pytest.FixtureRequest, packaged: Callable[[str], Page]) -> Page:
    """A page with the oldest packages that the mock supports, and one with the newest."""
    return packaged(request.param)


@pytest.fixture
def bare(pages: Pages, mock: Mock, empty: str) -> Page:
    """A page with the stand-in alone; it has `secret` and `stripe` of a payment session."""
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
