"""Promise 13: payment sessions are bounded, and each takes little memory."""

from __future__ import annotations

import json
import tracemalloc

from mockserver.messages import Call, Request
from mockserver.payments.payment_sessions import PaymentSessions
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.session_template import SessionTemplate

CAP = 5_000


def create(sessions: PaymentSessions, count: int) -> None:
    """Create payment sessions as requests do: each with texts of its own, which may be equal."""
    for number in range(count):
        customer = "Cust_" + str(10**36 + number % 3)
        call = Call(
            request=Request(method="POST", path="/"),
            operation="c_create_payment_session",
            path={"customer_id": customer},
            body=json.loads('{"operation": "add_method", "provider": "stripe"}'),
        )
        sessions.create(SessionTemplate(call, namespace="n", credential="k"), RandomIds(1, "n", number))


def test_promise_13_a_payment_session_takes_little_memory() -> None:
    """A payment session takes at most 800 bytes with everything that finds it, also after others were dropped."""
    sizes = []
    for count in (CAP, 3 * CAP):
        tracemalloc.start()
        sessions = PaymentSessions(cap=CAP)
        create(sessions, count)
        sizes.append(tracemalloc.get_traced_memory()[0] / len(sessions))
        tracemalloc.stop()
    assert max(sizes) < 800


def test_equal_texts_are_stored_once() -> None:
    """The sessions of a customer share the texts that requests repeat."""
    sessions = PaymentSessions(cap=CAP)
    create(sessions, 4)
    first, _, _, again = sessions.of(None)
    assert first.customer_id is again.customer_id
    assert first.purpose is again.purpose
    assert first.provider is again.provider


def test_the_client_secret_starts_with_the_setup_intent() -> None:
    """Id and rest of a client secret are stored apart. The secret is complete, and finds its session."""
    sessions = PaymentSessions(cap=CAP)
    create(sessions, 1)
    (session,) = sessions.of(None)
    assert session.stripe is not None
    name, separator, _ = session.stripe.client_secret.partition("_secret_")
    assert ("_secret_", session) == (separator, sessions.of_setup_intent(name, "n"))
    assert "".join(RandomIds(1, "n", 0).client_secret()) == session.stripe.client_secret
