"""The public API: the names that users import from `mockserver` and `mockserver.testing`."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import pytest

import mockserver
from mockserver import MockServer, create_app, testing
from mockserver.settings import Settings
from mockserver.version import __version__
from tests.support.command import ROOT, run_python

FRAMEWORKS = {
    *("click", "faker", "httpx", "openapi_core", "prometheus_client"),
    *("pydantic", "pytest", "starlette", "uvicorn", "yaml"),
}


@pytest.mark.parametrize("module", ["mockserver", "mockserver.testing"])
def test_an_import_loads_no_framework(tmp_path: Path, module: str) -> None:
    """The packages import frameworks only when a name is used."""
    source = f"import sys, {module}; print(sorted({FRAMEWORKS} & sys.modules.keys()))"

    done = run_python(tmp_path, "-c", source)

    assert ("[]\n", "") == (done.stdout, done.stderr)


def test_names_at_the_top_level() -> None:
    """`mockserver` has the public names, and they are those of `mockserver.testing`."""
    assert mockserver.__version__ == __version__
    assert (testing.MockServer, testing.Settings, testing.create_app) == (MockServer, mockserver.Settings, create_app)
    assert mockserver.__all__ == [name for name in mockserver.__all__ if hasattr(mockserver, name)]


def test_names_in_testing() -> None:
    """`mockserver.testing` has each name of `__all__`."""
    assert testing.__all__ == [name for name in testing.__all__ if hasattr(testing, name)]


@pytest.mark.parametrize("module", [mockserver, testing], ids=lambda module: module.__name__)
def test_an_unknown_name(module: object) -> None:
    """An unknown name is an AttributeError."""
    with pytest.raises(AttributeError, match="has no attribute 'Mockserver'"):
        module.Mockserver  # type: ignore[attr-defined] # noqa: B018 - the access raises


def test_types() -> None:
    """Type checkers know the names: mypy checks this file, and an unknown type would be an error here."""
    assert_type(mockserver.Settings(), Settings)
    assert_type(mockserver.__version__, str)
    assert (ROOT / "mockserver" / "py.typed").exists()
