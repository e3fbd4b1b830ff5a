"""Replays: a request that is sent again with the same Idempotency-Key gets the same reply, and nothing is done twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final

from mockserver.messages import Call, Fault, Reply
from mockserver.storage.keyed_store import KeyedStore
from mockserver.stripe.stripe_errors import StripeError

__all__ = ["HEADER", "IdempotentReplies"]

HEADER: Final = "idempotency-key"
DEFAULT_CAP: Final = 10_000


@dataclass(frozen=True, slots=True)
class _StoredReply:
    digest: bytes
    about: bytes
    outcome: Reply | Fault
    request_id: str

    @property
    def reply(self) -> Reply:
        """What was answered; of a fault, what should have arrived."""
        return self.outcome.reply if isinstance(self.outcome, Fault) else self.outcome

    def size(self) -> int:
        """About how many bytes it holds on to."""
        return len(self.reply.body)


class IdempotentReplies:
    """Replies by namespace and Idempotency-Key; the oldest are forgotten beyond the cap."""

    def __init__(self, *, cap: int = DEFAULT_CAP) -> None:
        self._answered: KeyedStore[_StoredReply] = KeyedStore(cap=cap, size=_StoredReply.size)

    def once(
        self,
        call: Call,
        *,
        namespace: str,
        caller: str,
        about: str,
        request_id: str,
        answer: Callable[[], Reply | Fault],
    ) -> Reply | Fault:
        """Answer a call that carries a key the first time only. Raises Failure: the key belongs to another call.

        `caller` is the credential and the account that were sent: a reply is nobody else's. `about` tells apart what the
        call is about, where the same path comes to mean something else.

        What a fault spoils on its way is remembered as it should have arrived: that is what the keys are for. Only a
        browser meets the fault again, for it repeats a request behind its page's back when a connection breaks, and
        the page would never hear of the fault.
        """
        key = call.request.headers.get(HEADER)
        if key is None or call.request.method != "POST":
            return answer()
        digest = _digest(call)
        place = _hash(f"{namespace}\0{caller}\0{key}")
        before, same = self._answered.get(place), _hash(about)
        if before is not None and before.digest != digest:
            raise StripeError(
                status=400,
                type="idempotency_error",
                message="This Idempotency-Key was used for a request with other parameters: use another key.",
            )
        if before is not None and before.about == same:
            return _again(before, for_a_browser="origin" in call.request.headers)
        outcome = answer()
        self._answered.put(namespace, place, _StoredReply(digest, same, replace(outcome, delay=0.0), request_id))
        return outcome

    def reset(self, namespace: str | None) -> None:
        """Forget the replies of a namespace, or all (None)."""
        self._answered.reset(namespace)


def _again(before: _StoredReply, *, for_a_browser: bool) -> Reply | Fault:
    if isinstance(before.outcome, Fault) and for_a_browser:
        return before.outcome
    marks = (("idempotent-replayed", "true"), ("original-request", before.request_id))
    return replace(before.reply, headers=(*before.reply.headers, *marks))


def _digest(call: Call) -> bytes:
    """What makes a call the same: never kept as it was sent, for there may be a card number in it."""
    said = json.dumps([call.request.method, call.request.path, call.body], sort_keys=True)
    return _hash(said)


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
