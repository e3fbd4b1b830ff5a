"""Namespaces: whose state a request reads and writes."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from threading import Lock

from mockserver.contract.document.credentials import CredentialPlace, find_credential
from mockserver.messages import Request
from mockserver.redaction.redact import redact

HEADER = "mock-namespace"
ANONYMOUS = ""
"""The key of the namespace of requests with neither a name nor a credential."""

_NAMED = "name:"
_CREDENTIAL = "key:"
MAX_STREAMS = 100_000
HASH_BYTES = 4
MAX_NAME_LENGTH = 100
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


@dataclass(frozen=True, slots=True)
class Namespace:
    """The state of one caller. `key` identifies it and is never shown; `shown` is what people see."""

    key: str
    shown: str
    credential: str

    @property
    def named(self) -> str | None:
        """The name that the caller gave; None if a credential decides."""
        return self.key.removeprefix(_NAMED) if self.key.startswith(_NAMED) else None


def namespace_of(request: Request, places: Iterable[CredentialPlace]) -> Namespace:
    """The namespace that the header names, else that of the credential, else the anonymous one."""
    return _namespace(request.headers.get(HEADER), find_credential(places, request) or "")


@lru_cache(maxsize=4096)
def _namespace(name: str | None, credential: str) -> Namespace:
    if name and len(name) > MAX_NAME_LENGTH:
        # Up to a hundred thousand names are kept in memory.
        name = f"{name[:MAX_NAME_LENGTH]}~{_short_hash(name)}"
    # Cached, so that thousands of payment sessions and entries share one key.
    key = f"{_NAMED}{name}" if name else f"{_CREDENTIAL}{credential}" if credential else ANONYMOUS
    return Namespace(key, shown(key), credential)


def shown(key: str) -> str:
    """How the namespace of a key is shown: the name that the caller gave, else a hash of the credential."""
    if key.startswith(_NAMED):
        return redact(key.removeprefix(_NAMED))
    return _short_hash(key.removeprefix(_CREDENTIAL)) if key else "anonymous"


class Streams:
    """For each namespace the seed of its made-up values, and how many exchanges have used it.

    The number of streams is bounded. A dropped namespace starts again with a number that it never had.
    """

    def __init__(self, seed: int, *, max_streams: int = MAX_STREAMS) -> None:
        self.seed = self._initial_seed = seed
        self._max_streams = max_streams
        self._streams: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._first = 0
        self._lock = Lock()

    def next(self, namespace: str) -> tuple[int, int]:
        """The seed of a namespace and its next number; the first number is 1."""
        with self._lock:
            seed, count = self._streams.pop(namespace, (self.seed, self._first))
            self._streams[namespace] = seed, count + 1
            self._make_room()
            return seed, count + 1

    def restart(self, namespace: str | None, *, seed: int | None = None) -> None:
        """Start again from a seed, in one namespace or in all (None).

        Without a seed, a namespace starts from the seed of the server, and the server from its initial seed.
        """
        with self._lock:
            if namespace is None:
                self.seed = self._initial_seed if seed is None else seed
                self._streams.clear()
                self._first = 0
            else:
                self._streams[namespace] = (self.seed if seed is None else seed), 0
                self._make_room()

    def _make_room(self) -> None:
        if len(self._streams) > self._max_streams:
            self._first = max(self._first, self._streams.popitem(last=False)[1][1])


def _short_hash(credential: str) -> str:
    """A hash of letters only: an entry id with digits could look like a card number and would be hidden."""
    digest = blake2b(credential.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES, person=b"namespace")
    return digest.hexdigest().translate(_LETTERS)
