"""How many cases the tests with generated input use: MOCKSERVER_CASES, which .ci/run sets to ten times the default.

The cases are the same in each run, so that a failure belongs to the change; MOCKSERVER_FRESH_CASES=1 makes new ones.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

__all__ = ["generated"]

CASES = int(os.environ.get("MOCKSERVER_CASES", "1000"))


def generated(share: float) -> settings:
    """Settings of Hypothesis for a share of the cases."""
    return settings(
        max_examples=max(1, int(CASES * share)),
        derandomize="MOCKSERVER_FRESH_CASES" not in os.environ,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
