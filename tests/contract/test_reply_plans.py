"""Promises 2 and 4: a reply is searched once. Every later reply is drawn like it, and is valid and repeatable."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract import Contract
from mockserver.errors import Refusal, SpecError
from mockserver.messages import Call, Reply
from mockserver.samples.sample_replies import SampleReplies
from tests.support.cases import generated
from tests.support.documents import contract_for, document_with, request, response_body
from tests.support.lines import lines_executed
from tests.support.schemas import COMPONENTS, schemas

SEEDS = range(40)
CALL = Call(request=request(), operation="x", path={})
TEXT, NUMBER = {"type": "string"}, {"type": "integer", "minimum": 0, "maximum": 9}


def object_with(**properties: Any) -> dict[str, Any]:
    """The schema of an object that requires all its members."""
    return {"type": "object", "required": list(properties), "properties": properties}


def contract_of(schema: Any, *, version: str = "3.1.0", **members: Any) -> Contract:
    """A contract whose reply has this schema."""
    return contract_for(document_with(response_body(schema, **members), version=version))


def replies(contract: Contract) -> list[Reply]:
    """The reply for each seed."""
    samples = SampleReplies(contract)
    return [samples.make(CALL, random.Random(seed)) for seed in SEEDS]


def values(schema: Any) -> list[Any]:
    """The value for each seed, which openapi-core accepts."""
    contract = contract_of(schema)
    made = replies(contract)
    assert [] == [each for each in made if contract._validator.openapi_core.reply(contract.operations["x"], each)]
    return [json.loads(reply.body) for reply in made]


SCHEMAS: dict[str, Any] = {
    "texts": object_with(id=TEXT, name=TEXT, createdAt=TEXT),
    "formats": object_with(a=TEXT | {"format": "uuid"}, b=TEXT | {"format": "date"}, c=TEXT | {"format": "email"}),
    "lengths": object_with(description=TEXT | {"maxLength": 9}, name=TEXT | {"minLength": 30}),
    "a pattern": object_with(a=TEXT | {"pattern": "^[A-Z]{3}-[0-9]{2}$"}),
    "a format and a pattern": object_with(a=TEXT | {"format": "date", "pattern": "^20[0-9]{2}-0"}),
    "whole numbers": object_with(a=NUMBER, b={"type": "integer", "exclusiveMinimum": 5, "maximum": 7}),
    "numbers": object_with(a={"type": "number"}, b={"type": "number", "minimum": 0.5, "maximum": 0.75}),
    "multiples": object_with(a={"type": "integer", "multipleOf": 7}, b={"type": "number", "multipleOf": 0.05}),
    "an int64 beyond 2**53": object_with(a={"type": "integer", "minimum": 2**60}),
    "a choice": object_with(a={"enum": ["x", "y", None]}, b={"enum": [1, 2.5, "z"]}),
    "a choice of which one is not valid": object_with(a={"type": "string", "enum": ["x", 1, "yy"], "minLength": 2}),
    "two choices": object_with(a={"allOf": [{"enum": ["x", "y", "z"]}, {"enum": ["y", "z", "w"]}]}),
    "a constant": object_with(a={"const": {"b": [1]}}),
    "items that differ": {"type": "array", "items": NUMBER, "minItems": 8, "uniqueItems": True},
    "texts that differ": {"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 3, "uniqueItems": True},
    "a value that is excluded": object_with(a=NUMBER | {"not": {"enum": [1, 2, 3, 4, 5, 6]}}),
    "a member that depends on another": object_with(a=NUMBER, b=NUMBER)
    | {"if": {"properties": {"a": {"maximum": 4}}}, "then": {"properties": {"b": {"maximum": 4}}}},
    "exactly one of two": object_with(
        a={"oneOf": [{"type": "integer", "maximum": 5}, {"type": "integer", "minimum": 3}]}
    ),
    "an excluded object": {"not": {"properties": {"a": {"minimum": 5}}}, **object_with(a=NUMBER)},
    "an item that must be contained": {"type": "array", "items": NUMBER, "contains": {"const": 3}, "minItems": 3},
    "names by a pattern": {"type": "object", "patternProperties": {"^x-[a-z]+$": NUMBER}, "minProperties": 3},
    "free names": {"type": "object", "additionalProperties": NUMBER, "propertyNames": {"maxLength": 5}},
    "a text alone": TEXT,
    "null": {"type": "null"},
    "anything": True,
    "nested": object_with(a={"type": "array", "items": object_with(b={"type": "array", "items": TEXT})}),
    "recursive": {"type": "object", "properties": {"id": TEXT, "next": {"$ref": "#/components/schemas/Node"}}},
}
NODE = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "next": {"$ref": "#/components/schemas/Node"}}}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_promise_2_every_drawn_reply_is_valid(schema: Any) -> None:
    """Every reply is valid, also where the drawn values of two members do not fit together."""
    contract = contract_for(document_with(response_body(schema), version="3.1.0", schemas={"Node": NODE}))
    operation = contract.operations["x"]
    for reply in replies(contract):
        assert [] == contract._validator.openapi_core.reply(operation, reply)


VARYING: dict[str, tuple[Any, int]] = {
    "a text": (object_with(description=TEXT), 30),
    "an id": (object_with(id=TEXT), 40),
    "a format": (object_with(a=TEXT | {"format": "uuid"}), 40),
    "a whole number": (object_with(a={"type": "integer"}), 30),
    "every number of a range": (NUMBER, 10),
    "every listed value": ({"enum": ["a", "b", "c"]}, 3),
    "both booleans": ({"type": "boolean"}, 2),
    "items that differ": ({"type": "array", "items": NUMBER, "minItems": 3, "uniqueItems": True}, 20),
    "a published example": (object_with(a=TEXT | {"example": "x"}), 1),
}


@pytest.mark.parametrize(("schema", "least"), VARYING.values(), ids=VARYING)
def test_drawn_values_vary(schema: Any, least: int) -> None:
    """Different seeds give different values, except for published examples."""
    distinct = {json.dumps(value) for value in values(schema)}
    assert least <= len(distinct)
    assert (least == 1) is (len(distinct) == 1)


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_promise_4_earlier_requests_do_not_matter(schema: Any) -> None:
    """The same state of the random generator gives the same bytes, whatever was replied before."""
    document = document_with(response_body(schema), version="3.1.0", schemas={"Node": NODE})
    first, second = (SampleReplies(contract_for(document)) for _ in range(2))
    for seed in range(5):
        second.make(CALL, random.Random(seed))
    assert first.make(CALL, random.Random(9)) == second.make(CALL, random.Random(9))


def test_a_later_reply_is_not_searched() -> None:
    """After the first reply, a reply executes a small part of the lines."""
    samples = SampleReplies(contract_of({"type": "array", "minItems": 5, "items": SCHEMAS["texts"]}))
    first, later = (lines_executed(lambda: samples.make(CALL, random.Random(1))) for _ in range(2))
    assert later < first / 20


HEADERS: dict[str, tuple[dict[str, Any], bool]] = {
    "an example": ({"schema": TEXT, "example": "a, b"}, True),
    "an example of the schema": ({"schema": NUMBER | {"example": 3}}, True),
    "a required example": ({"schema": TEXT, "example": "x", "required": True}, True),
    "an example that is not valid": ({"schema": NUMBER, "example": "x"}, False),
    "a schema": ({"schema": NUMBER}, False),
    "a required schema": ({"schema": {"type": "array", "items": NUMBER, "minItems": 3}, "required": True}, False),
    "JSON": ({"content": {"application/json": {"schema": NUMBER}}}, False),
}


@pytest.mark.parametrize(("header", "constant"), HEADERS.values(), ids=HEADERS)
def test_headers(header: dict[str, Any], constant: bool) -> None:  # noqa: FBT001 - a column of the table
    """Headers are valid in every reply. Those without a published example vary."""
    contract = contract_of(object_with(id=TEXT), headers={"X-A": header})
    made = replies(contract)
    assert [] == [each for each in made if contract._validator.openapi_core.reply(contract.operations["x"], each)]
    assert constant is (len({dict(reply.headers)["x-a"] for reply in made}) == 1)


def test_the_plans_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only some plans are kept. A reply whose plan was dropped is the same as before."""
    monkeypatch.setattr("mockserver.samples.sample_replies.MAX_PLANS", 2)
    samples = SampleReplies(
        contract_for(
            document_with(
                {
                    "responses": {
                        "default": {
                            "description": "",
                            "content": {"application/json": {"schema": object_with(id=TEXT)}},
                        }
                    }
                }
            )
        )
    )

    def made(code: int) -> Reply:
        call = Call(request=request(headers=(("prefer", f"code={code}"),)), operation="x", path={})
        return samples.make(call, random.Random(1))

    first = made(400)
    assert [400, 401, 402, 403] == [made(code).status for code in range(400, 404)]
    assert 2 == len(samples._plans)
    assert first == made(400)


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_promise_2_generated_schemas(version: str) -> None:
    """For any schema, each reply is valid, or it is refused."""
    components = st.fixed_dictionaries({name: schemas(version[:3]) for name in COMPONENTS})

    @generated(1 / 10)
    @given(schemas(version[:3]), components)
    def hold(schema: Any, others: dict[str, Any]) -> None:
        try:
            contract = contract_for(document_with(response_body(schema), version=version, schemas=others))
        except SpecError:
            return
        samples = SampleReplies(contract)
        for seed in range(3):
            # A refusal says that no valid reply can be made.
            with suppress(Refusal):
                reply = samples.make(CALL, random.Random(seed))
                assert [] == contract._validator.openapi_core.reply(contract.operations["x"], reply)

    hold()
