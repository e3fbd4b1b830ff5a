"""Malformed documents give a SpecError, or a contract that never crashes."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract import Contract
from mockserver.errors import Refusal, SpecError
from mockserver.messages import Headers, Reply, Request
from mockserver.samples.sample_replies import SampleReplies
from mockserver.settings import bundled
from tests.support.cases import generated
from tests.support.schemas import values

WINGBACK = yaml.safe_load((bundled("spec") / "wingback.yaml").read_text("utf-8"))
SCHEMA = {
    "type": "object",
    "nullable": True,
    "allOf": [{"type": "object"}],
    "properties": {
        "n": {"type": "integer", "format": "int32", "minimum": 0, "exclusiveMinimum": True, "multipleOf": 0.5},
        "s": {"type": "string", "pattern": "^a", "minLength": 1, "enum": ["a", "b"], "readOnly": True},
        "kind": {"anyOf": [{"$ref": "#/components/schemas/Leaf"}, {"type": "string"}]},
        "next": {"$ref": "#/components/schemas/Node"},
        "l": {
            "type": "array",
            "items": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            "uniqueItems": True,
            "maxItems": 2,
        },
    },
    "required": ["n"],
    "additionalProperties": False,
}
RICH: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "rich", "version": "1"},
    "servers": [{"url": "https://x.example/{v}", "variables": {"v": {"default": ""}}}],
    "security": [{"key": []}, {"bearer": [], "oauth": ["read"]}, {}],
    "paths": {
        "/a/{id}.{kind}": {
            "parameters": [
                {"$ref": "#/components/parameters/id"},
                {"name": "kind", "in": "path", "required": True, "style": "label", "schema": {"type": "string"}},
            ],
            "put": {
                "operationId": "put",
                "parameters": [
                    {"name": "q", "in": "query", "style": "deepObject", "explode": True, "schema": SCHEMA},
                    {"name": "l", "in": "query", "explode": False, "schema": {"type": "array", "items": {}}},
                    {"name": "h", "in": "header", "deprecated": True, "schema": {"type": "number", "default": 1}},
                    {"name": "c", "in": "cookie", "content": {"application/json": {"schema": {"type": "object"}}}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": SCHEMA, "example": {"n": 1}},
                        "multipart/form-data": {"schema": SCHEMA, "encoding": {"n": {"contentType": "text/plain"}}},
                        "application/x-www-form-urlencoded": {"schema": SCHEMA, "encoding": {"l": {"style": "form"}}},
                        "text/*": {"schema": {"type": "string"}},
                    },
                },
                "responses": {
                    "200": {
                        "description": "fine",
                        "headers": {"X-N": {"required": False, "schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}},
                    },
                    "4XX": {"$ref": "#/components/responses/problem"},
                    "default": {"description": "else"},
                },
                "callbacks": {"done": {"{$request.body#/n}": {"post": {"responses": {}}}}},
            },
        }
    },
    "components": {
        "parameters": {"id": {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}},
        "responses": {
            "problem": {"description": "p", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
        },
        "schemas": {
            "Node": {
                "type": "object",
                "oneOf": [{"$ref": "#/components/schemas/Leaf"}, {"type": "object"}],
                "discriminator": {"propertyName": "kind", "mapping": {"leaf": "Leaf"}},
            },
            "Leaf": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}},
        },
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "wb-key"},
            "bearer": {"type": "http", "scheme": "Bearer"},
            "oauth": {"type": "oauth2", "flows": {}},
        },
    },
}
DOCUMENTS = {"wingback": WINGBACK, "rich": RICH, "rich, as 3.1": RICH | {"openapi": "3.1.0"}}

JSON = ("content-type", "application/json")
KEY = ("wb-key", "k")
PATHS = ("/v1/c/customer/x/payment/session", "/a/1..b", "/a/x.b", "/")
BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b'{"n": 1, "l": [1], "kind": "leaf"}'),
    ("application/json", b'{"operation": "add_method", "address": true}'),
    ("application/json", b'{"kind": "leaf", "next": {"kind": []}}'),
    ("application/json", b"null"),
    ("application/json", b"{"),
    ("multipart/form-data; boundary=B", b'--B\r\nContent-Disposition: form-data; name="n"\r\n\r\n5\r\n--B--\r\n'),
    ("application/x-www-form-urlencoded", b"n=1&l=a&l=b"),
    ("text/plain; charset=x", b"\xff"),
    ("nonsense", b""),
)
QUERIES = ("", "q[n]=1&q[l][]=a&l=1,2", "q=1&q[n][s]=2&q[n]=1", "n=1&%ff=%00")


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value of a document."""
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, (*path, key))


ALL_PLACES = {name: [place for place in places(document) if place] for name, document in DOCUMENTS.items()}
REFERENCES = st.sampled_from(
    (
        "#/components/schemas/Node",
        "#",
        "#/",
        "#node",
        "",
        "#/paths/~1a",
        "x.yaml",
        "http://localhost:1/x",
        "#/info/title",
        "%00",
    )
)
KEYWORDS = ("$ref", "type", "allOf", "oneOf", "not", "items", "properties", "required", "enum", "nullable", "readOnly")
MORE_KEYWORDS = ("discriminator", "format", "pattern", "const", "patternProperties", "if", "default", "$id", "$schema")
MEMBERS = (
    "in",
    "name",
    "schema",
    "style",
    "explode",
    "content",
    "parameters",
    "responses",
    "headers",
    "servers",
    "security",
)
KEYS = st.sampled_from((*KEYWORDS, *MORE_KEYWORDS, *MEMBERS))
STRANGE = (
    values | st.builds(lambda ref: {"$ref": ref}, REFERENCES) | st.dictionaries(KEYS, values, max_size=3) | REFERENCES
)


@st.composite
def modified(draw: st.DrawFn) -> dict[str, Any]:
    """Strategy for a document in which up to four values are replaced, removed or added."""
    name = draw(st.sampled_from(sorted(DOCUMENTS)))
    document: dict[str, Any] = copy.deepcopy(DOCUMENTS[name])
    for *parents, last in draw(st.lists(st.sampled_from(ALL_PLACES[name]), min_size=1, max_size=4)):
        node: Any = document
        try:
            for key in parents:
                node = node[key]
            match draw(st.sampled_from(("replace", "remove", "add"))):
                case "replace":
                    node[last] = draw(STRANGE)
                case "remove":
                    del node[last]
                case _:
                    node[last][draw(KEYS)] = draw(STRANGE)
        except (KeyError, IndexError, TypeError):
            continue
    return document


def requests() -> Iterator[Request]:
    """Requests that use most parts of the documents."""
    for number, (media_type, body) in enumerate(BODIES):
        headers = Headers([("content-type", media_type), KEY, ("h", "1"), ("cookie", "c={}")])
        for path in PATHS:
            for method in ("PUT", "POST"):
                query = QUERIES[number % len(QUERIES)]
                yield Request(method=method, path=path, query=query, headers=headers, body=body)


def use(contract: Contract) -> None:
    """Use all functions of a contract. Exceptions other than Refusal are not caught."""
    samples = SampleReplies(contract)
    for request in requests():
        try:
            call = contract.understand(request).call
            samples.make(call, random.Random(1))
        except Refusal:
            continue
    for operation in contract.operations:
        for status in (200, 404, 599):
            for media_type, body in BODIES:
                headers = (("content-type", media_type), ("X-N", "x"))
                for violation in contract.reply_violations(operation, Reply(status=status, headers=headers, body=body)):
                    assert violation.message


@generated(1 / 20)
@given(document=modified())
def test_modified_documents(tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]) -> None:
    """A modified document is refused with one line, or served without a crash."""
    path = tmp_path_factory.getbasetemp() / "modified.json"
    path.write_text(json.dumps(document), "utf-8")
    try:
        contract = Contract.load(path)
    except SpecError as error:
        message = str(error)
        assert message.startswith(str(path))
        assert message.isprintable()
    else:
        use(contract)


@generated(1 / 10)
@given(text=st.binary(max_size=200) | st.text(alphabet="openapi: 3.0{}[]&*!'\"\n-#|>%@,", max_size=60).map(str.encode))
def test_texts_that_are_not_documents(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    """Any text that is not a document gives a SpecError."""
    path = tmp_path_factory.getbasetemp() / "not-a-document.yaml"
    path.write_bytes(text)
    with pytest.raises(SpecError):
        Contract.load(path)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_unmodified_documents(tmp_path: Path, name: str) -> None:
    """Without modifications, the documents are served."""
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(DOCUMENTS[name]), "utf-8")
    contract = Contract.load(path)
    use(contract)
    relevant = [request for request in requests() if request.path in PATHS[:2]]
    understood = 0
    for request in relevant:
        try:
            understood += not contract.understand(request).violations
        except Refusal:
            continue
    assert understood
