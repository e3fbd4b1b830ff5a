"""A live mock for each test of the control API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.mock import Mock, mock_of


@pytest.fixture(scope="module")
def shared_mock() -> Iterator[Mock]:
    with mock_of() as mock:
        yield mock


@pytest.fixture
def mock(shared_mock: Mock) -> Mock:
    """A mock in its initial state."""
    shared_mock.engine.reset(None)
    return shared_mock
