"""The recipes of docs/unmodified-apps.md, run as written: the app has no tag and no code for the mock.

The addresses of the mock and of the app are the only things that are changed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from mockserver.settings import Settings
from tests.browser.conftest import PAGE, created
from tests.browser.test_react import save
from tests.support.browser import CHROMIUM, app_server, bundle, enter_card, new_tab
from tests.support.markdown import BLOCKS, RECIPES, text_of
from tests.support.mock import Mock, mock_of
from tests.support.needs import command, modules, tool

MOCK = "http://127.0.0.1:8080/"
APP = "http://localhost:3000/"
PATIENCE = 60

PAGE_WITH_POLICY = """<!doctype html>
<html lang="en">
<head>
<meta http-equiv="Content-Security-Policy" content="{policy}">
<link rel="icon" href="data:,">
<title>app</title>
</head>
<body><div id="root"></div><script src="/newest.js"></script></body>
</html>"""
# What Playwright needs to know about this machine.
PYTHON_FIXTURE = """
import pytest
from playwright.sync_api import sync_playwright

@pytest.fixture
def page():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path={chromium!r}, args={flags!r})
        yield browser.new_page()
        browser.close()
"""
NODE_CONFIG = """
export default {{ reporter: "line", use: {{ launchOptions: {{ executablePath: {chromium}, args: {flags} }} }} }};
"""
# Stands in for Cypress: it prints where each request goes.
CYPRESS = """
globalThis.beforeEach = (hook) => hook();
globalThis.cy = { intercept(pattern, handler) {
  const sent = URLS.map((url) => {
    const request = { url };
    if (pattern.test(url)) handler(request);
    return request.url;
  });
  console.log(JSON.stringify(sent));
} };
"""


def block(heading: str, language: str) -> str:
    (found,) = [each.text for each in BLOCKS if each.place == (RECIPES, heading, language)]
    return found


def policies() -> tuple[str, str]:
    """The policies for a page with routed addresses, and for a page with the script of the mock."""
    heading = (RECIPES, "Content Security Policy", "http")
    routed, direct = [each.text.partition(": ")[2].strip() for each in BLOCKS if each.place == heading]
    return routed, direct


def page_with(policy: str) -> bytes:
    """The app's page: nothing is allowed but its own bundle and what the policy names."""
    own = policy.replace("script-src", "script-src 'self'").replace("connect-src", "connect-src 'self'")
    return PAGE_WITH_POLICY.format(policy=f"default-src 'none'; img-src data:; {own}").encode()


@pytest.fixture(scope="module")
def bundled_app(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return bundle("newest", tmp_path_factory.mktemp("app")).read_bytes()


@pytest.fixture(scope="module")
def site(bundled_app: bytes) -> Iterator[str]:
    """The URL of the app."""
    with app_server({"/": page_with(policies()[0]), "/newest.js": bundled_app}) as url:
        yield f"{url}/"


def query_for(mock: Mock, scenario: str = "happy_path", **more: str) -> str:
    """What the app's backend tells the page about a new payment session."""
    stripe = created(mock, scenario)["setup_intent"]["stripe"]
    names = {"secret": "client_secret", "key": "pk_key", "account": "connected_account_id"}
    return urlencode({name: stripe[member] for name, member in names.items()} | more)


def as_written(text: str, mock: Mock, site: str) -> str:
    """A block with the addresses of this test."""
    changed = text.replace(MOCK, f"{mock.url}/").replace(APP, f"{site}?{query_for(mock)}")
    assert changed != text
    return changed


def ran(arguments: list[str | Path], folder: Path) -> str:
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


def last_status(mock: Mock) -> str:
    return str(mock.get("payment-sessions")["payment_sessions"][-1]["payment_session"]["status"])


def test_playwright_for_python(tmp_path: Path, mock: Mock, site: str) -> None:
    """The module passes in pytest, and the payment session succeeds in the mock."""
    fixture = PYTHON_FIXTURE.format(chromium=command("chromium", "google-chrome"), flags=CHROMIUM)
    (tmp_path / "conftest.py").write_text(fixture, "utf-8")
    (tmp_path / "test_it.py").write_text(as_written(block("Playwright for Python", "python"), mock, site), "utf-8")

    options = ["-q", "-p", "no:cacheprovider", "-p", "no:wingback_mockserver"]
    assert "1 passed" in ran([sys.executable, "-m", "pytest", *options], tmp_path)
    assert "succeeded" == last_status(mock)


def test_playwright_for_node(tmp_path: Path, mock: Mock, site: str) -> None:
    """The file passes in Playwright's test runner, and the payment session succeeds in the mock."""
    (tmp_path / "node_modules").symlink_to(modules("recipes").resolve())
    config = NODE_CONFIG.format(chromium=json.dumps(command("chromium", "google-chrome")), flags=json.dumps(CHROMIUM))
    (tmp_path / "playwright.config.mjs").write_text(config, "utf-8")
    (tmp_path / "it.spec.mjs").write_text(as_written(block("Playwright for Node.js", "js"), mock, site), "utf-8")

    assert "1 passed" in ran([tool("playwright", "recipes"), "test"], tmp_path)
    assert "succeeded" == last_status(mock)


def test_cypress_accepts_the_recipe(tmp_path: Path) -> None:
    """The types of Cypress accept the recipe, and nothing that Cypress does not have."""
    wrong = "\ncy.intercept(STRIPE, (request) => request.forward(MOCK));\n"
    (tmp_path / "e2e.js").write_text(block("Cypress", "js") + wrong, "utf-8")
    options = {
        "allowJs": True,
        "checkJs": True,
        "lib": ["es2023", "dom"],
        "noEmit": True,
        "skipLibCheck": True,
        "strict": True,
        "typeRoots": [str(modules("recipes"))],
        "types": ["cypress"],
    }
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["e2e.js"]}), "utf-8")
    done = subprocess.run([tool("tsc"), "-p", tmp_path], capture_output=True, text=True, check=False)
    errors = [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]

    assert 1 == len(errors), errors
    assert "'forward' does not exist" in errors[0]


@pytest.mark.parametrize("header", ["of the mock", "of Stripe"])
def test_cypress_sends_stripes_requests_to_the_mock(tmp_path: Path, header: str) -> None:
    """Script and API reach the mock, with either Host; other requests are not changed."""
    hosts = tuple(re.findall(r"--allow-host (\S+?)[`\s]", text_of(RECIPES)))
    urls = ["https://js.stripe.com/endive/stripe.js", "https://api.stripe.com/v1/setup_intents/seti_1?a=b", APP]
    with mock_of(Settings(seed=1, allow_hosts=hosts)) as mock:
        text = block("Cypress", "js").replace(MOCK, f"{mock.url}/")
        (tmp_path / "e2e.cjs").write_text(f"const URLS = {json.dumps(urls)};{CYPRESS}{text}", "utf-8")
        sent = json.loads(ran([command("node"), "e2e.cjs"], tmp_path))
        assert [f"{mock.url}/endive/stripe.js", f"{mock.url}/v1/setup_intents/seti_1?a=b", APP] == sent
        replies = [
            httpx.get(url, headers={"host": httpx.URL(original).host} if header == "of Stripe" else {})
            for original, url in zip(urls[:2], sent[:2], strict=True)
        ]

    assert [200, 401] == [reply.status_code for reply in replies]
    assert "window.Stripe = Stripe" in replies[0].text


@contextmanager
def vite(folder: Path) -> Iterator[str]:
    """The URL of a development server for a folder."""
    with subprocess.Popen(
        [tool("vite", "recipes"), "--port", "0", "--host", "localhost"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            shown = ""
            for line in server.stdout:
                shown += re.sub(r"\x1b\[\d*m", "", line)
                if found := re.search(r"Local: +(http://localhost:\d+/)", shown):
                    yield found[1]
                    break
            else:
                raise AssertionError(shown)
        finally:
            server.terminate()


def vite_project(folder: Path, config: str, app: bytes, policy: str) -> Path:
    (folder / "node_modules").symlink_to(modules("recipes").resolve())
    (folder / "vite.config.js").write_text(config, "utf-8")
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    (folder / "index.html").write_bytes(page_with(policy))
    (folder / "public").mkdir()
    (folder / "public" / "newest.js").write_bytes(app)
    return folder


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    page = new_tab(browser)
    yield page
    page.context.close()


def test_vite(tmp_path: Path, mock: Mock, bundled_app: bytes, tab: Page) -> None:
    """The pages of the development server use the mock; those of a build do not know it."""
    policy = policies()[1].replace(MOCK.rstrip("/"), mock.url)
    text = block("Vite", "js").replace(MOCK, f"{mock.url}/")
    folder = vite_project(tmp_path, text, bundled_app, f"{policy} ws:")
    console: list[str] = []
    tab.on("console", lambda message: console.append(f"{message.type}: {message.text}"))
    with vite(folder) as url:
        tab.goto(f"{url}?{query_for(mock)}")
        enter_card(tab)
        save(tab, "saved succeeded")
        assert tab.evaluate("Stripe.isMock")
    ran([tool("vite", "recipes"), "build"], folder)

    assert [] == [each for each in console if each.startswith(("error", "warning"))]
    assert f"{mock.url}/" not in (folder / "dist" / "index.html").read_text("utf-8")


def test_the_real_script_is_loaded_if_the_tag_of_the_mock_fails(tab: Page, bundled_app: bytes, mock: Mock) -> None:
    """What the page warns of: without the mock's script, the app asks Stripe for the real one."""
    html = PAGE.format(tag='<script src="http://127.0.0.1:9/stripe.js"></script>', app='<script src="/a.js"></script>')
    with (
        app_server({"/": html.encode(), "/a.js": bundled_app}) as url,
        tab.expect_request(re.compile("^https:")) as real,
    ):
        tab.goto(f"{url}/?{query_for(mock)}")

    assert "https://js.stripe.com/endive/stripe.js" == real.value.url


# The function of the Python recipe, in the browser of these tests.


class Routed:
    """A page whose requests to Stripe are routed, and those requests."""

    def __init__(self, page: Page, mock_url: str) -> None:
        self.page = page
        self.requests: list[Request] = []
        self.errors: list[str] = []
        names: dict[str, Any] = {}
        text = block("Playwright for Python", "python").replace(MOCK, f"{mock_url}/")
        exec(compile(text, RECIPES, "exec"), names)
        self.to_mock: Callable[..., Any] = names["to_mock"]
        self.stripe: re.Pattern[str] = names["STRIPE"]
        page.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108 - Playwright sets an attribute
        page.on("pageerror", lambda error: self.errors.append(error.message))

    @property
    def urls(self) -> list[str]:
        """Where the page sent requests, without the app's own."""
        return [request.url for request in self.requests if "localhost" not in request.url]


@pytest.fixture
def routed(tab: Page, mock: Mock) -> Routed:
    found = Routed(tab, mock.url)
    tab.route(found.stripe, found.to_mock)
    return found


@pytest.mark.parametrize("element", ["payment", "card"])
def test_everything_goes_to_stripes_addresses(routed: Routed, mock: Mock, site: str, element: str) -> None:
    """Script, 3-D Secure and confirmation use the addresses of Stripe, and no other address."""
    routed.page.goto(f"{site}?{query_for(mock, element=element)}")
    enter_card(routed.page, "4000002500003155")
    routed.page.get_by_role("button", name="Save").click()
    routed.page.get_by_role("dialog").get_by_role("button", name="Complete authentication").click()

    expect(routed.page.get_by_role("status")).to_have_text("saved succeeded")
    assert "https://js.stripe.com/endive/stripe.js" == routed.urls[0]
    assert {"https://js.stripe.com", "https://api.stripe.com"} == {"/".join(url.split("/")[:3]) for url in routed.urls}
    assert [] == routed.errors


def test_the_customer_returns_to_the_app(routed: Routed, mock: Mock, site: str) -> None:
    """With `redirect: "always"` the browser goes to return_url."""
    routed.page.goto(f"{site}?{query_for(mock, redirect='always')}")
    enter_card(routed.page)
    routed.page.get_by_role("button", name="Save").click()

    routed.page.wait_for_url(re.compile(r"/done\?setup_intent=seti_\w+.*&redirect_status=succeeded$"))


@pytest.mark.parametrize("scenario", ["confirm_connection_reset", "confirm_empty_reply"])
def test_a_scenario_breaks_the_connection(routed: Routed, mock: Mock, site: str, scenario: str) -> None:
    """The app sees a network error, and the test that routes goes on."""
    routed.page.goto(f"{site}?{query_for(mock, scenario)}")
    enter_card(routed.page)

    save(routed.page, "failed api_connection_error")


def test_only_the_script_is_routed(tab: Page, mock: Mock, site: str) -> None:
    """The page sends nothing to Stripe's API but the question whether the mock is there."""
    routed = Routed(tab, mock.url)
    tab.route(re.compile("^https://js"), routed.to_mock)
    tab.goto(f"{site}?{query_for(mock, element='card')}")
    enter_card(tab)
    save(tab, "failed api_connection_error")

    assert {"https://api.stripe.com/__mock/health/live"} == {url for url in routed.urls if "api." in url}
    assert "created" == last_status(mock)


def test_without_the_mock_nothing_reaches_stripe(tab: Page, mock: Mock, site: str) -> None:
    """If the mock does not run, loadStripe rejects with the message that the page names."""
    routed = Routed(tab, "http://127.0.0.1:9")
    fulfilled: list[Request] = []
    tab.route(routed.stripe, routed.to_mock)
    tab.on("requestfinished", lambda request: fulfilled.append(request))  # noqa: PLW0108 - as above
    with tab.expect_event("pageerror") as error:
        tab.goto(f"{site}?{query_for(mock)}")

    assert error.value.message in " ".join(text_of(RECIPES).split())
    assert [] == [request.url for request in fulfilled if "stripe.com" in request.url]
