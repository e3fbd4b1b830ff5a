"""Nothing is fetched: a reference stays in the folder of the document, or the document is rejected in one line."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_path import SchemaPath
from referencing.exceptions import Unresolvable

from mockserver.contract import Contract
from mockserver.contract.document.document import Document, load_document
from mockserver.contract.validation.validator import Validator
from mockserver.errors import SpecError
from mockserver.messages import Reply
from mockserver.samples import NoSample, SchemaSamples
from tests.support.documents import JSON, document_with, request, request_body, response_body

SECRET = "the-content-of-a-secret-file"


class Listener:
    """A server that counts connections, and a file outside of the folder."""

    def __init__(self, secret: Path) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.http = f"http://127.0.0.1:{self._socket.getsockname()[1]}/s.json"
        self.file = secret.as_uri()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.sendall(b'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"type": "integer"}')
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    """A listener, which is closed after the test."""
    secret = tmp_path / "secret.json"
    secret.write_text(f'{{"enum": ["{SECRET}"]}}', "utf-8")
    listener = Listener(secret)
    yield listener
    listener.close()


def ref(keyword: str) -> Callable[[str], dict[str, Any]]:
    return lambda url: {keyword: url}


# Schemas for which jsonschema or openapi-core fetch the URL. The mock rejects them.
REJECTED: dict[str, Callable[[str], Any]] = {
    "$ref": ref("$ref"),
    "$ref with a pointer": lambda url: {"$ref": f"{url}#/a"},
    "$ref with an anchor": lambda url: {"$ref": f"{url}#a"},
    "$dynamicRef": ref("$dynamicRef"),
    "$dynamicRef with an anchor": lambda url: {"$dynamicRef": f"{url}#a"},
    "$recursiveRef": ref("$recursiveRef"),
    "$recursiveRef in its dialect": lambda url: {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "$recursiveRef": url,
    },
    "in anyOf": lambda url: {"anyOf": [{"type": "string"}, {"$dynamicRef": url}]},
    "in a member": lambda url: {"properties": {"n": {"items": {"$dynamicRef": url}}}},
    "in a pattern's member": lambda url: {"patternProperties": {"^n": {"$dynamicRef": url}}},
    "in additional members": lambda url: {"additionalProperties": {"$dynamicRef": url}},
    "in unevaluated members": lambda url: {"unevaluatedProperties": {"$dynamicRef": url}},
    "in not": lambda url: {"not": {"$dynamicRef": url}},
    "in if": lambda url: {"if": {"$dynamicRef": url}, "then": {}},
    "in a dependent schema": lambda url: {"dependentSchemas": {"n": {"$dynamicRef": url}}},
    "in $defs": lambda url: {"$ref": "#/components/schemas/A/$defs/a", "$defs": {"a": {"$dynamicRef": url}}},
    "beside an $id": lambda url: {"$id": "https://example.com/a", "$ref": url},
    "relative to an $id": lambda url: {"$id": url, "$ref": "other#/a", "allOf": [{"$ref": "../../b"}]},
    "in a discriminator": lambda url: {
        "oneOf": [{"type": "object"}],
        "discriminator": {"propertyName": "n", "mapping": {"1": url}},
    },
    "in an example that is used as a schema": lambda url: {
        "$ref": "#/components/schemas/A/examples/0",
        "examples": [{"$dynamicRef": url}],
    },
    "in an extension that is used as a schema": lambda url: {
        "$ref": "#/components/schemas/A/x-own/a",
        "x-own": {"a": {"anyOf": [{"$ref": url}]}},
    },
}

# The URL names something and is no reference: nothing is fetched, and the document is served.
SERVED: dict[str, Callable[[str], Any]] = {
    "$id": ref("$id"),
    "$id beside a local reference": lambda url: {"$id": url, "properties": {"n": {"$ref": "#/components/schemas/B"}}},
    "$id in a member": lambda url: {"properties": {"n": {"$id": url, "$ref": "#/components/schemas/B"}}},
    "id": lambda url: {"id": url, "properties": {"n": {"$ref": "#/components/schemas/B"}}},
    "id of draft 4": lambda url: {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "id": url,
        "properties": {"n": {"$ref": "#/components/schemas/B"}},
    },
    "$schema": ref("$schema"),
    "$schema in a member": lambda url: {"properties": {"n": {"$schema": url}}},
    "$vocabulary": lambda url: {"$vocabulary": {url: True}},
    "the namespace of XML": lambda url: {"xml": {"namespace": url}},
    "external documentation": lambda url: {"externalDocs": {"url": url}},
    "a member of this name": lambda url: {"properties": {"$dynamicRef": {"const": url}}},
    "an example": lambda url: {"example": {"$dynamicRef": url}, "default": {"$ref": url}},
    "an extension": lambda url: {"x-own": {"$dynamicRef": url}},
}


def written(folder: Path, schema: Any, version: str) -> Path:
    schemas = {"A": schema, "B": {"type": "integer"}}
    use = {"$ref": "#/components/schemas/A"}
    document = document_with(request_body(use) | response_body(use), version=version, schemas=schemas)
    folder.mkdir(exist_ok=True)
    (folder / "spec.yaml").write_text(yaml.safe_dump(document), "utf-8")
    return folder / "spec.yaml"


def everything_said(path: Path) -> str:
    """Load a document, validate messages in both ways and make samples. Returns all messages about it."""
    said = []
    for compiled in (True, False):
        try:
            contract = Contract.load(path, compiled=compiled)
        except SpecError as error:
            said.append(str(error))
            continue
        for value in ({"n": 1}, {"n": "x"}, [1], "x", 1):
            said += [each.message for each in contract.understand(request(value)).violations]
        reply = Reply(status=200, headers=(JSON,), body=b'{"n": "x"}')
        said += [each.message for each in contract.reply_violations("x", reply)]
        schema = {"$ref": "#/components/schemas/A"}
        samples = SchemaSamples(
            contract.document.data,
            openapi_31=contract.document.is_31,
            problems=lambda *value, contract=contract: [each.message for each in contract.schema_violations(*value)],
        )
        try:
            said.append(str(samples.value(schema, random.Random(1))))
        except NoSample as error:
            said.append(str(error))
    return "\n".join(said)


@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("make", REJECTED.values(), ids=REJECTED)
def test_references(tmp_path: Path, listener: Listener, make: Callable[[str], Any], version: str, scheme: str) -> None:
    """A reference out of the folder is rejected at load in one line, which names the keyword and quotes no content."""
    path = written(tmp_path / "spec", make(getattr(listener, scheme)), version)
    said = everything_said(path)
    assert 0 == listener.connections
    assert SECRET not in said
    lines = said.splitlines()
    assert 2 == len(lines)
    assert lines[0].startswith(f"{path}: $")
    assert lines[0].endswith("leaves the folder of the spec, and nothing is fetched; copy the file into it") or (
        "relative" in lines[0] or "the file does not exist" in lines[0]
    )


@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("make", SERVED.values(), ids=SERVED)
def test_names(tmp_path: Path, listener: Listener, make: Callable[[str], Any], version: str, scheme: str) -> None:
    """A URL that only names something is not fetched, and causes no violation."""
    schema = {"type": "object", **make(getattr(listener, scheme))}
    contract = Contract.load(written(tmp_path / "spec", schema, version))
    assert () == contract.understand(request({"n": 1})).violations
    said = everything_said(contract.document.path)
    assert 0 == listener.connections
    assert SECRET not in said
    assert "cannot check" not in said


OTHERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "externalValue": lambda url: response_body({}, examples={"a": {"externalValue": url}}),
    "operationRef": lambda url: {
        "responses": {"200": {"description": "d", "links": {"a": {"operationRef": f"{url}#/paths/~1a/get"}}}}
    },
}


@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize("keyword", OTHERS)
def test_other_references(tmp_path: Path, listener: Listener, keyword: str, scheme: str) -> None:
    """References to examples and to operations are rejected too."""
    url = getattr(listener, scheme)
    operation = OTHERS[keyword](url)
    if keyword == "externalValue":
        content = operation["responses"]["200"]["content"]["application/json"]
        content["examples"] = operation["responses"]["200"].pop("examples")
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(document_with(operation)), "utf-8")
    with pytest.raises(SpecError, match="leaves the folder of the spec") as refused:
        load_document(path)
    assert str(refused.value).startswith(f"{path}: {keyword} '{url}")
    assert 0 == listener.connections


def test_references_inside_the_folder(tmp_path: Path) -> None:
    """An `externalValue` becomes relative to the folder of the document, whichever file it is in."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "examples.yaml").write_text("a: {externalValue: ./a%20b.json}", "utf-8")
    operation = response_body({})
    operation["responses"]["200"]["content"]["application/json"]["examples"] = {
        "a": {"$ref": "parts/examples.yaml#/a"},
        "b": {"externalValue": "b.json"},
    }
    operation["responses"]["200"]["links"] = {"c": {"operationRef": "#/paths/~1x/post"}}
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(document_with(operation)), "utf-8")
    examples = load_document(path).data["paths"]["/x"]["post"]["responses"]["200"]["content"]["application/json"][
        "examples"
    ]
    assert "b.json" == examples["b"]["externalValue"]
    document = load_document(path)
    assert {"externalValue": "parts/a b.json"} == document.resolve(examples["a"])


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_validators_cannot_retrieve(listener: Listener, scheme: str) -> None:
    """The validator itself refuses, for a document that was not prepared by the loader."""
    data = document_with(request_body({"$ref": getattr(listener, scheme)}), version="3.1.0")
    validator = Validator(Document(path=Path("test.json"), data=data, files=()))
    spec: SchemaPath = validator._spec  # no public function resolves a reference
    with pytest.raises(Unresolvable):
        (spec / "paths" / "/x" / "post" / "requestBody" / "content" / "application/json" / "schema").read_value()
    assert 0 == listener.connections
