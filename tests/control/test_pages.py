"""The pages of listings. Promises 13 and 16: they are written in slices, and what is kept of them is bounded."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import httpx
import pytest

from mockserver.control import ControlApi, StreamedReply
from mockserver.engine.engine import Engine
from mockserver.engine.journal import Entry
from mockserver.limits.slices import finish
from mockserver.loading import load_engine
from mockserver.messages import Headers, Reply, Request
from mockserver.redaction.credential_names import CredentialNames
from mockserver.settings import Settings
from mockserver.testing.mock_server import MockServer
from tests.support.mock import SESSION, Mock

LISTINGS = {"journal": "entries", "payment-sessions": "payment_sessions"}


def names(listing: str, reply: httpx.Response) -> list[str]:
    """The names of the items of a page."""
    items = reply.json()[LISTINGS[listing]]
    return [item["id"] if listing == "journal" else item["payment_session"]["token"] for item in items]


def pages(mock: Mock, url: str) -> list[httpx.Response]:
    """A page and all that follow it."""
    replies = [mock.http.get(url)]
    while "next" in replies[-1].links:
        replies.append(mock.http.get(replies[-1].links["next"]["url"]))
    return replies


@pytest.mark.parametrize("listing", LISTINGS)
@pytest.mark.parametrize(
    ("limit", "lengths"), [(1, [1, 1, 1, 1, 1]), (2, [2, 2, 1]), (5, [5]), (6, [5]), (100000, [5])]
)
def test_pages_have_every_item_once(mock: Mock, listing: str, limit: int, lengths: list[int]) -> None:
    """The pages from `after=0` on have all items, the oldest first, and each page has the number of all."""
    for _ in range(5):
        mock.create()
        mock.caller("api_key_other").create()
    whole = names(listing, mock.http.get(f"/__mock/{listing}"))
    replies = pages(mock, f"/__mock/{listing}?after=0&limit={limit}")

    assert lengths == [len(names(listing, reply)) for reply in replies]
    assert whole == [name for reply in replies for name in names(listing, reply)]
    assert {5} == {reply.json()["count"] for reply in replies}
    assert 10 == len(
        [
            each
            for reply in pages(mock.caller(None), f"/__mock/{listing}?after=0&limit=3")
            for each in names(listing, reply)
        ]
    )


@pytest.mark.parametrize("listing", LISTINGS)
def test_the_newest_items(mock: Mock, listing: str) -> None:
    """Without `after`, the page has the newest items and a link to the first page."""
    for _ in range(5):
        mock.create()
    whole = mock.http.get(f"/__mock/{listing}")
    newest = mock.http.get(f"/__mock/{listing}?limit=2")

    assert {} == whole.links
    assert names(listing, whole)[3:] == names(listing, newest)
    assert ["first"] == list(newest.links)
    assert names(listing, whole)[:2] == names(listing, mock.http.get(newest.links["first"]["url"]))


def test_the_filters_apply_to_all_pages(mock: Mock) -> None:
    """The links keep the filters, with every character of their values."""
    for index in range(6):
        mock.create(address=index % 2 == 0 or "no")
    replies = pages(mock, "/__mock/journal?refused=contract-violation&after=0&limit=2")
    odd = mock.http.get("/__mock/journal", params={"scenario": 'a&b>"; rel="x', "limit": "1", "after": "0"})

    assert [2, 1] == [len(reply.json()["entries"]) for reply in replies]
    assert {3} == {reply.json()["count"] for reply in replies}
    assert (200, {}) == (odd.status_code, odd.links)


def test_items_that_are_added_meanwhile(mock: Mock) -> None:
    """A page continues after the last item, whatever is added or dropped in between."""
    for _ in range(3):
        mock.create()
    first = mock.http.get("/__mock/journal?after=0&limit=2")
    mock.create()
    rest = pages(mock, first.links["next"]["url"])

    assert 4 == len({name for reply in (first, *rest) for name in names("journal", reply)})


@pytest.mark.parametrize("listing", LISTINGS)
def test_places_do_not_count_the_items_of_others(mock: Mock, listing: str) -> None:
    """The links for a namespace are the same, however many calls others make."""
    links = []
    for others in (0, 7):
        mock.restore()
        for _ in range(3):
            mock.create()
            for _ in range(others):
                mock.caller("api_key_other").create()
        links.append(mock.http.get(f"/__mock/{listing}?after=0&limit=2").headers["link"])

    assert links[0] == links[1]


@pytest.mark.parametrize("query", ["limit=0", "limit=100001", "limit=x", "after=-1", "after=x", f"after={'9' * 5000}"])
def test_invalid_pages_are_refused(mock: Mock, query: str) -> None:
    """A wrong limit or place is refused."""
    assert "contract-violation" == mock.http.get(f"/__mock/journal?{query}").headers["mock-refused"]


def used(number: int, *, body: bytes = b"") -> tuple[Engine, ControlApi]:
    """An engine with a number of entries in its journal, and its control API."""
    engine = load_engine(Settings(seed=1))
    for index in range(number):
        engine.handle(Request(method="GET", path=f"/nowhere/{index}", headers=Headers([("wb-key", "k")]), body=body))
    return engine, ControlApi(engine, Settings())


def listed(control: ControlApi, query: str = "") -> Reply | StreamedReply:
    return finish(control.handle(Request(method="GET", path="/__mock/journal", query=query)))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each entry was written."""
    counts: Counter[str] = Counter()
    as_json = Entry.as_json

    def counting(entry: Entry, *arguments: Any) -> Any:
        counts[entry.id] += 1
        return as_json(entry, *arguments)

    monkeypatch.setattr(Entry, "as_json", counting)
    return counts


def test_promise_16_a_slice_writes_few_entries(written: Counter[str]) -> None:
    """No slice of a listing writes more than 64 entries, whatever the length of the page."""
    _, control = used(1000)
    work = control.handle(Request(method="GET", path="/__mock/journal"))
    steps = [0]
    try:
        while True:
            next(work)
            steps.append(written.total())
    except StopIteration as end:
        steps.extend(written.total() for _ in end.value.body)

    assert 1000 == written.total()
    assert max(after - before for before, after in pairwise(steps)) <= 64


def test_promise_16_an_entry_is_written_once(written: Counter[str]) -> None:
    """Every listing and every filter uses the same text of an entry."""
    _, control = used(30)
    for query in ("", "limit=10", "after=0&limit=10", "refused=true"):
        listed(control, query)

    assert {1} == set(written.values())


def test_promise_10_kept_texts_have_no_credentials_of_a_later_contract() -> None:
    """After a reload, a header that the new contract calls a credential is hidden in entries from before."""
    engine, control = used(1)
    engine.handle(Request(method="GET", path="/nowhere", headers=Headers([("x-customer", "hidden later")])))
    before = listed(control)
    engine.recorder.redactor.learn(CredentialNames.of([("header", "x-customer")]))
    after = listed(control)

    assert isinstance(before, Reply)
    assert isinstance(after, Reply)
    assert b"hidden later" in before.body
    assert b"hidden later" not in after.body


def test_promise_13_kept_texts_are_bounded(written: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts beyond a limit are written again."""
    monkeypatch.setattr("mockserver.control.written_items.MAX_BYTES", 10_000)
    _, control = used(30)
    listed(control)
    listed(control)

    assert 60 == written.total()


def test_promise_13_a_piece_is_written_when_it_is_asked_for(written: Counter[str]) -> None:
    """A client that reads nothing costs one piece of a listing, not the whole."""
    _, control = used(100, body=b"x" * 30_000)
    answer = listed(control)

    assert isinstance(answer, StreamedReply)
    assert written.total() <= 4


def test_a_default_page_has_1000_items() -> None:
    """Without `limit` a page has 1,000 items; MockServer reads all pages."""
    with MockServer(seed=1) as mock, httpx.Client(base_url=mock.url, headers=mock.headers) as http:
        for _ in range(1200):
            http.post(SESSION, json={"operation": "add_method", "address": True})
        page = http.get("/__mock/journal")

        assert (1000, 1200) == (len(page.json()["entries"]), page.json()["count"])
        assert (1200, 1200) == (len(mock.journal), len(mock.payment_sessions))
        with MockServer(url=mock.url, api_key=mock.api_key) as remote:
            assert [entry.id for entry in mock.journal] == [entry.id for entry in remote.journal]
            assert mock.payment_sessions == remote.payment_sessions
