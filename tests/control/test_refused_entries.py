"""Refused requests in the journal: no scenario has answered them, wherever scenarios are counted or filtered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.settings import Settings
from tests.support.mock import CREATE, Mock, mock_of
from tests.support.scenario_files import HAPPY, reply, stub, write
from tests.support.shop import prepared

NARROW = stub("when: {body: {provider: self_handled}}\nreply: {payment_session: {}}")
BROKEN = reply("payment_session: {provider: '{$request.query.none}'}")


@pytest.fixture(scope="module")
def shared_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    """A mock with a scenario that seldom fits, and one whose reply breaks the contract."""
    folder: Path = tmp_path_factory.mktemp("scenarios")
    write(folder, happy_path=HAPPY, narrow=NARROW, broken=BROKEN)
    with mock_of(Settings(seed=1, scenarios=folder)) as mock:
        yield mock


def violation(mock: Mock) -> None:
    mock.activate("narrow")
    mock.create(address="yes")


def no_stub(mock: Mock) -> None:
    mock.activate("narrow")
    mock.create()


def broken_reply(mock: Mock) -> None:
    mock.activate("broken")
    mock.create()


def unknown_scenario(mock: Mock) -> None:
    mock.http.post(
        "/v1/c/customer/Cust_1/payment/session",
        json={"operation": "add_method", "address": True},
        headers={"mock-scenario": "narow"},
    )


def stripe_violation(mock: Mock) -> None:
    prepared(mock).call("confirm", {"nothing": "1"})


REFUSED = {
    "contract-violation": (violation, {"scenario": "narrow", "stub": "a"}),
    "no-stub": (no_stub, {"scenario": "narrow", "stub": "a"}),
    "reply-violates-contract": (broken_reply, {"scenario": "broken", "stub": "a"}),
    "unknown-scenario": (unknown_scenario, None),
    "contract-violation of Stripe's API": (stripe_violation, None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_no_scenario_answers_a_refused_request(mock: Mock, name: str) -> None:
    """The entry has neither scenario nor stub; `nearest` has those that were tried."""
    call, nearest = REFUSED[name]
    call(mock)
    entry: dict[str, Any] = mock.get("journal")["entries"][-1]

    assert (name.split(maxsplit=1)[0], None, None, nearest) == tuple(
        entry[member] for member in ("refused", "scenario", "stub", "nearest")
    )
    assert {"mock-scenario", "mock-stub"}.isdisjoint(entry["reply"]["headers"])


@pytest.mark.parametrize("name", REFUSED)
def test_refused_requests_are_not_found_by_scenario(mock: Mock, name: str) -> None:
    """Filter, verification and coverage count only what a scenario answered; the operation finds the refused call."""
    call, _ = REFUSED[name]
    call(mock)
    refused = mock.get("journal")["entries"][-1]

    for scenario in ("narrow", "broken"):
        assert [] == mock.get("journal", scenario=scenario)["entries"]
        assert 200 == mock.verify(scenario=scenario, count=0).status_code
    assert refused["id"] in mock.verify(operation=refused["operation"]).json()["found"]
    covered = {cell["scenario"] for cell in mock.get("coverage")["cells"] if cell["count"]}
    assert {"narrow", "broken"}.isdisjoint(covered)


def test_verify_by_scenario_reports_refused_calls_as_near(mock: Mock) -> None:
    """If a scenario has answered nothing, the refused calls are reported as the nearest ones."""
    no_stub(mock)
    problem = mock.verify(operation=CREATE, scenario="narrow").json()

    (nearest,) = problem["nearest"]
    assert ("no-stub", None) == (nearest["refused"], nearest["scenario"])
    assert [{"where": "scenario", "expected": "narrow", "actual": "no scenario"}] == nearest["misses"]
