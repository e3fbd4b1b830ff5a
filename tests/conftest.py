"""Settings of a test run, and the mock that the tests of a module share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# check-jsonschema, a tool of the tests, installs regress. openapi-core would match patterns with it, but is tested as
# users have it: without regress. An import of a module that is None raises ImportError.
sys.modules["regress"] = None  # type: ignore[assignment]  # as the documentation of sys.modules says

from tests.support.mock import Mock, mock_of  # noqa: E402  # it imports openapi-core


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """The number of workers for `-n auto`, which pyproject.toml sets: one per core, as xdist counts them.

    Selected files and single tests run without workers, because starting workers would take longer than the tests.
    """
    selected = [argument for argument in config.args if not Path(argument).is_dir()]
    return 0 if selected else None


@pytest.fixture(scope="module")
def shared_mock() -> Iterator[Mock]:
    """A mock with default settings, for the tests of a module."""
    with mock_of() as mock:
        yield mock


@pytest.fixture
def mock(shared_mock: Mock) -> Mock:
    """The mock of the module, in its initial state."""
    shared_mock.restore()
    return shared_mock
