"""Suggestions for a name that does not exist."""

from collections.abc import Collection, Iterable
from typing import Final

_LONGEST_COMPARED: Final = 60
_MOST_LISTED: Final = 12


def nearest_names(name: str, names: Iterable[str], *, count: int = 1) -> list[str]:
    """The known names that are most similar to a name, the most similar first."""
    from difflib import get_close_matches  # only a mistake needs it

    by_lower = {known.lower(): known for known in names}
    # The time grows with the square of the length.
    typed = name[:_LONGEST_COMPARED].lower()
    return [by_lower[match] for match in get_close_matches(typed, list(by_lower), n=count, cutoff=0.5)]


def did_you_mean(name: str, names: Collection[str]) -> str:
    """The end of a message about an unknown name: the most similar name, or all names if there are few."""
    nearest = nearest_names(name, names)
    if nearest:
        return f"; did you mean {nearest[0]!r}?"
    return f"; known are {', '.join(sorted(names))}" if 0 < len(names) <= _MOST_LISTED else ""
