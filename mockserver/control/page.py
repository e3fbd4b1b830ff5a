"""One page of a listing."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlencode

from mockserver.messages import Request
from mockserver.storage.bounded_store import Positions

DEFAULT_LIMIT: Final = 1000


def limit_of(request: Request) -> int:
    """The number of items that the query asks for."""
    values = request.query_values.get("limit")
    return int(values[-1]) if values else DEFAULT_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPage:
    """The items of one page, by their numbers in the store.

    `count` is the number of items on all pages. `links` are the queries of other pages, by relation: `next` follows
    this page, `first` is the oldest one.
    """

    numbers: Sequence[int]
    count: int
    path: str
    links: Mapping[str, str]

    @classmethod
    def of(cls, request: Request, positions: Positions) -> Self:
        """The page that the query asks for: the oldest items after the place `after`, else the newest items."""
        query = request.query_values
        limit = limit_of(request)
        others = [(name, value) for name, values in query.items() for value in values if name not in {"limit", "after"}]

        def link(place: int) -> str:
            return urlencode([*others, ("limit", limit), ("after", place)])

        numbers, places = positions
        links: dict[str, str] = {}
        if "after" in query:
            start = bisect_right(places, int(query["after"][-1]))
            if start + limit < len(numbers):
                links["next"] = link(places[start + limit - 1])
        else:
            start = max(0, len(numbers) - limit)
        if start > 0:
            links["first"] = link(0)
        return cls(numbers=numbers[start : start + limit], count=len(numbers), path=request.path, links=links)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The header Link (RFC 8288), if there are other pages."""
        links = ", ".join(f'<{self.path}?{query}>; rel="{relation}"' for relation, query in self.links.items())
        return (("link", links),) if links else ()
