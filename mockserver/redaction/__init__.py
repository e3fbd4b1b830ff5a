"""Hides secrets and card numbers in text that people read: logs, the journal, errors and pages.

May import: nothing of this project. Start with `redact.py`.
"""

from __future__ import annotations

from mockserver.redaction.redact import (
    REDACTED,
    echoed,
    is_secret_name,
    redact,
    redact_body,
    redact_path,
    redact_query,
    redact_value,
)

__all__ = [
    "REDACTED",
    "echoed",
    "is_secret_name",
    "redact",
    "redact_body",
    "redact_path",
    "redact_query",
    "redact_value",
]
