"""What the browser tests need is looked for, and where it has to be there its absence is a failure."""

from __future__ import annotations

import pytest

from tests.support.browser import need
from tests.support.command import ROOT


def test_a_missing_need_is_a_skip_on_a_desk_and_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """MOCKSERVER_NPM, which .ci/run sets, makes the difference."""
    monkeypatch.delenv("MOCKSERVER_NPM", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not there"):
        need(None, "not there")
    monkeypatch.setenv("MOCKSERVER_NPM", "anywhere")
    with pytest.raises(pytest.fail.Exception, match="not there"):
        need(None, "not there")

    need("something", "not there")


def test_ci_brings_what_is_needed() -> None:
    """.ci/run installs a browser, Node's packages for each app, and says so to the tests."""
    text = (ROOT / ".ci" / "run").read_text("utf-8")

    assert "missing+=(chromium)" in text
    assert "npm install" in text
    assert "export MOCKSERVER_NPM=" in text


def test_no_package_names_a_registry() -> None:
    """The apps' packages are named by version alone, and no lock file says where they came from."""
    folder = ROOT / "tests" / "browser" / "apps"
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*/package*.json"))]

    assert 2 == len(texts)
    assert [] == [text for text in texts if "http" in text]
