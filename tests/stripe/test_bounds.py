"""Promise 13: what Stripe's side remembers is bounded, the oldest go first."""

from __future__ import annotations

import pytest

from mockserver.messages import Call, Headers, Reply, Request
from mockserver.payments import PaymentSessions
from mockserver.payments.method_entry import known_method
from mockserver.payments.payment_session import PaymentSession
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.saved_methods import MOST_METHODS, SavedMethod, SavedMethods
from mockserver.stripe.idempotency import IdempotentReplies
from tests.support.mock import Mock, mock_of
from tests.support.shop import card_data, prepared


def session(sessions: PaymentSessions, count: int, namespace: str = "") -> PaymentSession:
    call = Call(request=Request(method="POST", path="/"), operation="x", path={"customer_id": "Cust_1"})
    return sessions.create(call, RandomIds(1, namespace, count), namespace=namespace, credential="k")


def setup_intent_of(each: PaymentSession) -> str:
    assert each.stripe is not None
    return each.stripe.setup_intent_id


def test_promise_13_setup_intents_go_with_their_sessions() -> None:
    """Beyond the cap the oldest payment session is forgotten, and so is its setup intent; the key is the latest's."""
    sessions = PaymentSessions(cap=2)
    made = [session(sessions, count) for count in (1, 2, 3)]
    found = [sessions.of_setup_intent(setup_intent_of(each), None) for each in made]
    assert made[2].stripe is not None

    assert [None, made[1], made[2]] == found
    assert made[2] is sessions.of_key(made[2].stripe.pk_key)


def test_promise_13_a_reset_leaves_nothing_behind() -> None:
    """Not even the names by which sessions were found."""
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
    """So many of one customer, and so many customers."""
    saved = SavedMethods(cap=2)
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
    """A key that was forgotten is as good as new."""
    replays = IdempotentReplies(cap=2)
    answered = []

    def ask(key: str) -> None:
        def answer() -> Reply:
            answered.append(key)
            return Reply(status=200)

        headers = Headers([("idempotency-key", key)])
        call = Call(request=Request(method="POST", path="/", headers=headers), operation="x", path={}, body={})
        replays.once(call, namespace="", caller="", about="", request_id="r", answer=answer)

    for key in ("a", "b", "a", "c", "a"):
        ask(key)

    assert ["a", "b", "c", "a"] == answered


def test_promise_13_large_payment_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    """What customers enter is bounded together, wherever it is kept: sessions, saved methods, what was made, replays."""
    for store in ("bounded_store.BoundedStore", "keyed_store.KeyedStore"):
        monkeypatch.setattr(f"mockserver.storage.{store}.__init__.__kwdefaults__", {"capacity": 100_000})
    with mock_of() as mock:
        data = card_data() | {"metadata": {f"name {number}": "x" * 500 for number in range(40)}}
        setups = [prepared(mock, customer=f"Cust_{number}") for number in range(10)]
        for number, setup in enumerate(setups):
            setup.http.post("/v1/payment_methods", json=data, headers={"Idempotency-Key": str(number)})
            setup.call("confirm", {"payment_method_data": data}, idempotency_key=f"c{number}")
        sessions = mock.engine.payment_sessions

        assert "succeeded" == setups[-1].status
        assert 10 > len(sessions) > 1
        assert len(sessions) == len(sessions._tokens) == len(sessions._setup_intents)
        assert 10 > len(mock.engine.ledger.methods) > 1


@pytest.mark.parametrize(
    "path", ["/v1/setup_intents/seti_1/mock_authenticate", "/v1/setup_intents/seti_1/mock_challenge"]
)
def test_promise_13_a_key_of_idempotency_has_an_end(mock: Mock, path: str) -> None:
    """Wherever it is taken."""
    headers = {"Idempotency-Key": "k" * 256}
    reply = mock.browser(headers).post(path, data={"client_secret": "x", "outcome": "pass"})

    assert (400, "contract-violation") == (reply.status_code, reply.headers["mock-refused"])


def test_promise_13_names_of_metadata_have_an_end(mock: Mock) -> None:
    """As at Stripe."""
    reply = prepared(mock).http.post("/v1/payment_methods", json=card_data() | {"metadata": {"n" * 41: "x"}})

    assert (400, "contract-violation") == (reply.status_code, reply.headers["mock-refused"])
