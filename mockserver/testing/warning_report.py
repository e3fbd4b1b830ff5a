"""The warnings of a whole run in pytest's summary: names in requests that are probably misspelled, with the tests."""

from __future__ import annotations

from typing import Any, Final

import pytest

from mockserver.redaction.terminal import printable

MAX_TESTS: Final = 5
"""How many of the tests that caused a warning are listed."""


def summarize_warnings(terminal: pytest.TerminalReporter, results: list[dict[str, Any]]) -> None:
    """Print each warning of the workers once, with the tests that caused it."""
    merged: dict[tuple[str, str], dict[str, None]] = {}
    for result in results:
        for operation, text, tests in result["warnings"]:
            merged.setdefault((operation, text), {}).update(dict.fromkeys(tests))
    if not merged:
        return
    terminal.section("mockserver warnings", yellow=True)
    for operation, text in sorted(merged):
        terminal.write_line(printable(f"{operation}: {text}"))
        tests = sorted(merged[operation, text])
        for test in tests[:MAX_TESTS]:
            terminal.write_line(printable(f"    {test}"))
        if len(tests) > MAX_TESTS:
            terminal.write_line(f"    and {len(tests) - MAX_TESTS} more")
