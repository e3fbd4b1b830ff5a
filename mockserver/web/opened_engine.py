"""Loads an engine with its state: in memory, or in the store that the settings name."""

from functools import partial
from importlib.util import find_spec

from mockserver.engine.engine import Engine
from mockserver.errors import UsageError
from mockserver.loading import load_engine
from mockserver.settings import Settings


def open_engine(settings: Settings) -> Engine:
    """The engine of the settings. Nothing is sent to a store yet.

    Raises UsageError: a file or the URL of the store cannot be used, or the package for the store is missing.
    """
    if not settings.has_shared_store:
        return load_engine(settings)
    if find_spec("redis") is None:
        raise UsageError("--store needs the package redis: install wingback-mockserver[redis]")
    from mockserver.store import open_store

    return load_engine(settings, open_state=partial(open_store, settings))
