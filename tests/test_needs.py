"""What some tests need is looked for, and where it has to be there its absence is a failure."""

from __future__ import annotations

import json

import pytest

from tests.support.command import ROOT
from tests.support.needs import command, modules, need


def test_a_missing_need_is_a_skip_on_a_desk_and_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """MOCKSERVER_NPM, which .ci/run sets, makes the difference."""
    monkeypatch.delenv("MOCKSERVER_NPM", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not there"):
        need(None, "not there")
    monkeypatch.setenv("MOCKSERVER_NPM", "anywhere")
    with pytest.raises(pytest.fail.Exception, match="not there"):
        need(None, "not there")
    with pytest.raises(pytest.fail.Exception, match="no-such-command is not installed"):
        command("no-such-command", "nor-this")
    with pytest.raises(pytest.fail.Exception, match="run npm install in tests/npm/newest"):
        modules("newest")

    need("something", "not there")


def test_packages_are_named_by_version_alone() -> None:
    """None comes from an address or in whatever version is the latest, and no lock file says where it came from."""
    folder = ROOT / "tests" / "npm"
    found = {path.parent.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*/package.json")}
    versions = [
        version
        for each in found.values()
        for version in {**each.get("dependencies", {}), **each.get("devDependencies", {})}.values()
    ]

    assert {"newest", "older", "stripe"} == found.keys()
    assert [] == [version for version in versions if not version.replace(".", "").isdigit()]
    assert [] == [*folder.glob("*/package-lock.json")]
