"""The shop's own tests, with the mock server's pytest plugin."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from shop.payments import PaymentError, Payments

from mockserver.testing import MockServer

CREATE = "c_create_payment_session"


@pytest.fixture
def payments(mockserver: MockServer) -> Iterator[Payments]:
    payments = Payments(base_url=mockserver.url, api_key=mockserver.api_key)
    yield payments
    payments.close()


def test_a_customer_gets_a_session(payments: Payments, mockserver: MockServer) -> None:
    session = payments.start("Cust_1")

    assert session["customer_id"] == "Cust_1"
    assert [session["token"]] == [each["token"] for each in mockserver.payment_sessions]
    mockserver.verify(operation=CREATE, path={"customer_id": "Cust_1"}, count=1)


@pytest.mark.mockserver(scenario="retry_after_503")
def test_a_bad_moment_is_got_over(payments: Payments, mockserver: MockServer) -> None:
    payments.start("Cust_1")

    assert [503, 503, 200] == [entry.reply.status for entry in mockserver.journal]


def test_a_client_error_is_not_tried_again(payments: Payments, mockserver: MockServer) -> None:
    mockserver.scenario("unknown_customer")

    with pytest.raises(PaymentError, match="404"):
        payments.start("Cust_1")
    mockserver.verify(operation=CREATE, count=1)


@pytest.mark.parametrize("scenario", ["connection_reset", "empty_reply", "truncated_body", "server_error"])
def test_it_gives_up_in_the_end(payments: Payments, mockserver: MockServer, scenario: str) -> None:
    mockserver.scenario(scenario)

    with pytest.raises(PaymentError):
        payments.start("Cust_1")
    mockserver.verify(operation=CREATE, count=3)


def test_one_after_the_other(payments: Payments, mockserver: MockServer) -> None:
    payments.start("Cust_1", provider="authorize")
    payments.start("Cust_2")

    mockserver.verify(
        in_order=[{"body": {"provider": "authorize"}}, {"path": {"customer_id": "Cust_2"}, "scenario": "happy_path"}]
    )


@pytest.mark.mockserver(allow_violations=True)
def test_what_wingback_would_not_take(mockserver_client: httpx.Client) -> None:
    reply = mockserver_client.post("/v1/c/customer/Cust_1/payment/session", json={"address": "yes"})

    assert {"/operation", "/address"} == {each["pointer"] for each in reply.json()["violations"]}


def test_another_caller_is_not_disturbed(mockserver: MockServer) -> None:
    other = mockserver.namespace()
    other.scenario("server_error")
    payments = Payments(base_url=mockserver.url, api_key=mockserver.api_key)

    payments.start("Cust_1")

    payments.close()
    assert [] == other.journal


@pytest.mark.parametrize("number", range(20))
def test_many_side_by_side(payments: Payments, mockserver: MockServer, number: int) -> None:
    mockserver.scenario(("happy_path", "retry_after_503")[number % 2])
    payments.start(f"Cust_{number}")

    assert 1 == len(mockserver.payment_sessions)
    assert (1, 3)[number % 2] == len(mockserver.journal)
