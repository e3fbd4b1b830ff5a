"""The formats of integers, from OpenAPI's registry (https://spec.openapis.org/registry/format/)."""

from typing import Any, Final

INTEGER_RANGES: Final = {
    **{f"int{bits}": (-(1 << bits - 1), (1 << bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, (1 << bits) - 1) for bits in (8, 16, 32, 64)},
    # The integers that a double represents exactly.
    "double-int": (1 - (1 << 53), (1 << 53) - 1),
    # RFC 8941, section 3.3.1.
    "sf-integer": (-999_999_999_999_999, 999_999_999_999_999),
}
"""The smallest and the largest integer of each format."""


def is_in_range(name: str, value: Any) -> bool:
    """Whether a value has a format of integers. All values that are no integers have it."""
    if name not in INTEGER_RANGES or not isinstance(value, int) or isinstance(value, bool):
        return True
    low, high = INTEGER_RANGES[name]
    return low <= value <= high
