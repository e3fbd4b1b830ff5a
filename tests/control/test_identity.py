"""Promise 10: namespaces with similar names or equal short hashes are never mistaken for each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from itertools import count
from typing import Any

import httpx
import pytest

from mockserver.engine.namespaces import ANONYMOUS, key_of_credential, shown, shown_in_full
from tests.support.mock import Mock

LONG = "n" * 100


def colliding(texts: Iterator[str], hash_of: Callable[[str], object]) -> tuple[str, str]:
    """Two texts with the same hash. For 4 bytes, this needs about 80,000 texts."""
    seen: dict[object, str] = {}
    for text in texts:
        other = seen.setdefault(hash_of(text), text)
        if other != text:
            return other, text
    raise AssertionError("there are too few texts")


def four_bytes(text: str) -> bytes:
    """The hash by which long names were told apart before."""
    return blake2b(text.encode(), digest_size=4, person=b"namespace").digest()


def named(mock: Mock, name: str, key: str = "api_key_demo") -> Mock:
    """A caller that names its namespace."""
    caller = mock.caller(key)
    caller.http.headers["mock-namespace"] = name
    return caller


@pytest.fixture(scope="module")
def keys() -> tuple[str, str]:
    """Two API keys whose namespaces are displayed with the same short hash."""
    return colliding((f"api_key_{number}" for number in count()), lambda key: shown(key_of_credential(key)))


def test_promise_10_long_names_with_equal_short_hashes(mock: Mock) -> None:
    """Two names of more than 100 characters share no state, even if they share a hash of 4 bytes."""
    first, second = (named(mock, name) for name in colliding((f"{LONG}{n}" for n in count()), four_bytes))
    first.activate("card_declined")
    reply = first.create()

    assert [1, 0] == [each.get("journal")["count"] for each in (first, second)]
    assert [1, 0] == [len(each.get("payment-sessions")["payment_sessions"]) for each in (first, second)]
    assert second.get("scenarios")["activated"]["namespace"] is None
    assert second.create().json()["token"] != reply.json()["token"]


def test_promise_10_an_ambiguous_name_is_refused(mock: Mock, keys: tuple[str, str]) -> None:
    """Two namespaces with the same displayed hash are not mixed; the refusal names what tells them apart."""
    whole = mock.caller(None)
    callers = [mock.caller(key) for key in keys]
    tokens = [caller.create().json()["token"] for caller in callers]
    short = shown(key_of_credential(keys[0]))
    replies = [whole.http.get(f"/__mock/{call}", params={"namespace": short}) for call in ("journal", "events")]

    assert [(400, "ambiguous-namespace")] * 2 == [(each.status_code, each.headers["mock-refused"]) for each in replies]
    assert tokens[0] != tokens[1]
    for key, token in zip(keys, tokens, strict=True):
        longer = shown_in_full(key_of_credential(key))
        (entry,) = whole.get("journal", namespace=longer)["entries"]
        assert f"?namespace={longer}" in replies[0].json()["detail"]
        assert f"PaySess_...{token[-4:]}" in entry["reply"]["body"]


def test_promise_10_only_visible_entries_make_a_name_ambiguous(mock: Mock, keys: tuple[str, str]) -> None:
    """A caller with a namespace does not learn that another one is displayed in the same way."""
    callers = [mock.caller(key) for key in keys]
    for caller in callers:
        caller.create()

    assert [1, 1] == [caller.get("journal", namespace=shown(key_of_credential(keys[0])))["count"] for caller in callers]


CONFUSABLE: dict[str, Callable[[str], str]] = {
    "the short hash of a credential": lambda key: shown(key_of_credential(key)),
    "the long hash of a credential": lambda key: shown_in_full(key_of_credential(key)),
    "the credential": lambda key: key,
    "a credential behind the prefix of keys": lambda key: f"key:{key}",
    "the namespace without a name": lambda _: shown(ANONYMOUS),
    "the namespace of early refusals": lambda _: "edge",
    "the displayed form of a name with a secret": lambda _: shown("name:api_key_hunter2"),
    "the displayed form of a long name": lambda _: shown(f"name:{LONG}~{'a' * 32}"),
    "the longer form of a long name": lambda _: shown_in_full(f"name:{LONG}~{'a' * 32}"),
}


@pytest.mark.parametrize("case", CONFUSABLE)
def test_promise_10_a_name_that_looks_like_another_namespace(mock: Mock, case: str) -> None:
    """A name that equals the displayed name of another namespace is displayed differently, and shares no state."""
    key = "api_key_demo"
    name = CONFUSABLE[case](key)
    imitator = named(mock, name)
    reply, others = imitator.create(), [mock.create(), named(mock, "api_key_hunter2").create()]
    http = httpx.get(f"{mock.url}/x", headers={"host": "elsewhere.example"})
    (entry,) = imitator.get("journal")["entries"]
    whole = mock.caller(None).get("journal")["entries"]

    assert name != entry["namespace"]
    assert 4 == len({each["id"] for each in whole}) == len({each["namespace"] for each in whole})
    assert reply.headers["mock-entry"] == entry["id"] != http.headers["mock-entry"]
    assert reply.json()["token"] not in [each.json()["token"] for each in others]
    assert [entry] == mock.caller(None).get("journal", namespace=entry["namespace"])["entries"]


@pytest.mark.parametrize("name", ["checkout", "20261124000", "a-1", "feedback1", "A" * 100, "~", "x~y"])
def test_ordinary_names_are_displayed_as_they_are(mock: Mock, name: str) -> None:
    """Only a name that could be mistaken for another is followed by a hash."""
    caller = named(mock, name)
    caller.create()

    assert {"namespace": name}.items() <= dict[str, Any](caller.get("journal")["entries"][0]).items()


def test_promise_10_a_long_name_shows_no_part_of_a_card_number(mock: Mock) -> None:
    """A card number that the limit for names would cut in two is not shown."""
    caller = named(mock, f"{'n' * 90}4242424242424242")
    caller.create()

    assert "4242" not in caller.http.get("/__mock/journal").json()["entries"][0]["namespace"]
