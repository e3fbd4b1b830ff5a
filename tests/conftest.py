"""Settings of a test run."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """The number of workers for `-n auto`, which pyproject.toml sets: one per core, as xdist counts them.

    Selected files and single tests run without workers, because starting workers would take longer than the tests.
    """
    selected = [argument for argument in config.args if not Path(argument).is_dir()]
    return 0 if selected else None
