"""The header `traceparent` of distributed tracing: https://www.w3.org/TR/trace-context."""

import re
from typing import Final

# Only later versions than 00 may have more fields.
_TRACEPARENT: Final = re.compile(
    r"(?!ff)(?!00.{54})[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?"
)


def trace_id_of(traceparent: str | None) -> str | None:
    """The trace id in the value of the header, 32 hexadecimal digits; None if the value is missing or invalid."""
    found = None if traceparent is None else _TRACEPARENT.fullmatch(traceparent)
    return found[1] if found else None
