"""A decorator for values that are created for every request."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as value_class
else:

    def value_class(**options: Any) -> Any:
        """A dataclass that type checkers see as frozen, but not Python: it takes three times as long to create those.

        The options are those of `dataclass`, with `frozen=True`.
        """
        return dataclass(**options | {"frozen": False}, unsafe_hash=True)


__all__ = ["value_class"]
