"""Namespaces: whose state a request reads and writes."""

import re
from collections import OrderedDict
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from threading import Lock
from typing import Final, Protocol, cast

from mockserver.contract.document.credentials import CredentialPlace, find_credential
from mockserver.messages import Request
from mockserver.redaction.redact import redact
from mockserver.values.value_class import value_class

HEADER = "mock-namespace"
ANONYMOUS = ""
"""The key of the namespace of requests with neither a name nor a credential."""

_NAMED = "name:"
_CREDENTIAL = "key:"
MAX_STREAMS = 100_000
HASH_BYTES: Final = 16
SHORT_HASH: Final = 8
"""How many letters of a hash are usually shown. Two namespaces can have these in common."""
MAX_NAME_LENGTH = 100
MAX_CREDENTIAL_LENGTH: Final = 100
MAX_SHOWN_LENGTH: Final = 80
"""How much of a long name is shown. It is redacted first: a card number that is cut in two is not recognized."""
SHOWN_ANONYMOUS: Final = "anonymous"
SHOWN_EDGE: Final = "edge"
"""The displayed namespace of requests that are refused before their namespace is known."""
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_ENDS_LIKE_A_HASH: Final = re.compile(
    f"(?:.*~)?[a-p]{{{SHORT_HASH}}}(?:[a-p]{{{2 * HASH_BYTES - SHORT_HASH}}})?", re.DOTALL
)


@value_class(frozen=True, slots=True)
class Namespace:
    """The state of one caller. `key` identifies it and is never shown; `shown` is what people see.

    `credential` is the credential, or a hash of a long one.
    """

    key: str
    shown: str
    credential: str

    @property
    def named(self) -> str | None:
        """The name that the caller gave; None if a credential decides."""
        return self.key.removeprefix(_NAMED) if self.key.startswith(_NAMED) else None


def namespace_of(request: Request, places: Iterable[CredentialPlace]) -> Namespace:
    """The namespace that the header names, else that of the credential, else the anonymous one."""
    headers = request.headers
    if request.query:
        # A query can have a credential, too.
        return _found(request, places)
    if headers.namespace is None or headers.namespace[0] is not places:
        headers.namespace = places, _found(request, places)
    return cast("Namespace", headers.namespace[1])


def _found(request: Request, places: Iterable[CredentialPlace]) -> Namespace:
    name, credential = request.headers.get(HEADER), find_credential(places, request) or ""
    # Up to a hundred thousand names and credentials are kept in memory.
    if name and len(name) > MAX_NAME_LENGTH:
        name = f"{name[:MAX_NAME_LENGTH]}~{_hash(name)}"
    if len(credential) > MAX_CREDENTIAL_LENGTH:
        credential = _long_hash(credential)
    return _namespace(name, credential)


@lru_cache(maxsize=4096)
def _namespace(name: str | None, credential: str) -> Namespace:
    # Cached, so that thousands of payment sessions and entries share one key.
    key = f"{_NAMED}{name}" if name else key_of_credential(credential) if credential else ANONYMOUS
    return Namespace(key, shown(key), credential)


def key_of_credential(credential: str) -> str:
    """The key of the namespace of a credential. It is a hash: a shared store has the key, but no credentials."""
    return f"{_CREDENTIAL}{_hash(credential)}"


def shown(key: str) -> str:
    """How the namespace of a key is shown: the name that the caller gave, else a short hash of the credential.

    Each name is shown differently, as far as a short hash can tell them apart. A name that is too long, that has a
    secret or that could be taken for another namespace is followed by `~` and a hash.
    """
    name, is_hashed = _shown_parts(key)
    return f"{name}{_hash(key)[:SHORT_HASH]}" if is_hashed else name


def shown_in_full(key: str) -> str:
    """How the namespace of a key is shown where the short hash is not enough."""
    name, is_hashed = _shown_parts(key)
    return f"{name}{_hash(key)}" if is_hashed else name


def _shown_parts(key: str) -> tuple[str, bool]:
    """The text before the hash, and whether there is a hash."""
    if not key.startswith(_NAMED):
        return ("", True) if key else (SHOWN_ANONYMOUS, False)
    name = key.removeprefix(_NAMED)
    redacted = redact(name)
    is_plain = (
        redacted == name
        and len(name) <= MAX_NAME_LENGTH
        and name not in {SHOWN_ANONYMOUS, SHOWN_EDGE}
        and not _ENDS_LIKE_A_HASH.fullmatch(name)
    )
    return (name, False) if is_plain else (f"{redact(name[:MAX_NAME_LENGTH])[:MAX_SHOWN_LENGTH]}~", True)


class Numbers(Protocol):
    """Numbers the exchanges of each namespace. The seed and the number decide the made-up values of an exchange."""

    @property
    def seed(self) -> int:
        """The seed of namespaces without a seed of their own."""

    def next(self, namespace: str) -> tuple[int, int]:
        """The seed of a namespace and its next number; the first number is 1."""


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
            if len(self._streams) > self._max_streams:
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
                if len(self._streams) > self._max_streams:
                    self._make_room()

    def _make_room(self) -> None:
        self._first = max(self._first, self._streams.popitem(last=False)[1][1])


def _hash(text: str) -> str:
    """A hash of letters only: an entry id with digits could look like a card number and would be hidden."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES, person=b"namespace")
    return digest.hexdigest().translate(_LETTERS)


def _long_hash(credential: str) -> str:
    """A hash that is longer than every credential that is not hashed, so no credential is equal to it."""
    return blake2b(credential.encode("utf-8", "surrogatepass"), person=b"credential").hexdigest()
