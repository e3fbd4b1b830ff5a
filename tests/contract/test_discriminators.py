"""Discriminators: what they select, what decides if they cannot, how the violations read, and the samples."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.contract import Contract
from mockserver.contract.document.document import load_document
from mockserver.messages import Call, Request
from mockserver.samples.sample_replies import SampleReplies
from tests.support.both_validators import BothValidators
from tests.support.chat_document import CHAT
from tests.support.discriminators import CASES, Case, ref
from tests.support.documents import JSON, contract_for, document_with, loaded, request, request_body, response_body
from tests.support.messages import form_request, parameter_document, query_request
from tests.support.mock_violations import mock_violations

CALL = Call(operation="x", request=request(), path={})
ROWS = [
    pytest.param(case, version, id=f"{name}-{version}") for name, case in CASES.items() for version in case.versions
]


def document_of(case: Case, version: str) -> dict[str, Any]:
    operation = request_body(case.schema) | response_body(case.schema)
    return document_with(operation, version=version, schemas=case.schemas)


@pytest.mark.parametrize(("case", "version"), ROWS)
def test_validation(case: Case, version: str) -> None:
    """Each value is accepted by the compiled schemas, or rejected with its violations, in requests and in replies."""
    document = document_of(case, version)
    both = BothValidators(loaded(document))
    for value in case.valid:
        both.body(value)
        both.reply(value)
    assert {"valid, compiled": 2 * len(case.valid)} == both.counts
    for value, *expected in case.invalid:
        both.reply(value)
        violations = [f"{key} {pointer}".rstrip() for _, pointer, key in mock_violations(document, json_request(value))]
        assert (value, expected) == (value, violations)
    assert len(case.invalid) == both.counts["invalid"]


def json_request(value: Any) -> Request:
    return request(json.dumps(value).encode(), headers=(JSON,))


@pytest.mark.parametrize(("case", "version"), ROWS)
def test_generated_replies(case: Case, version: str) -> None:
    """The mock generates a valid reply for each schema, whatever the seed."""
    samples = SampleReplies(contract_for(document_of(case, version)))
    # A reply that is not valid raises a refusal.
    assert [200] * 5 == [samples.make(CALL, random.Random(seed)).status for seed in range(5)]


PETS = CASES["values that are schema names"]
MESSAGES = CASES["values that are not schema names"]
REASONS: dict[str, tuple[Case, Any, str]] = {
    "an unknown value": (
        MESSAGES,
        {"role": "system"},
        '"system" is not a known value of the discriminator "role"; known values: "user", "tool", "function"',
    ),
    "an unknown value, with several matches": (
        PETS,
        {"kind": "Bird"},
        (
            '"Bird" is not a known value of the discriminator "kind"; known values: "Cat", "Dog"; '
            "more than one alternative matches: Cat, Dog"
        ),
    ),
    "an unknown value inside": (
        CASES["an alternative that is a choice itself"],
        {"kind": "bird", "lives": "nine", "tricks": 1},
        '"bird" is not a known value of the discriminator "kind"; known values: "Cat", "Dog", "user"',
    ),
    "no value": (MESSAGES, {"content": "hi"}, '"role" is required'),
    "no value, with several matches": (
        CASES["an optional member"],
        {"text": "a", "href": "b"},
        (
            '{"text": "a", "href": "b"} matches more than one of the 2 alternatives (Item, Link), but must match '
            'exactly one; the discriminator "kind" is missing'
        ),
    ),
    "an optional member without a value": (
        CASES["an optional member"],
        {},
        '{} matches none of the 2 alternatives; the closest one fails because: "text" is required',
    ),
    "the selected alternative": (
        PETS,
        {"kind": "Cat", "lives": "nine"},
        '"nine" is a string; the contract wants an integer',
    ),
    "the alternative that lists the value": (MESSAGES, {"role": "tool"}, '"call" is required'),
    "several matches without a name": (
        CASES["inline alternatives that overlap"],
        {"kind": "x", "n": 1},
        (
            '{"kind": "x", "n": 1} matches more than one of the 3 alternatives (alternative 1, Second, Cat), but must '
            "match exactly one"
        ),
    ),
    "not an object": (
        MESSAGES,
        5,
        (
            "5 matches none of the 2 alternatives; the closest one fails because: 5 is a number; the contract wants an "
            "object"
        ),
    ),
}


@pytest.mark.parametrize(("case", "value", "expected"), REASONS.values(), ids=REASONS)
def test_messages(case: Case, value: Any, expected: str) -> None:
    """A violation states the true reason."""
    contract = contract_for(document_of(case, case.versions[0]))
    assert [expected] == [each.message for each in contract.understand(json_request(value)).violations]


def test_several_matches_without_a_discriminator() -> None:
    """The message names the alternatives of a `oneOf` that match."""
    schema = {"oneOf": [{"type": "integer"}, {"title": "Number", "type": "number"}]}
    found = contract_for(document_with(request_body(schema))).understand(json_request(1)).violations
    assert ["1 matches more than one of the 2 alternatives (alternative 1, Number), but must match exactly one"] == [
        each.message for each in found
    ]


CHAT_REQUESTS: dict[str, Any] = {
    "texts": [
        {"role": "developer", "content": "Be brief."},
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello!", "name": "a"},
    ],
    "parts": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "?"},
                {"type": "image_url", "image_url": {"url": "https://x.example"}},
            ],
        }
    ],
    "calls": [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "content": "5", "tool_call_id": "1"},
        {"role": "function", "content": None, "name": "f"},
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
    ],
}


@pytest.mark.parametrize("messages", CHAT_REQUESTS.values(), ids=CHAT_REQUESTS)
def test_chat_requests(messages: Any) -> None:
    """Requests as OpenAI's clients send them are valid, and need no openapi-core."""
    tools = [
        {"type": "function", "function": {"name": "f", "parameters": {}}},
        {"type": "custom", "custom": {"name": "g"}},
    ]
    body = {"model": "gpt-4o", "messages": messages, "tools": tools, "response_format": {"type": "json_object"}}
    both = BothValidators(loaded(CHAT))
    both.body(body)
    both.body(body | {"temperature": None})
    assert {"valid, compiled": 2} == both.counts


WRONG_CHAT_REQUESTS: dict[str, tuple[Any, list[str]]] = {
    "an unknown role": ({"messages": [{"role": "robot", "content": "x"}]}, ["discriminator /messages/0/role"]),
    "no role": ({"messages": [{"content": "x"}]}, ["required /messages/0/role"]),
    "no content": ({"messages": [{"role": "user"}]}, ["required /messages/0/content"]),
    "a part without a text": (
        {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
        ["oneOf /messages/0/content"],
    ),
    "a tool without a name": ({"tools": [{"type": "custom", "custom": {}}]}, ["required /tools/0/custom/name"]),
    "a function without a name": (
        {"tools": [{"type": "function", "function": {}}]},
        ["required /tools/0/function/name"],
    ),
    "an unknown tool": ({"tools": [{"type": "drill"}]}, ["discriminator /tools/0/type"]),
}


@pytest.mark.parametrize(("members", "expected"), WRONG_CHAT_REQUESTS.values(), ids=WRONG_CHAT_REQUESTS)
def test_wrong_chat_requests(members: Any, expected: list[str]) -> None:
    """The violations lie where the mistake is."""
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello!"}], **members}
    found = contract_for(CHAT).understand(request(body, path="/chat/completions")).violations
    assert expected == [f"{each.keyword} {each.pointer}" for each in found]


def test_chat_replies() -> None:
    """The generated replies are valid."""
    samples = SampleReplies(contract_for(CHAT))
    for seed in range(20):
        call = Call(operation="createChatCompletion", request=request(path="/chat/completions"), path={})
        made = json.loads(samples.make(call, random.Random(seed)).body)
        assert made["choices"][0]["message"]["tool_calls"][0]["type"] in {"function", "custom"}


def test_generated_values_select_every_alternative() -> None:
    """If the first alternative has no value, the next one is taken, with the value that selects it."""
    case = PETS
    schemas = case.schemas | {"Cat": {"allOf": [case.schemas["Cat"], {"not": {}}]}}
    contract = contract_for(document_with(response_body(case.schema), schemas=schemas))
    made = SampleReplies(contract).make(CALL, random.Random(1))
    assert "Dog" == json.loads(made.body)["kind"]


def written(folder: Path, document: dict[str, Any], **files: Any) -> Path:
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), "utf-8")
    (folder / "spec.yaml").write_text(yaml.safe_dump(document), "utf-8")
    return folder / "spec.yaml"


FILES: dict[str, Any] = {
    "by the names of files": ["Cat.yaml", "Dog.yaml"],
    "by the last steps": ["pets.yaml#/Cat", "pets.yaml#/components/schemas/Dog"],
    "by a component that refers to a file": ["#/components/schemas/Cat", "Dog.yaml"],
}


@pytest.mark.parametrize("refs", FILES.values(), ids=FILES)
def test_alternatives_in_files(tmp_path: Path, refs: list[str]) -> None:
    """The name of an alternative in another file is the last step of its reference, or the name of the file."""
    schema = {"oneOf": [{"$ref": each} for each in refs], "discriminator": {"propertyName": "kind"}}
    document = document_with(request_body(schema), schemas={"Cat": {"$ref": "Cat.yaml"}})
    pets = {"Cat": PETS.schemas["Cat"], "components": {"schemas": {"Dog": PETS.schemas["Dog"]}}}
    path = written(tmp_path, document, Cat=PETS.schemas["Cat"], Dog=PETS.schemas["Dog"], pets=pets)
    both = BothValidators(load_document(path))
    for value in ({"kind": "Cat", "tricks": 5}, {"kind": "Dog", "lives": "nine"}):
        both.body(value)
    both.body({"kind": "Cat", "lives": "nine"})
    assert {"valid, compiled": 2, "invalid": 1} == both.counts


def test_a_base_in_files(tmp_path: Path) -> None:
    """A base in another file selects the descendants of the whole document."""
    base = {"type": "object", "required": ["kind"], "discriminator": {"propertyName": "kind"}}
    lion = {"allOf": [{"$ref": "Animal.yaml"}, {"type": "object", "required": ["mane"]}]}
    operation = request_body({"$ref": "Animal.yaml"}) | response_body({"$ref": "Lion.yaml"})
    contract = Contract.load(written(tmp_path, document_with(operation), Animal=base, Lion=lion))
    found = [contract.understand(json_request({"kind": kind})).violations for kind in ("Lion", "Animal")]
    assert [["required"], []] == [[each.keyword for each in violations] for violations in found]


def test_unevaluated_properties() -> None:
    """The members of the selected schema count as evaluated, also those of a descendant of a base."""
    case = CASES["a base"]
    schema = {"$ref": ref("Animal")["$ref"], "unevaluatedProperties": False}
    document = document_with(request_body({"type": "array", "items": schema}), version="3.1.0", schemas=case.schemas)
    assert [] == mock_violations(document, json_request([{"kind": "Lion", "mane": True, "age": 1}, {"kind": "x"}]))
    assert [("body", "/0/x", "unevaluatedProperties")] == mock_violations(
        document, json_request([{"kind": "Lion", "mane": True, "x": 1}])
    )


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_parameters_with_content(version: str) -> None:
    """A discriminator works in a parameter that contains JSON."""
    content = {"application/json": {"schema": MESSAGES.schema}}
    document = parameter_document(version=version, content=content)
    document["components"]["schemas"] = MESSAGES.schemas
    assert [] == mock_violations(document, query_request('q={"role":"user","content":"hi"}'))
    assert [("query", "/q/content", "required")] == mock_violations(document, query_request('q={"role":"user"}'))


DEEP_OBJECTS: dict[str, tuple[str, str, list[str]]] = {
    "an alternative with an integer": ("Pet", "q[kind]=Cat&q[n]=9", []),
    "an alternative with a text": ("Pet", "q[kind]=Dog&q[n]=9", []),
    "a wrong value": ("Pet", "q[kind]=Cat&q[n]=x", ["/q/n"]),
    "a descendant": ("Animal", "q[kind]=Lion&q[age]=9", []),
    "a wrong value of a descendant": ("Animal", "q[kind]=Lion&q[age]=x", ["/q/age"]),
}


@pytest.mark.parametrize(("name", "query", "pointers"), DEEP_OBJECTS.values(), ids=DEEP_OBJECTS)
def test_values_of_text(name: str, query: str, pointers: list[str]) -> None:
    """A value that is sent as text is read as the selected schema describes it."""
    kind = {"kind": {"type": "string"}}
    schemas = {
        "Cat": {"type": "object", "required": ["kind"], "properties": {**kind, "n": {"type": "integer"}}},
        "Dog": {"type": "object", "required": ["kind"], "properties": {**kind, "n": {"type": "string"}}},
        "Pet": PETS.schema,
        "Animal": {"type": "object", "properties": kind, "discriminator": {"propertyName": "kind"}},
        "Lion": {"allOf": [ref("Animal"), {"type": "object", "properties": {"age": {"type": "integer"}}}]},
    }
    document = parameter_document(schema=ref(name), style="deepObject", explode=True)
    document["components"]["schemas"] = schemas
    assert pointers == [pointer for _, pointer, _ in mock_violations(document, query_request(query))]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_parts_of_a_form(version: str) -> None:
    """A discriminator works in a part of a form that is an object."""
    schema = {"type": "object", "properties": {"message": MESSAGES.schema}}
    document = document_with(request_body(schema, "multipart/form-data"), version=version, schemas=MESSAGES.schemas)
    assert [] == mock_violations(document, form_request(("message", '{"role":"user","content":"hi"}')))
    assert [("body", "/message/content", "required")] == mock_violations(
        document, form_request(("message", '{"role":"user"}'))
    )


def test_large_choices_are_compiled() -> None:
    """A choice between a hundred alternatives is compiled, also where the alternatives refer to the choice."""
    names = [f"Kind{number}" for number in range(100)]
    schemas: dict[str, Any] = {
        name: {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"enum": [name.lower()]}, "inner": ref("Any")},
        }
        for name in names
    }
    schemas["Any"] = {"oneOf": [ref(name) for name in names], "discriminator": {"propertyName": "type"}}
    both = BothValidators(loaded(document_with(request_body(ref("Any")), schemas=schemas)))
    both.body({"type": "kind7", "inner": {"type": "kind99"}})
    both.body({"type": "kind7", "inner": {"type": "Kind99"}})
    assert Counter({"valid, compiled": 1, "invalid": 1}) == both.counts
