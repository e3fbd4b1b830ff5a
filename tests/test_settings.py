"""Settings: the defaults, their documentation, and the paths of the bundled files."""

from __future__ import annotations

import ast
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mockserver import settings
from mockserver.errors import UsageError
from mockserver.settings import Settings, bundled, own_file
from mockserver.testing import MockServer

ROOT = Path(__file__).parent.parent
# The flag of a setting that holds several values names one of them.
SINGULAR = {"api_keys": "api_key", "cors_origins": "cors_origin", "allow_hosts": "allow_host"}


@pytest.mark.parametrize(
    ("chosen", "spec", "scenarios"),
    [
        pytest.param(Settings(), ROOT / "spec" / "wingback.yaml", ROOT / "scenarios", id="nothing"),
        pytest.param(Settings(spec=Path("x.yaml")), Path("x.yaml"), None, id="a custom contract has no scenarios"),
        pytest.param(Settings(scenarios=Path("y")), ROOT / "spec" / "wingback.yaml", Path("y"), id="custom scenarios"),
        pytest.param(Settings(spec=Path("x.yaml"), scenarios=Path("y")), Path("x.yaml"), Path("y"), id="both"),
    ],
)
def test_what_is_served(chosen: Settings, spec: Path, scenarios: Path | None) -> None:
    """The bundled files are served unless the settings name others."""
    assert (spec, scenarios) == (chosen.spec_file, chosen.scenarios_folder)


def test_every_setting_is_documented() -> None:
    """The text below each field of Settings ends with its environment variable."""
    tree = ast.parse(Path(settings.__file__).read_text("utf-8"))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef))
    texts = {
        statement.target.id: ast.literal_eval(below.value)
        for statement, below in pairwise(body)
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and isinstance(below, ast.Expr)
    }
    variables = {
        name: f"(`MOCKSERVER_{SINGULAR.get(name, name).upper()}`)" for name in (f.name for f in fields(Settings))
    }

    assert list(variables) == list(texts)
    assert [] == [name for name, variable in variables.items() if not texts[name].endswith(f". {variable}")]


@pytest.mark.parametrize(
    ("option", "path", "expected"),
    [
        ("spec", "https://x/y.yaml", "--spec takes a file, not a URL: download https://x/y.yaml first"),
        ("spec", "HTTP://x/y", "--spec takes a file, not a URL: download HTTP://x/y first"),
        ("scenarios", "https://x/y/", "--scenarios takes a folder, not a URL: download https://x/y first"),
    ],
)
def test_a_url_is_no_path(option: str, path: str, expected: str) -> None:
    """A URL is refused, and shown with the two slashes that Path removes."""
    with pytest.raises(UsageError) as refused:
        Settings(**{option: Path(path)})  # type: ignore[arg-type]  # the name of a path
    assert expected == str(refused.value)


@pytest.mark.parametrize("path", ["http", "https/x", "C:/x"])
def test_a_path_like_a_url_is_accepted(path: str) -> None:
    """A path that only resembles a URL is a path."""
    settings.refuse_url("--spec", path)


def test_an_installed_package_has_its_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In a wheel, the bundled folders are inside the package."""
    (tmp_path / "mockserver" / "_bundled" / "spec").mkdir(parents=True)
    monkeypatch.setattr(settings, "__file__", str(tmp_path / "mockserver" / "settings.py"))

    assert tmp_path / "mockserver" / "_bundled" / "spec" == bundled("spec")


def test_files_that_every_server_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An installed package has a second copy of them, which no mounted folder hides; a checkout has one copy."""
    assert [ROOT / "spec" / "admin.yaml", ROOT / "scenarios" / "happy_path.yaml"] == [
        own_file(name) for name in ("admin.yaml", "happy_path.yaml")
    ]
    installed = tmp_path / "mockserver" / "_own" / "admin.yaml"
    installed.parent.mkdir(parents=True)
    installed.touch()
    monkeypatch.setattr(settings, "__file__", str(tmp_path / "mockserver" / "settings.py"))

    assert installed == own_file("admin.yaml")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://user:hunter2@h:6379/1", "redis://h:6379/1"),
        ("rediss://h", "rediss://h"),
        ("rediss+cluster://user:hunter2@a:1,b:2?one_slot=yes", "rediss+cluster://a:1,b:2"),
        ("unix:///run/r.sock?db=1&password=hunter2", "unix:///run/r.sock"),
        ("redis+sentinel://:hunter2@a:1,b:2/name/0?sentinel_password=hunter2", "redis+sentinel://a:1,b:2/name/0"),
    ],
)
def test_promise_10_the_password_of_the_store_is_not_shown(url: str, shown: str) -> None:
    """The greeting shows the URL of the store without credentials."""
    settings = Settings(store=url)
    assert shown == settings.shown_store
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"store": "http://h"}, "--store takes memory"),
        ({"store": "redis"}, "--store takes memory"),
        ({"store": "redis://h", "reload": True}, "--reload is for one server"),
    ],
)
def test_stores_that_cannot_be_used(options: dict[str, Any], named: str) -> None:
    """Another URL, and a store for a server that watches its files, are refused."""
    with pytest.raises(UsageError, match=named):
        Settings(**options)


def test_mockserver_takes_no_store() -> None:
    """MockServer controls an engine in this process, whose state is in memory."""
    with pytest.raises(UsageError, match="pass its address as url"):
        MockServer(Settings(store="redis://h"))
