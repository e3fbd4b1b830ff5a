"""The formats of numbers, from OpenAPI's registry (https://spec.openapis.org/registry/format/)."""

from typing import Any, Final

from mockserver.parsing.json_values import is_multiple

INTEGER_RANGES: Final = {
    **{f"int{bits}": (-(1 << bits - 1), (1 << bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, (1 << bits) - 1) for bits in (8, 16, 32, 64)},
    # The integers that a double represents exactly.
    "double-int": (1 - (1 << 53), (1 << 53) - 1),
    # RFC 8941, section 3.3.1.
    "sf-integer": (-999_999_999_999_999, 999_999_999_999_999),
}
"""The smallest and the largest integer of each format."""


SF_DECIMAL: Final = "sf-decimal"
"""The format of decimals in HTTP fields: 12 digits before the decimal point and 3 after it (RFC 8941, 3.3.2)."""

MAX_SF_DECIMAL: Final = 999_999_999_999.999
SF_DECIMAL_STEP: Final = 0.001

NUMBER_FORMATS: Final = (*INTEGER_RANGES, SF_DECIMAL)
"""The formats that restrict numbers."""


def is_in_range(name: str, value: Any) -> bool:
    """Whether a value has a format of numbers. All other values have it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    if name == SF_DECIMAL:
        return abs(value) <= MAX_SF_DECIMAL and is_multiple(value, SF_DECIMAL_STEP)
    if name not in INTEGER_RANGES or not isinstance(value, int):
        return True
    low, high = INTEGER_RANGES[name]
    return low <= value <= high
