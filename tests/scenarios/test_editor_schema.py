"""The JSON Schema for editors: it is current, and accepts what the reader accepts."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from mockserver.parsing.text_reader import read_data
from mockserver.scenarios.format.scenario_format import schema_text

ROOT = Path(__file__).parent.parent.parent
VALIDATOR = jsonschema_rs.validator_for(json.loads(schema_text()))


def test_the_published_schema_is_current() -> None:
    """scenarios/scenario.schema.json is what `mockserver schema` prints."""
    assert schema_text() == (ROOT / "scenarios" / "scenario.schema.json").read_text("utf-8")


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_bundled_scenarios_follow_the_schema(path: Path) -> None:
    """The bundled files are valid."""
    assert VALIDATOR.is_valid(read_data(path.read_bytes(), name=path.name))


STUB = {"name": "a", "operation": "op"}
SCHEMA = {
    "least": ({}, True),
    "unknown key": ({"dealy": "1s"}, False),
    "null": ({"when": None}, False),
    "duration": ({"delay": "1.5s"}, True),
    "a number as duration": ({"delay": 200}, False),
    "uniform": ({"delay": {"uniform": ["1s", "2s"]}}, True),
    "half a lognormal": ({"delay": {"lognormal": {"median": "1s"}}}, False),
    "times zero": ({"times": 0}, False),
    "fault misspelt": ({"fault": "hangs"}, False),
    "dribble": ({"fault": {"dribble": {"chunks": 2, "over": "1s"}}}, True),
    "outcome": ({"reply": {"payment_session": {}, "on_confirm": {"decline": "x", "delay": "1s"}}}, True),
    "method types": ({"reply": {"payment_session": {}, "payment_method_types": ["card", "sepa_debit"]}}, True),
    "another method type": ({"reply": {"payment_session": {}, "payment_method_types": ["cash"]}}, False),
    "no method type": ({"reply": {"payment_session": {}, "payment_method_types": []}}, False),
    "two outcomes": ({"reply": {"payment_session": {}, "on_confirm": {"decline": "x", "succeed": True}}}, False),
    "a text matcher": ({"when": {"query": {"a": {"matches": "x"}}}}, True),
    "a number as text matcher": ({"when": {"query": {"a": 1}}}, False),
    "a body of any kind": ({"when": {"body": [1, {"a": None}]}, "reply": {"body": False}}, True),
    "a header's number": ({"reply": {"headers": {"Retry-After": 1}}}, False),
}


@pytest.mark.parametrize(("members", "expected"), SCHEMA.values(), ids=SCHEMA.keys())
def test_schema(members: dict[str, object], expected: object) -> None:
    """The schema accepts and rejects each kind of value."""
    ending = {} if "reply" in members else {"fault": "hang"}
    assert expected is VALIDATOR.is_valid({"about": "One.", "stubs": [STUB | ending | members]})
