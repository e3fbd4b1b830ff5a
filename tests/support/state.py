"""The state of an engine in memory, for tests that look at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from mockserver.engine.engine import Engine
from mockserver.engine.state import MemoryState
from mockserver.payments.ledger import Stored
from mockserver.storage.keyed_store import KeyedStore

Value = TypeVar("Value")


def memory_of(engine: Engine) -> MemoryState:
    """The state of an engine whose state is in memory. A test that looks into memory is skipped with another state."""
    if engine.state.is_shared:
        pytest.skip("this test looks into memory")
    assert isinstance(engine.state, MemoryState)
    return engine.state


def stored_with(limit: int) -> Stored:
    """Makes stores that keep at most this number of values."""

    def stored(kind: str, *, cap: int, size: Callable[[Value], int]) -> KeyedStore[Value]:  # the signature of Stored
        return KeyedStore(cap=limit, size=size)

    return stored
