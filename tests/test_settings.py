"""Settings: the defaults, and where the bundled files lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver import settings
from mockserver.settings import Settings, bundled, own

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("given", "spec", "scenarios"),
    [
        pytest.param(Settings(), ROOT / "spec" / "wingback.yaml", ROOT / "scenarios", id="nothing"),
        pytest.param(Settings(spec=Path("x.yaml")), Path("x.yaml"), None, id="a foreign contract has no scenarios"),
        pytest.param(Settings(scenarios=Path("y")), ROOT / "spec" / "wingback.yaml", Path("y"), id="own scenarios"),
        pytest.param(Settings(spec=Path("x.yaml"), scenarios=Path("y")), Path("x.yaml"), Path("y"), id="both"),
    ],
)
def test_what_is_served(given: Settings, spec: Path, scenarios: Path | None) -> None:
    """The bundled files, unless told otherwise."""
    assert (spec, scenarios) == (given.spec_file, given.scenarios_folder)


def test_an_installed_copy_carries_its_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In a wheel they lie inside the package."""
    (tmp_path / "mockserver" / "_bundled" / "spec").mkdir(parents=True)
    monkeypatch.setattr(settings, "__file__", str(tmp_path / "mockserver" / "settings.py"))

    assert tmp_path / "mockserver" / "_bundled" / "spec" == bundled("spec")


def test_what_the_mock_needs_itself_lies_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In an image, folders that are mounted over the bundled ones do not take it away; a checkout has it once."""
    assert [ROOT / "spec" / "admin.yaml", ROOT / "scenarios" / "happy_path.yaml"] == [
        own(name) for name in ("admin.yaml", "happy_path.yaml")
    ]
    kept = tmp_path / "mockserver" / "_own" / "admin.yaml"
    kept.parent.mkdir(parents=True)
    kept.touch()
    monkeypatch.setattr(settings, "__file__", str(tmp_path / "mockserver" / "settings.py"))

    assert kept == own("admin.yaml")
