"""Hides secrets and card numbers in text that people read: logs, the journal, errors and pages.

May import: nothing of this project. Start with `redact.py`.
"""

from __future__ import annotations

from mockserver.redaction.card_numbers import REDACTED, is_card_number, without_card_numbers
from mockserver.redaction.redact import (
    is_secret_name,
    printable,
    redact,
    redact_body,
    redact_name,
    redact_path,
    redact_query,
    redact_value,
)

__all__ = [
    "REDACTED",
    "is_card_number",
    "is_secret_name",
    "printable",
    "redact",
    "redact_body",
    "redact_name",
    "redact_path",
    "redact_query",
    "redact_value",
    "without_card_numbers",
]
