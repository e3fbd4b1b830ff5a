"""Tests of the shop with the pytest plugin of the mock server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest
from shop.payments import PaymentError, Payments

if TYPE_CHECKING:
    from mockserver import MockServer

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
def test_a_5xx_is_retried(payments: Payments, mockserver: MockServer) -> None:
    payments.start("Cust_1")

    assert [503, 503, 200] == [entry.reply.status for entry in mockserver.journal]


def test_a_4xx_is_not_retried(payments: Payments, mockserver: MockServer) -> None:
    mockserver.scenario("unknown_customer")

    with pytest.raises(PaymentError, match="404"):
        payments.start("Cust_1")
    mockserver.verify(operation=CREATE, count=1)


@pytest.mark.parametrize("scenario", ["connection_reset", "empty_reply", "truncated_body", "server_error"])
def test_it_gives_up_after_three_attempts(payments: Payments, mockserver: MockServer, scenario: str) -> None:
    mockserver.scenario(scenario)

    with pytest.raises(PaymentError):
        payments.start("Cust_1")
    mockserver.verify(operation=CREATE, count=3)


def test_calls_in_order(payments: Payments, mockserver: MockServer) -> None:
    payments.start("Cust_1", provider="authorize")
    payments.start("Cust_2")

    mockserver.verify(
        in_order=[{"body": {"provider": "authorize"}}, {"path": {"customer_id": "Cust_2"}, "scenario": "happy_path"}]
    )


@pytest.mark.mockserver(allow_violations=True)
def test_an_invalid_request(mockserver_client: httpx.Client) -> None:
    reply = mockserver_client.post("/v1/c/customer/Cust_1/payment/session", json={"address": "yes"})

    assert {"/operation", "/address"} == {each["pointer"] for each in reply.json()["violations"]}


def test_namespaces_are_independent(mockserver: MockServer) -> None:
    other = mockserver.namespace()
    other.scenario("server_error")
    payments = Payments(base_url=mockserver.url, api_key=mockserver.api_key)

    payments.start("Cust_1")

    payments.close()
    assert [] == other.journal


@pytest.mark.parametrize("number", range(8))
def test_many_in_parallel(payments: Payments, mockserver: MockServer, number: int) -> None:
    mockserver.scenario(("happy_path", "retry_after_503")[number % 2])
    payments.start(f"Cust_{number}")

    assert 1 == len(mockserver.payment_sessions)
    assert (1, 3)[number % 2] == len(mockserver.journal)
