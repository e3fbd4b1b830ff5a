"""The console page: the scenarios and the journal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import Page, expect

from mockserver.messages import Headers, Request
from mockserver.settings import Settings, bundled
from tests.browser.conftest import created
from tests.support.browser import Pages
from tests.support.credentials import CREDENTIALS, ORDINARY, exchanges, secrets, write_files
from tests.support.mock import Mock, mock_of


@pytest.fixture
def console(pages: Pages, mock: Mock) -> Iterator[Page]:
    page = pages.open(f"{mock.url}/__mock/")
    expect(page.get_by_role("button", name="Activate card_declined")).to_be_visible()
    yield page
    mock.caller(None).activate(None)


def rows(page: Page) -> list[str]:
    """The journal, newest entry first: status, method and path."""
    return page.locator("#journal summary").all_text_contents()


def test_it_shows_the_contract(console: Page, pages: Pages) -> None:
    """It shows the contract and the number of scenarios; the browser console stays empty."""
    expect(console.locator("#summary")).to_have_text(re.compile(r"serves wingback-api 0\.1\.0 with \d+ scenarios\."))

    assert [] == pages.console


def test_a_scenario_is_activated_and_deactivated(console: Page, mock: Mock) -> None:
    """The first click activates a scenario for the whole server, the second one restores the default."""
    console.get_by_role("button", name="Activate server_error").click()
    back = console.get_by_role("button", name="Deactivate server_error")
    expect(back).to_have_attribute("aria-pressed", "true")
    assert 500 == mock.create().status_code

    back.click()
    expect(console.get_by_role("button", name="Activate server_error")).to_have_attribute("aria-pressed", "false")
    assert 200 == mock.create().status_code


def test_it_shows_what_another_client_activates(console: Page, mock: Mock) -> None:
    """The page updates when another client activates a scenario."""
    mock.caller(None).activate("slow")

    expect(console.get_by_role("button", name="Deactivate slow")).to_be_visible()


def test_the_journal_updates_by_itself(console: Page, mock: Mock) -> None:
    """A new request appears at once at the top, with its details and without secrets."""
    before = len(rows(console))
    secret = created(mock)["setup_intent"]["stripe"]["client_secret"]
    expect(console.locator("#journal summary")).to_have_count(before + 1)
    console.locator("#journal summary").first.click()

    expect(console.locator("#journal pre").first).to_contain_text('"scenario": "happy_path"')
    assert "200 POST /v1/c/customer/Cust_1/payment/session" == rows(console)[0]
    assert secret.partition("_secret_")[2] not in console.content()


def test_refusals_are_marked(console: Page, mock: Mock) -> None:
    """A refusal shows its kind, and a filter shows only refusals."""
    mock.create()
    mock.create(operation="pay")
    expect(console.locator("#journal li").first).to_contain_text("refused: contract-violation")
    console.get_by_label("Only refused requests").check()

    expect(console.locator("#journal li").first).to_contain_text("refused: contract-violation")
    assert {"400"} == {row.split()[0] for row in rows(console)}


def test_warnings_are_shown(console: Page, mock: Mock) -> None:
    """A request with a misspelled member shows the member that was probably meant."""
    mock.create(planId="p")

    expect(console.locator("#journal li").first.locator(".warning")).to_have_text(
        'Warning: body /planId: the contract documents no member "planId"; did you mean "plan_id"?'
    )
    mock.create(plan_id="p")
    expect(console.locator("#journal li").first.locator(".status")).to_have_text("200")
    expect(console.locator("#journal li").first.locator(".warning")).to_have_count(0)


def test_a_guarded_console_asks_for_the_token(pages: Pages) -> None:
    """With --admin-token, the page asks for the token and then works."""
    with mock_of(Settings(seed=1, admin_token="let me in")) as mock:
        page = pages.open(f"{mock.url}/__mock/")
        page.get_by_label("--admin-token").fill("let me in")

        expect(page.get_by_role("button", name="Activate card_declined")).to_be_visible()
        expect(page.get_by_label("--admin-token")).to_be_hidden()
        pages.close()


def test_a_broken_file_is_reported(pages: Pages, tmp_path: Path) -> None:
    """With --reload, the page shows the error of a broken scenario file until the file is valid again."""
    folder = copytree(bundled("scenarios"), tmp_path / "scenarios")
    broken = folder / "slow.yaml"
    sound = broken.read_text("utf-8")
    with mock_of(Settings(seed=1, scenarios=folder, reload=True)) as mock:
        page = pages.open(f"{mock.url}/__mock/")
        expect(page.locator("#summary")).to_contain_text("serves")
        broken.write_text("about: [", "utf-8")
        expect(page.locator("#reload")).to_contain_text("slow.yaml")

        broken.write_text(sound, "utf-8")
        expect(page.locator("#reload")).to_be_empty()
        pages.close()


def test_many_entries(pages: Pages) -> None:
    """With 3,000 entries in the journal the page shows the newest 200, and new ones at once, also when filtered."""
    with mock_of() as mock:
        for number in range(3000):
            path = f"/nowhere/{number}"
            mock.engine.handle(Request(method="GET", path=path, headers=Headers([("mock-namespace", "n")])))
        page = pages.open(f"{mock.url}/__mock/")
        expect(page.locator("#journal summary")).to_have_count(200, timeout=30_000)
        expect(page.locator("#journal summary").first).to_contain_text("/nowhere/2999")
        expect(page.locator("#journal summary").last).to_contain_text("/nowhere/2800")
        mock.create()
        expect(page.locator("#journal li").first).to_contain_text("happy_path")
        page.get_by_label("Only refused requests").check()
        expect(page.locator("#journal summary").first).to_contain_text("/nowhere/2999")
        expect(page.locator("#journal summary")).to_have_count(200, timeout=30_000)


def test_promise_10_no_credential_appears(pages: Pages, tmp_path: Path) -> None:
    """No entry shows a credential, wherever a request carried it; ordinary values are shown."""
    spec, scenarios = write_files(tmp_path)
    with mock_of(Settings(seed=1, spec=spec, scenarios=scenarios)) as mock:
        http = mock.browser({})
        page = pages.open(f"{mock.url}/__mock/")
        expect(page.get_by_role("button", name="Activate picky")).to_be_visible()
        count = 0
        for credential in CREDENTIALS.values():
            count += len(exchanges(http, credential))
            expect(page.locator("#journal summary")).to_have_count(count)
        for summary in page.locator("#journal summary").all():
            summary.click()
        expect(page.locator("#journal pre").last).to_contain_text('"reply"')
        shown = page.content() + "".join(page.locator("#journal pre").all_text_contents())

    assert [] == [name for name, each in CREDENTIALS.items() if any(secret in shown for secret in secrets(each))]
    assert [] == [each for each in ORDINARY if each not in shown]


def test_promise_10_a_token_is_shortened(console: Page, mock: Mock) -> None:
    """The token of a payment session is shown so that a person can tell two apart, but cannot use it."""
    token = created(mock)["token"]
    expect(console.locator("#journal li").first).to_contain_text("happy_path")
    console.locator("#journal summary").first.click()

    expect(console.locator("#journal pre").first).to_contain_text(f"PaySess_...{token[-4:]}")
    assert token not in console.content()
