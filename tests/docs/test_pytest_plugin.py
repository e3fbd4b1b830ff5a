"""docs/pytest-plugin.md: fixtures, options and the plugin's name, compared with the plugin."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from mockserver import MockServer
from mockserver.testing import plugin
from tests.support.command import ROOT
from tests.support.markdown import rows, text_of

DOCUMENT = "docs/pytest-plugin.md"


def test_the_fixtures_are_the_plugins() -> None:
    """The table has each fixture once."""
    fixtures = re.findall(r"^@pytest\.fixture\ndef (\w+)", Path(plugin.__file__).read_text("utf-8"), re.MULTILINE)

    assert sorted(fixtures) == sorted(cells[0].strip("`") for cells in rows(DOCUMENT, "Fixtures"))


def test_the_options_are_the_plugins() -> None:
    """The table has each option once, in order, as a flag and an ini option."""
    options = [f"`--mockserver-{name.replace('_', '-')}`, `mockserver_{name}`" for name in plugin.OPTIONS]

    assert options == [cells[0] for cells in rows(DOCUMENT, "Options")]


def test_a_mock_server_has_the_attributes() -> None:
    """Every attribute that the table lists exists."""
    (about,) = [cells[1] for cells in rows(DOCUMENT, "Fixtures") if cells[0] == "`mockserver`"]
    named = re.findall(r"`(\w+)(?:\(\))?`", about)

    assert named.pop(0) == MockServer.__name__
    assert len(named) > 5
    assert [] == [name for name in named if not hasattr(MockServer, name)]


def test_the_plugin_has_the_documented_name() -> None:
    """The name of the entry point disables the plugin."""
    (name,) = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pytest11"]

    assert [name] == re.findall(r"`-p no:(\w+)`", text_of(DOCUMENT))
