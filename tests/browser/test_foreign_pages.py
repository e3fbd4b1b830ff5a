"""Promise 8: the mock is no entry point for the websites that the same browser visits, tried with a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response

from mockserver.settings import Settings
from tests.support.browser import FOREIGN, new_tab
from tests.support.mock import Mock, mock_of

SPEC = """
openapi: 3.0.3
info: {title: pages, version: "1"}
paths:
  /page/{id}:
    parameters: [{in: path, name: id, required: true, schema: {type: string}}]
    get:
      operationId: page
      responses: {"200": {description: a page, content: {text/html: {}}}}
"""
ATTACK = "fetch('/__mock/reset',{method:'POST'}).then(()=>{document.title='attacked'})"
SCENARIO = f"""
about: Pages that repeat the request, with a script of their own.
stubs:
  - name: unsafe
    operation: page
    when: {{path: {{id: unsafe}}}}
    reply:
      headers: {{Content-Type: text/html, Content-Security-Policy: "script-src 'unsafe-inline'"}}
      body: "<title>page</title><script>{ATTACK}</script>"
  - name: first
    operation: page
    when: {{path: {{id: counted}}}}
    times: 1
    reply: {{headers: {{Content-Type: text/html, X-First: "1"}}, body: <title>first</title>}}
  - name: page
    operation: page
    reply:
      headers: {{Content-Type: text/html, X-First: "0"}}
      body: "<title>page</title><script>{ATTACK}</script><p>{{$request.path.id}}</p>"
"""
NO_REFERRER = """() => {
    const meta = document.createElement("meta");
    document.head.append(Object.assign(meta, {name: "referrer", content: "no-referrer"}));
}"""

# Ways to make the browser send a request, each as a function of the URL.
WAYS = {
    "image": "url => { new Image().src = url }",
    "script": "url => document.head.append(Object.assign(document.createElement('script'), {src: url}))",
    "module": (
        "url => document.head.append(Object.assign(document.createElement('script'), {type: 'module', src: url}))"
    ),
    "style sheet": (
        "url => document.head.append(Object.assign(document.createElement('link'), {rel: 'stylesheet', href: url}))"
    ),
    "prefetch": (
        "url => document.head.append(Object.assign(document.createElement('link'), {rel: 'prefetch', href: url}))"
    ),
    "iframe": "url => document.body.append(Object.assign(document.createElement('iframe'), {src: url}))",
    "object": "url => document.body.append(Object.assign(document.createElement('object'), {data: url}))",
    "embed": "url => document.body.append(Object.assign(document.createElement('embed'), {src: url}))",
    "EventSource": "url => { window.source = new EventSource(url) }",
    "fetch": "url => { fetch(url).catch(() => {}) }",
    "fetch without CORS": "url => { fetch(url, {mode: 'no-cors'}).catch(() => {}) }",
    "HEAD without CORS": "url => { fetch(url, {mode: 'no-cors', method: 'HEAD'}).catch(() => {}) }",
    "POST without CORS": "url => { fetch(url, {mode: 'no-cors', method: 'POST', body: '{}'}).catch(() => {}) }",
    "beacon": "url => { navigator.sendBeacon(url, '{}') }",
    "navigation": "url => { setTimeout(() => { location.href = url }) }",
    "window": "url => { window.opened = window.open(url) }",
    "form": """url => {
        const form = Object.assign(document.createElement('form'), {action: url, method: 'post'});
        document.body.append(form);
        setTimeout(() => form.submit());
    }""",
    "form in the query": """url => {
        const form = Object.assign(document.createElement('form'), {action: url});
        document.body.append(form);
        setTimeout(() => form.submit());
    }""",
}
# They open a page in a tab. The console may be opened so.
OPENING = ("navigation", "window", "form in the query")


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "spec.yaml").write_text(SPEC, "utf-8")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "happy_path.yaml").write_text(SCENARIO, "utf-8")
    with mock_of(Settings(seed=1, spec=folder / "spec.yaml", scenarios=folder / "scenarios")) as running:
        yield running


@pytest.fixture(scope="module")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A profile for the pages of these tests."""
    first = new_tab(browser)
    yield first.context
    first.context.close()


@pytest.fixture
def page(profile: BrowserContext, mock: Mock) -> Iterator[Page]:
    """A page, beside a mock in its initial state."""
    mock.restore()
    kept, page = profile.pages[0], profile.new_page()
    yield page
    for opened in profile.pages:
        if opened is not kept:
            opened.close()


@pytest.fixture
def foreign(page: Page, empty: str) -> Page:
    """A page of a foreign site."""
    page.goto(empty.replace("localhost", FOREIGN))
    return page


def entries(page: Page, mock: Mock, count: int = 1) -> list[Any]:
    """The entries of the journal, when there are so many. Without that of the icon of a reply in a tab."""
    found: list[Any] = []

    def is_complete() -> bool:
        shown = mock.caller(None).get("journal")["entries"]
        found[:] = [entry for entry in shown if entry["request"]["path"] != "/favicon.ico"]
        return len(found) >= count

    wait_until(page, is_complete)
    return found


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    end = monotonic() + 20
    while not holds() and monotonic() < end:
        page.wait_for_timeout(20)


def refusals(found: list[Any]) -> set[tuple[str, str | None]]:
    return {(entry["namespace"], entry["refused"]) for entry in found}


@pytest.mark.parametrize("referrer", ["a referrer", "no referrer"])
@pytest.mark.parametrize("way", WAYS)
def test_promise_8_a_foreign_page_reaches_no_operation(foreign: Page, mock: Mock, way: str, referrer: str) -> None:
    """Whatever the page does, each request is refused: no stub is used up, and no caller's journal has an entry."""
    if referrer == "no referrer":
        foreign.evaluate(NO_REFERRER)
    foreign.evaluate(WAYS[way], f"{mock.url}/page/counted")

    assert {("edge", "foreign-origin")} == refusals(entries(foreign, mock))
    assert ["1", "0"] == [mock.http.get("/page/counted").headers["x-first"] for _ in range(2)]


@pytest.mark.parametrize("way", WAYS)
def test_promise_8_a_foreign_page_reaches_no_control_api(foreign: Page, mock: Mock, way: str) -> None:
    """It opens no event stream, resets nothing, and neither loads nor frames the journal and the console."""
    mock.http.get("/page/1")
    for path in ("/__mock/events", "/__mock/reset", "/__mock/journal", *([] if way in OPENING else ["/__mock/"])):
        page = foreign.context.new_page()
        page.goto(foreign.url)
        seen = len(entries(page, mock))
        page.evaluate(WAYS[way], f"{mock.url}{path}")
        found = entries(page, mock, seen + 1)
        page.close()

        assert {("edge", "foreign-origin")} == refusals(found[seen:]), path
        assert (None, "/page/1") == (found[0]["refused"], found[0]["request"]["path"])


@pytest.mark.parametrize("way", OPENING)
def test_a_foreign_page_may_link_to_the_console(foreign: Page, mock: Mock, way: str) -> None:
    """A person follows links to the console, which is no different from entering its address."""
    foreign.evaluate(WAYS[way], f"{mock.url}/__mock/")
    wait_until(foreign, lambda: f"{mock.url}/__mock/" in {each.url.rstrip("?") for each in foreign.context.pages})

    foreign.context.pages[-1].get_by_role("heading", name="Journal").wait_for()


@pytest.mark.parametrize("path", ["/page/1", "/page/%3Cimg%20src=x%20onerror=%22attack()%22%3E"])
def test_promise_8_a_reply_runs_no_script(page: Page, mock: Mock, path: str) -> None:
    """Even if a person opens the address, the scripts in the reply do not run, and the state stays."""
    page.goto(f"{mock.url}{path}")
    found = entries(page, mock)

    assert "page" == page.title()
    assert 0 == page.locator("img").count()
    assert [None] == [entry["refused"] for entry in found]


def test_a_scenario_may_allow_scripts(page: Page, mock: Mock) -> None:
    """A scenario can set its own policy. This shows that the attack above works without the sandbox."""
    page.goto(f"{mock.url}/page/unsafe")
    page.wait_for_function("document.title === 'attacked'")

    assert [] == entries(page, mock, 0)


@pytest.mark.parametrize(
    ("way", "status"),
    [
        ("image", 403),
        ("iframe", 200),
        ("navigation", 200),
        ("form in the query", 200),
        ("fetch", 200),
        ("fetch without CORS", 403),
    ],
)
def test_a_page_of_this_machine_may_call(page: Page, mock: Mock, empty: str, way: str, status: int) -> None:
    """A page on another port may fetch and navigate, with the usual Referrer-Policy. Images need `crossorigin`."""
    page.goto(empty)
    page.evaluate(WAYS[way], f"{mock.url}/page/counted")
    (entry, *_) = entries(page, mock)

    assert (status, "edge" == entry["namespace"]) == (entry["reply"]["status"], status == 403)


def test_an_image_with_crossorigin(page: Page, mock: Mock, empty: str) -> None:
    """With the attribute that the refusal names, the browser sends an Origin header."""
    page.goto(empty)
    page.evaluate(
        "url => { Object.assign(new Image(), {crossOrigin: 'anonymous', src: url}) }", f"{mock.url}/page/counted"
    )

    assert [None] == [entry["refused"] for entry in entries(page, mock)]


@pytest.mark.parametrize("path", ["/__mock/", "/__mock/demo", "/__mock/journal", "/__mock/health"])
def test_promise_8_no_page_is_framed(page: Page, mock: Mock, empty: str, path: str) -> None:
    """Not even a page whose origin is allowed can show the console or the journal in a frame."""
    page.goto(empty)
    with page.expect_response(lambda response: response.url == f"{mock.url}{path}") as found:
        page.evaluate(WAYS["iframe"], f"{mock.url}{path}")
    response: Response = found.value
    wait_until(page, lambda: page.frames[-1].url.startswith("chrome-error:"))

    assert 200 == response.status
    assert "chrome-error://chromewebdata/" == page.frames[-1].url
