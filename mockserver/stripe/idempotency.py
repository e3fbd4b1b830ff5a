"""Idempotency: a request repeated with the same Idempotency-Key gets the same reply and has no second effect."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final

from mockserver.messages import Call, Fault, Reply, Request
from mockserver.payments.ledger import Stored
from mockserver.storage.keyed_store import KeyedValues
from mockserver.stripe.stripe_errors import StripeError

HEADER: Final = "idempotency-key"
MOST_REPLIES: Final = 10_000


@dataclass(frozen=True, slots=True)
class StoredReply:
    """The reply to a call with an Idempotency-Key. `digest` and `subject` are hashes."""

    digest: bytes
    subject: bytes
    outcome: Reply | Fault
    request_id: str

    @property
    def reply(self) -> Reply:
        """The reply; for a fault, the reply that it spoiled."""
        return self.outcome.reply if isinstance(self.outcome, Fault) else self.outcome

    def size(self) -> int:
        """About how many bytes are stored."""
        return len(self.reply.body)


class IdempotentReplies:
    """Replies by namespace and Idempotency-Key."""

    def __init__(self, stored: Stored) -> None:
        self._stored: KeyedValues[StoredReply] = stored("reply", cap=MOST_REPLIES, size=StoredReply.size)

    def once(
        self,
        call: Call,
        *,
        namespace: str,
        caller: str,
        subject: str,
        request_id: str,
        answer: Callable[[], Reply | Fault],
    ) -> Reply | Fault:
        """Answer a call with an Idempotency-Key once. Raises StripeError: the key was used for another call.

        `caller` is the credential and the account; a reply is only replayed to the same caller. `subject` tells objects
        apart that share a path, since sessions can share a client secret.

        If a fault spoiled the reply, the replay is the undamaged reply: that is the purpose of the keys. A browser gets
        the fault again. It repeats a request by itself when a connection breaks, and its page would not see the fault.
        """
        key = _key(call.request)
        if key is None:
            return answer()
        digest = _digest(call)
        place = namespace, _place(caller, key)
        before, subject_hash = self._stored.get(place), _hash(subject)
        if before is not None and before.digest != digest:
            raise StripeError(
                status=400,
                type="idempotency_error",
                message="This Idempotency-Key was used for another path or with other parameters: use another key.",
            )
        if before is not None and before.subject == subject_hash:
            return _replayed(before, for_browser="origin" in call.request.headers)
        outcome = answer()
        self._stored.put(namespace, place, StoredReply(digest, subject_hash, replace(outcome, delay=0.0), request_id))
        return outcome


def reply_key(request: Request, *, caller: str) -> bytes | None:
    """The second part of the key of a stored reply to a request; None if no reply is stored."""
    key = _key(request)
    return None if key is None else _place(caller, key)


def echoed_key(request: Request) -> tuple[tuple[str, str], ...]:
    """The Idempotency-Key of a request as a header of its reply (https://docs.stripe.com/api/idempotent_requests)."""
    key = _key(request)
    return () if key is None else ((HEADER, key),)


def _key(request: Request) -> str | None:
    """The key of a POST request. Stripe accepts keys for this method only."""
    return request.headers.get(HEADER) if request.method == "POST" else None


def _place(caller: str, key: str) -> bytes:
    return _hash(f"{caller}\0{key}")


def _replayed(before: StoredReply, *, for_browser: bool) -> Reply | Fault:
    if isinstance(before.outcome, Fault) and for_browser:
        return before.outcome
    headers = (("idempotent-replayed", "true"), ("original-request", before.request_id))
    return replace(before.reply, headers=(*before.reply.headers, *headers))


def _digest(call: Call) -> bytes:
    """A hash of the call: the call itself may contain a card number and is not stored."""
    return _hash(json.dumps([call.request.method, call.request.path, call.body], sort_keys=True))


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
