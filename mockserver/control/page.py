"""One page of a listing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlencode

from mockserver.messages import Request
from mockserver.storage.value_pages import Page, PageQuery

DEFAULT_LIMIT: Final = 1000


def page_query(request: Request) -> PageQuery:
    """The page that the query of a request asks for."""
    query = request.query_values
    limit = int(query["limit"][-1]) if "limit" in query else DEFAULT_LIMIT
    return PageQuery(limit, int(query["after"][-1]) if "after" in query else None)


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
    def of(cls, request: Request, page: Page) -> Self:
        """The page that `page_query` asks for."""
        query, wanted = request.query_values, page_query(request)
        others = [(name, value) for name, values in query.items() for value in values if name not in {"limit", "after"}]

        def link(place: int) -> str:
            return urlencode([*others, ("limit", wanted.limit), ("after", place)])

        links: dict[str, str] = {}
        if wanted.after is not None and not page.has_newest:
            links["next"] = link(page.places[-1])
        if not page.has_oldest:
            links["first"] = link(0)
        return cls(numbers=page.numbers, count=page.total, path=request.path, links=links)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The header Link (RFC 8288), if there are other pages."""
        links = ", ".join(f'<{self.path}?{query}>; rel="{relation}"' for relation, query in self.links.items())
        return (("link", links),) if links else ()
