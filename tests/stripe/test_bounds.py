"""Promise 13: everything that the Stripe API stores is limited; the oldest is dropped first."""

from __future__ import annotations

import pytest

from mockserver.messages import Call, Headers, Reply, Request
from mockserver.payments import PaymentSessions
from mockserver.payments.method_entry import known_method
from mockserver.payments.payment_session import PaymentSession
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.saved_methods import MOST_METHODS, SavedMethod, SavedMethods
from mockserver.payments.session_template import SessionTemplate
from mockserver.storage.keyed_store import KeyedStore
from mockserver.stripe.idempotency import IdempotentReplies
from tests.support.mock import Mock, mock_of
from tests.support.shop import card_data, prepared
from tests.support.state import memory_of, stored_with


def session(sessions: PaymentSessions, count: int, namespace: str = "") -> PaymentSession:
    call = Call(request=Request(method="POST", path="/"), operation="x", path={"customer_id": "Cust_1"})
    template = SessionTemplate(call, namespace=namespace, credential="k")
    return sessions.create(template, RandomIds(1, namespace, count))


def setup_intent_of(each: PaymentSession) -> str:
    assert each.stripe is not None
    return each.stripe.setup_intent_id


def test_promise_13_setup_intents_go_with_their_sessions() -> None:
    """A dropped payment session takes its setup intent with it; a shared key finds the newest session."""
    sessions = PaymentSessions(cap=2)
    created = [session(sessions, count) for count in (1, 2, 3)]
    found = [sessions.of_setup_intent(setup_intent_of(each), None) for each in created]
    assert created[2].stripe is not None

    assert [None, created[1], created[2]] == found
    assert created[2] is sessions.of_key(created[2].stripe.pk_key)


def test_promise_13_a_reset_clears_everything() -> None:
    """A reset also clears the indexes."""
    sessions = PaymentSessions()
    for count in range(10):
        session(sessions, count, "a")
    other = session(sessions, 1, "b")
    sessions.reset("a")

    assert [1] * 4 == [len(sessions), *map(len, (sessions._tokens, sessions._setup_intents, sessions._keys))]
    assert other is sessions.of_setup_intent(setup_intent_of(other), None)
    sessions.reset(None)
    assert [0] * 3 == [*map(len, (sessions._tokens, sessions._setup_intents, sessions._keys))]


def test_promise_13_saved_methods() -> None:
    """The number of saved methods of a customer, and the number of customers, are limited."""
    saved = SavedMethods(stored_with(2)("customer", cap=2, size=lambda customer: customer.size))
    method = known_method("pm_card_visa", RandomIds(1, "", 1))
    assert method is not None
    for number in range(MOST_METHODS + 5):
        saved.save("", "Cust_1", SavedMethod(id=str(number), method=method), detach_previous=False)
    for customer in ("Cust_2", "Cust_3"):
        saved.save("", customer, SavedMethod(id="x", method=method), detach_previous=False)

    assert [0, 1, 1] == [len(saved.of("", f"Cust_{number}")) for number in (1, 2, 3)]
    for number in range(MOST_METHODS + 5):
        saved.save("", "Cust_2", SavedMethod(id=str(number), method=method), detach_previous=False)
    assert (MOST_METHODS, str(MOST_METHODS + 4)) == (len(saved.of("", "Cust_2")), saved.of("", "Cust_2")[-1].id)


def test_promise_13_replays() -> None:
    """A request with a dropped idempotency key is carried out again."""
    replays = IdempotentReplies(stored_with(2))
    answered = []

    def ask(key: str) -> None:
        def answer() -> Reply:
            answered.append(key)
            return Reply(status=200)

        headers = Headers([("idempotency-key", key)])
        call = Call(request=Request(method="POST", path="/", headers=headers), operation="x", path={}, body={})
        replays.once(call, namespace="", caller="", subject="", request_id="r", answer=answer)

    for key in ("a", "b", "a", "c", "a"):
        ask(key)

    assert ["a", "b", "c", "a"] == answered


def test_promise_13_large_payment_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    """The total size of sessions, saved methods, payment methods and replays is limited."""
    for store in ("bounded_store.BoundedStore", "keyed_store.KeyedStore"):
        monkeypatch.setattr(f"mockserver.storage.{store}.__init__.__kwdefaults__", {"capacity": 100_000})
    with mock_of() as mock:
        data = card_data() | {"metadata": {f"name {number}": "x" * 500 for number in range(40)}}
        setups = [prepared(mock, customer=f"Cust_{number}") for number in range(10)]
        for number, setup in enumerate(setups):
            setup.http.post("/v1/payment_methods", json=data, headers={"Idempotency-Key": str(number)})
            setup.call("confirm", {"payment_method_data": data}, idempotency_key=f"c{number}")
        sessions = memory_of(mock.engine).payment_sessions

        assert "succeeded" == setups[-1].status
        assert 10 > len(sessions) > 1
        assert len(sessions) == len(sessions._tokens) == len(sessions._setup_intents)
        methods = mock.engine.ledger.methods
        assert isinstance(methods, KeyedStore)
        assert 10 > len(methods) > 1


@pytest.mark.parametrize(
    "path", ["/v1/setup_intents/seti_1/mock_authenticate", "/v1/setup_intents/seti_1/mock_challenge"]
)
def test_promise_13_long_idempotency_keys(mock: Mock, path: str) -> None:
    """Every operation refuses an idempotency key that is too long."""
    headers = {"Idempotency-Key": "k" * 256}
    reply = mock.browser(headers).post(path, data={"client_secret": "x", "outcome": "pass"})

    assert (400, "contract-violation") == (reply.status_code, reply.headers["mock-refused"])


def test_promise_13_long_metadata_names(mock: Mock) -> None:
    """A metadata name that is too long is refused, as by Stripe."""
    reply = prepared(mock).http.post("/v1/payment_methods", json=card_data() | {"metadata": {"n" * 41: "x"}})

    assert (400, "contract-violation") == (reply.status_code, reply.headers["mock-refused"])
