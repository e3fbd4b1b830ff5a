"""Schemas that would be applied an exponential number of times. The check ends, with the right result."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from mockserver.contract import Contract
from mockserver.contract.compiled.keyword_values import Untranslatable
from mockserver.contract.compiled.schema_translation import translate
from mockserver.contract.compiled.schema_work import MAX_LEVELS, SchemaWork, schema_work
from mockserver.contract.validation import violations as messages
from mockserver.errors import Refusal, SpecError
from mockserver.messages import Reply
from mockserver.samples.sample_replies import SampleReplies
from tests.support.documents import JSON, contract_for, document_with, loaded, request, request_body
from tests.support.hostile_documents import HOSTILE, SCHEMAS, Hostile

MODES = [pytest.param(True, id="compiled"), pytest.param(False, id="openapi-core")]
# A regression would take years. The limit only has to be much longer than a check on a busy machine.
PATIENCE = 60


@pytest.fixture(autouse=True)
def limited_time() -> Iterator[None]:
    """Let a test fail that would never end."""

    def fail(_: int, __: FrameType | None) -> None:
        raise AssertionError("the check does not end")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("compiled", MODES)
@pytest.mark.parametrize("hostile", [pytest.param(each, id=name) for name, each in HOSTILE.items() if each.has_valid])
def test_a_valid_value_is_valid(hostile: Hostile, *, compiled: bool) -> None:
    """A valid value is accepted, in a request and in a reply."""
    contract = contract_for(hostile.document, compiled=compiled)
    assert () == contract.understand(request(hostile.valid)).violations
    reply = Reply(status=200, headers=(JSON,), body=json.dumps(hostile.valid).encode())
    assert [] == contract.reply_violations("x", reply)


@pytest.mark.parametrize("compiled", MODES)
@pytest.mark.parametrize("hostile", [pytest.param(each, id=name) for name, each in HOSTILE.items()])
def test_an_invalid_value_is_reported(hostile: Hostile, *, compiled: bool) -> None:
    """An invalid value is reported. If the steps are used up, one violation says so."""
    contract = contract_for(hostile.document, compiled=compiled)
    found = contract.understand(request(hostile.invalid)).violations
    assert 1 <= len(found) <= messages.MAX_VIOLATIONS + 1
    assert all(len(each.message) < 5_000 for each in found)
    too_many_steps = [each for each in found if "too many steps" in each.message]
    if hostile.is_checked:
        assert [] == too_many_steps
    else:
        assert found == tuple(too_many_steps)


@pytest.mark.parametrize("headers", [(), (("prefer", "dynamic=true"),)], ids=["sample", "dynamic"])
@pytest.mark.parametrize("hostile", [pytest.param(each, id=name) for name, each in HOSTILE.items()])
def test_a_reply_is_made(hostile: Hostile, headers: tuple[tuple[str, str], ...]) -> None:
    """A valid reply is made, or a refusal says that it takes too many steps, or why the first attempt failed."""
    contract = contract_for(hostile.document)
    call = contract.understand(request(hostile.invalid, headers=headers)).call
    if hostile.has_sample:
        reply = SampleReplies(contract).make(call, random.Random(1))
        assert [] == contract.reply_violations("x", reply)
    else:
        with pytest.raises(Refusal) as refusal:
            SampleReplies(contract).make(call, random.Random(1))
        assert "reply-violates-contract" == refusal.value.kind


@pytest.mark.parametrize("compiled", MODES)
def test_a_large_body_is_checked(*, compiled: bool) -> None:
    """The steps suffice for an ordinary body of the maximum length."""
    item = {
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": {"type": "string", "maxLength": 10},
            "b": {"type": "number"},
            "c": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            "d": {"type": "array", "items": {"type": "string"}},
        },
    }
    schema = {"type": "array", "items": {"$ref": f"{SCHEMAS}Item"}}
    contract = contract_for(document_with(request_body(schema), schemas={"Item": item}), compiled=compiled)
    body = [{"a": f"v{index}", "b": index / 2, "c": index, "d": ["x", "y", str(index)]} for index in range(15_000)]
    assert () == contract.understand(request(body)).violations


def test_the_pointer_says_where_the_steps_end() -> None:
    """The violation for too many steps leads to the part of the body that was checked last."""
    wide = {"anyOf": [{"type": "string", "pattern": f"^(a|b)*{index}$"} for index in range(1_000)]}
    schema = {"type": "object", "properties": {"list": {"type": "array", "items": wide}}}
    contract = contract_for(document_with(request_body(schema)))
    (found,) = contract.understand(request({"list": ["a1", "ab" * 400_000]})).violations
    assert ("/list/1", "unsupported") == (found.pointer, found.keyword)
    assert "the schema takes too many steps to check" == found.message


def test_the_list_of_violations_is_bounded() -> None:
    """After a hundred violations, one more says that the others are not listed."""
    schema = {"type": "object", "additionalProperties": False, "properties": {"a": {"type": "string"}}}
    contract = contract_for(document_with(request_body(schema)))
    found = contract.understand(request({f"n{index:05}": 1 for index in range(20_000)})).violations
    assert 101 == len(found)
    assert "/n00000" == found[0].pointer
    assert "only the first 100 violations are listed" == found[100].message


def test_each_branch_of_a_reason_is_shown() -> None:
    """The reason for a failed `anyOf` names its closest alternative, to a limited depth."""
    inner: dict[str, Any] = {"type": "object", "required": ["a", "b"]}
    for _ in range(10):
        inner = {"anyOf": [inner, {"type": "array", "minItems": 1, "items": {"type": "string"}}, {"type": "null"}]}
    contract = contract_for(document_with(request_body(inner), version="3.1.0"))
    (found,) = contract.understand(request(1)).violations
    assert 4 == found.message.count("none of the 3 alternatives")


def work_of(schema: Any, schemas: dict[str, Any], version: str = "3.1.0") -> SchemaWork:
    document = loaded(document_with(request_body(schema), version=version, schemas=schemas))
    translated, _ = translate(document, schema, direction="request")
    return schema_work(translated)


ROOT = {"$ref": f"{SCHEMAS}A"}
TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("schemas", "most"),
    [
        pytest.param({"A": TEXT}, 3, id="one schema"),
        pytest.param({"A": {"properties": {"a": ROOT, "b": ROOT, "c": {"items": ROOT}}}}, 3, id="a tree"),
        pytest.param(
            {"A": {"anyOf": [{"properties": {"left": ROOT, "right": ROOT}}, {"properties": {"operand": ROOT}}]}},
            5,
            id="a tree with several kinds of nodes",
        ),
        pytest.param(
            {"A": {"properties": {"a": ROOT}, "additionalProperties": ROOT}}, 3, id="named members and others"
        ),
        pytest.param({"A": {"prefixItems": [ROOT, ROOT], "items": ROOT}}, 3, id="a tuple and other items"),
        pytest.param({"A": {"anyOf": [TEXT] * 50}}, 56, id="many alternatives"),
    ],
)
def test_ordinary_schemas_are_compiled(schemas: dict[str, Any], most: int) -> None:
    """Recursive schemas are compiled if each part of a value has its schema applied only a few times."""
    work = work_of(ROOT, schemas)
    assert MAX_LEVELS == work.levels
    assert work.applications <= most


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"allOf": [{"properties": {"a": ROOT}}, {"properties": {"a": ROOT}}]}, id="properties"),
        pytest.param({"items": ROOT, "contains": ROOT}, id="items"),
        pytest.param({"patternProperties": {"a": ROOT, "b": ROOT}}, id="patternProperties"),
        pytest.param({"properties": {"a": ROOT}, "patternProperties": {"b": ROOT}}, id="names and patterns"),
        pytest.param({"allOf": [{"additionalProperties": ROOT}, {"additionalProperties": ROOT}]}, id="other members"),
        pytest.param({"properties": {"a": {"anyOf": [ROOT, {"not": ROOT}]}}}, id="not"),
        pytest.param({"properties": {"a": {"if": ROOT, "then": ROOT}}}, id="if"),
        pytest.param({"items": {"dependentSchemas": {"a": ROOT, "b": ROOT}}}, id="dependentSchemas"),
    ],
)
def test_recursive_schemas_that_multiply(schema: Any) -> None:
    """A recursive schema that is applied twice to the same part is compiled for values with few levels only."""
    work = work_of(ROOT, {"A": schema})
    assert 2 <= work.levels <= 20
    contract = contract_for(document_with(request_body(ROOT), version="3.1.0", schemas={"A": schema}))
    contract.compile(["x"])
    assert {} == contract.uncompiled()


def test_schemas_that_multiply_without_levels() -> None:
    """A schema that is applied too often to one value is not compiled."""
    schemas = HOSTILE["allOf"].schemas
    with pytest.raises(Untranslatable):
        work_of({"$ref": f"{SCHEMAS}L0"}, dict(schemas))


def chain(link: Callable[[Any], Any]) -> dict[str, Any]:
    """A document whose schemas each refer to the next, 3,000 times."""
    schemas = {f"S{index}": link({"$ref": f"{SCHEMAS}S{index + 1}"}) for index in range(3_000)}
    return document_with(request_body({"$ref": f"{SCHEMAS}S0"}), schemas={**schemas, "S3000": TEXT})


def test_a_long_chain_of_references(tmp_path: Path) -> None:
    """A chain of nothing but references is reported at load: following each from its start would take hours."""
    path = tmp_path / "chain.json"
    path.write_text(json.dumps(chain(lambda each: each)), "utf-8")
    with pytest.raises(SpecError, match="is in a chain of more than 100 references"):
        Contract.load(path)


def test_a_long_chain_of_schemas(tmp_path: Path) -> None:
    """Schemas that include each other 3,000 times are loaded. A message is reported as impossible to check."""
    path = tmp_path / "chain.json"
    path.write_text(json.dumps(chain(lambda each: {"allOf": [each]})), "utf-8")
    (found,) = Contract.load(path).understand(request("a")).violations
    assert "unsupported" == found.keyword
