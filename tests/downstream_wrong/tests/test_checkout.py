"""Tests that fail because the mock server checks the contract. None of them may pass."""

from __future__ import annotations

import unittest

import pytest
from shop.payments import start

from mockserver import MockServer


def test_a_wrong_type(mockserver: MockServer) -> None:
    mockserver.scenario("card_declined")
    start(mockserver.url, "Cust_1", api_key=mockserver.api_key, address="yes")


def test_a_wrong_path(mockserver: MockServer) -> None:
    start(mockserver.url, "Cust_1", api_key=mockserver.api_key, path="sessions")


def test_no_key(mockserver: MockServer) -> None:
    start(mockserver.url, "Cust_1", api_key=None)


def test_a_call_that_never_came(mockserver: MockServer) -> None:
    start(mockserver.url, "Cust_1", api_key=mockserver.api_key)
    mockserver.verify(operation="c_create_payment_session", path={"customer_id": "Cust_2"}, body={"address": True})


def test_a_call_too_many(mockserver: MockServer) -> None:
    start(mockserver.url, "Cust_1", api_key=mockserver.api_key)
    start(mockserver.url, "Cust_1", api_key=mockserver.api_key)
    mockserver.verify(operation="c_create_payment_session", count=1)


def test_a_plain_failure(mockserver: MockServer) -> None:
    mockserver.scenario("server_error")
    assert 200 == start(mockserver.url, "Cust_1", api_key=mockserver.api_key)


@pytest.mark.mockserver(scenario="card_declin")
def test_a_scenario_that_there_is_not(mockserver: MockServer) -> None:
    start(mockserver.url, "Cust_1", api_key=mockserver.api_key)


@pytest.mark.mockserver(scenarios="card_declined")
def test_a_marker_that_says_nothing(mockserver: MockServer) -> None:
    start(mockserver.url, "Cust_1", api_key=mockserver.api_key)


class InUnittest(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _mock(self, mockserver: MockServer) -> None:
        self.mock = mockserver

    def test_a_wrong_type(self) -> None:
        start(self.mock.url, "Cust_1", api_key=self.mock.api_key, address=1)
