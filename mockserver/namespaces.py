"""Namespaces: whose state a request reads and writes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from threading import Lock

from mockserver.contract.credentials import CredentialPlace, find_credential
from mockserver.exchange import Request

__all__ = ["HEADER", "Namespace", "NamespaceCounters", "namespace_of"]

HEADER = "mock-namespace"
MAX_COUNTERS = 100_000
HASH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Namespace:
    """One caller's own state. `key` tells namespaces apart and is never shown; `shown` is."""

    key: str
    shown: str
    credential: str


def namespace_of(request: Request, places: Iterable[CredentialPlace]) -> Namespace:
    """The namespace that the header names, else the one that the credential decides, else the common one."""
    return _namespace(request.headers.get(HEADER), find_credential(places, request) or "")


@lru_cache(maxsize=4096)
def _namespace(name: str | None, credential: str) -> Namespace:
    # Kept, so that thousands of sessions and entries share one key.
    if name:
        return Namespace(f"name:{name}", name, credential)
    if not credential:
        return Namespace("", "anonymous", "")
    return Namespace(f"key:{credential}", _short_hash(credential), credential)


class NamespaceCounters:
    """Counts per namespace, bounded: a namespace that was forgotten never gets a number again that it had."""

    def __init__(self, *, cap: int = MAX_COUNTERS) -> None:
        self._cap = cap
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._floor = 0
        self._lock = Lock()

    def next(self, namespace: str) -> int:
        """The next number of a namespace; the first is 1."""
        with self._lock:
            count = self._counts.pop(namespace, self._floor) + 1
            self._counts[namespace] = count
            if len(self._counts) > self._cap:
                self._floor = max(self._floor, self._counts.popitem(last=False)[1])
            return count


def _short_hash(credential: str) -> str:
    return blake2b(credential.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES, person=b"namespace").hexdigest()
