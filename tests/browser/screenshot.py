"""Takes the picture of the demo page for the README: `.venv/bin/python -m tests.browser.screenshot`."""

from __future__ import annotations

from playwright.sync_api import expect

from mockserver.settings import Settings
from tests.support.browser import Pages, chromium, new_tab
from tests.support.command import ROOT
from tests.support.mock import mock_of

PICTURE = ROOT / "docs" / "demo.png"


def main() -> None:
    """Show a declined card, and save the screenshot."""
    with mock_of(Settings(seed=1)) as mock, chromium() as browser:
        page = Pages(tab=new_tab(browser)).open(f"{mock.url}/__mock/demo")
        page.set_viewport_size({"width": 1000, "height": 810})
        expect(page.get_by_role("button", name="Save payment method")).to_be_enabled()
        page.get_by_role("button", name="4000 0000 0000 9995").click()
        page.get_by_role("button", name="Save payment method").click()
        expect(page.get_by_role("status")).to_contain_text("insufficient_funds")
        # No element may look focused.
        page.mouse.move(0, 0)
        page.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
