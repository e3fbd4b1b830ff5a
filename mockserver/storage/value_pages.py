"""Pages of listings: which values of a store belong on a page."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class PageQuery(NamedTuple):
    """At most `limit` values: the oldest after the place `after`, else the newest."""

    limit: int
    after: int | None = None


class Page(NamedTuple):
    """The values of one page by their numbers and places, which are those of `Positions`.

    `total` is the number of values on all pages.
    """

    numbers: Sequence[int]
    places: Sequence[int]
    total: int
    has_oldest: bool
    has_newest: bool


class Positions(NamedTuple):
    """Where values are in a store: their numbers, and their places among the values of the same owner.

    A place stays the same when older values are dropped, and says nothing about the values of other owners. Both
    ascend. Without an owner, the places are the numbers.
    """

    numbers: Sequence[int]
    places: Sequence[int]

    def page(self, query: PageQuery) -> Page:
        """The page that a query asks for."""
        numbers, places = self
        total = len(numbers)
        start = max(0, total - query.limit) if query.after is None else bisect_right(places, query.after)
        end = start + query.limit
        return Page(numbers[start:end], places[start:end], total, has_oldest=start == 0, has_newest=end >= total)
