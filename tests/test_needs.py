"""Missing programs and packages skip a test on a developer's machine, and fail it in CI."""

from __future__ import annotations

import json

import pytest

from tests.support.command import ROOT
from tests.support.needs import command, modules, need


def test_a_missing_program_is_a_skip_or_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable MOCKSERVER_NPM, which .ci/run sets, makes the difference."""
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


def test_packages_have_exact_versions() -> None:
    """Every npm package has an exact version, and there is no lock file with addresses."""
    folder = ROOT / "tests" / "npm"
    found = {path.parent.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*/package.json")}
    versions = [
        version
        for each in found.values()
        for version in {**each.get("dependencies", {}), **each.get("devDependencies", {})}.values()
    ]

    assert {"between", "newest", "older", "recipes", "stripe"} == found.keys()
    # An alias has the version after the name of the package.
    assert [] == [each for each in versions if not each.rpartition("@")[2].replace(".", "").isdigit()]
    assert [] == [*folder.glob("*/package-lock.json")]
