"""Loading an OpenAPI document: which files are read, and the errors for documents that cannot be served."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.contract import Contract
from mockserver.contract.document.document import load_document
from mockserver.errors import SpecError
from mockserver.messages import Reply
from tests.support.documents import JSON, document_with, request, request_body, response_body

NOTE = "type: object\nproperties: {n: {type: integer}}\n"


def written(folder: Path, document: Any, name: str = "spec.yaml", **others: str) -> Path:
    """Write a spec and other files into a folder. A double underscore in a name stands for a slash."""
    for other, text in others.items():
        target = folder / (other.replace("__", "/") + ".yaml")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    path = folder / name
    if not isinstance(document, str | bytes):
        document = yaml.safe_dump(document, sort_keys=False)
    path.write_bytes(document if isinstance(document, bytes) else document.encode())
    return path


def keywords(contract: Contract, body: Any) -> list[str]:
    return [violation.keyword for violation in contract.understand(request(body)).violations]


@pytest.mark.parametrize("version", ["3.0.0", "3.0.3", "3.0.4", "3.1.0", "3.1.1"])
@pytest.mark.parametrize("form", ["yaml", "json", "json with another ending"])
def test_forms(tmp_path: Path, version: str, form: str) -> None:
    """YAML and JSON are read, for 3.0 and 3.1, with any file name."""
    document = document_with(request_body({"type": "object"}), version=version)
    text = yaml.safe_dump(document) if form == "yaml" else json.dumps(document)
    contract = Contract.load(written(tmp_path, text, "spec.txt" if form == "json with another ending" else f"s.{form}"))
    assert ["x"] == list(contract.operations)
    assert ["type"] == keywords(contract, [])
    assert (version.startswith("3.1"), "made in a test", "1") == (
        contract.document.is_31,
        contract.document.title,
        contract.document.version,
    )


REFERENCES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "a schema of another file": (request_body({"$ref": "note.yaml"}), {"note": NOTE}),
    "a part of another file": (
        request_body({"$ref": "./all.yaml#/schemas/a~1b"}),
        {"all": f"schemas: {{a/b: {{{NOTE[:-1].replace(chr(10), ', ')}}}}}"},
    ),
    "a file of a folder below": (request_body({"$ref": "parts/note.yaml"}), {"parts__note": NOTE}),
    "a file that refers to its neighbour": (
        request_body({"$ref": "parts/one.yaml"}),
        {"parts__one": "$ref: two.yaml", "parts__two": "$ref: ../note.yaml", "note": NOTE},
    ),
    "a file that refers to itself": (
        request_body({"$ref": "tree.yaml"}),
        {"tree": NOTE.replace("{n:", "{more: {$ref: '#'}, n:")},
    ),
    "files in a circle": (
        request_body({"$ref": "one.yaml"}),
        {"one": "properties: {n: {type: integer}, two: {$ref: two.yaml}}\ntype: object", "two": "$ref: one.yaml"},
    ),
    "a file that refers back to the spec": (
        request_body({"$ref": "back.yaml"}),
        {"back": "$ref: 'spec.yaml#/components/schemas/Note'"},
    ),
    "a name that is encoded": (request_body({"$ref": "a%20note.yaml"}), {"a note": NOTE}),
    "a whole body": (
        {"requestBody": {"$ref": "body.yaml"}},
        {"body": f"content: {{application/json: {{schema: {{{NOTE[:-1].replace(chr(10), ', ')}}}}}}}"},
    ),
}


@pytest.mark.parametrize(("operation", "others"), REFERENCES.values(), ids=REFERENCES)
def test_references_over_files(tmp_path: Path, operation: dict[str, Any], others: dict[str, str]) -> None:
    """References to other files in the folder work like references in the spec."""
    document = document_with(operation, schemas={"Note": {"type": "object", "properties": {"n": {"type": "integer"}}}})
    contract = Contract.load(written(tmp_path, document, **others))
    assert ([], ["type"]) == (keywords(contract, {"n": 1}), keywords(contract, {"n": "x"}))
    assert len(contract.document.files) == len(others) + 1


def test_a_path_item_of_another_file(tmp_path: Path) -> None:
    """A path item, its parameters and responses may be in other files."""
    item = (
        "parameters: [{$ref: 'parts.yaml#/id'}]\n"
        "get: {operationId: found, responses: {'200': {$ref: 'parts.yaml#/answer'}}}\n"
    )
    parts = (
        "id: {name: id, in: path, required: true, schema: {type: integer}}\n"
        "answer: {description: d, content: {application/json: {schema: {type: string}}}}\n"
    )
    document = {"openapi": "3.1.0", "paths": {"/a/{id}": {"$ref": "item.yaml"}}}
    contract = Contract.load(written(tmp_path, document, item=item, parts=parts))
    violations = contract.understand(request(method="GET", path="/a/x")).violations
    assert [("path", "/id")] == [(each.place, each.pointer) for each in violations]
    assert ["type"] == [
        each.keyword for each in contract.reply_violations("found", Reply(status=200, headers=(JSON,), body=b"1"))
    ]


@pytest.mark.parametrize("mapped", ["cat.yaml", "./cat.yaml", "all.yaml#/Cat", "Cat", "#/components/schemas/Cat"])
def test_discriminator_mappings(tmp_path: Path, mapped: str) -> None:
    """A discriminator's mapping may contain the name of a schema, a reference or a file."""
    schema = {"oneOf": [{"type": "object"}], "discriminator": {"propertyName": "kind", "mapping": {"c": mapped}}}
    cat = {"type": "object", "properties": {"lives": {"type": "integer"}}}
    document = document_with(request_body(schema), schemas={"Cat": cat})
    files = {"cat": yaml.safe_dump(cat), "all": yaml.safe_dump({"Cat": cat})}
    contract = Contract.load(written(tmp_path, document, **files))
    assert ([], ["type"]) == (keywords(contract, {"kind": "c"}), keywords(contract, {"kind": "c", "lives": "x"}))


def test_data_holds_no_references(tmp_path: Path) -> None:
    """A `$ref` in an example, default, enum or extension is data, and a property may have this name."""
    data = {"$ref": "http://169.254.169.254/secret"}
    schema = {
        "type": "object",
        "example": data,
        "default": data,
        "enum": [data],
        "x-own": data,
        "properties": {"$ref": {"type": "string"}, "default": {"type": "object"}},
    }
    media_type: dict[str, Any] = {"examples": {"one": {"value": data}}, "example": data}
    contract = Contract.load(written(tmp_path, document_with(request_body(schema, **media_type))))
    assert [] == keywords(contract, data)


LEAVING = {
    "http": "http://localhost:1/a.yaml",
    "https": "https://example.com/a.yaml#/b",
    "file": "file:///etc/passwd",
    "another scheme": "gopher://x/y",
    "no scheme": "//localhost/a.yaml",
    "data": "data:application/json,{}",
    "above": "../secret.yaml",
    "above, through a subfolder": "parts/../../secret.yaml",
    "above, encoded": "%2e%2e/secret.yaml",
    "above, encoded slash": "..%2fsecret.yaml",
    "absolute": "/etc/passwd",
    "absolute, encoded": "%2fetc/passwd",
    "a link to a file outside": "link.yaml",
    "a link to a folder outside": "folder/secret.yaml",
}


@pytest.mark.parametrize("kind", ["$ref", "mapping"])
@pytest.mark.parametrize("ref", LEAVING.values(), ids=LEAVING)
def test_nothing_leaves_the_folder(tmp_path: Path, ref: str, kind: str) -> None:
    """No reference reaches the network or a file outside of the spec's folder."""
    (tmp_path / "secret.yaml").write_text("type: string", "utf-8")
    folder = tmp_path / "spec"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "folder").symlink_to(tmp_path)
    schema: dict[str, Any] = {"$ref": ref}
    if kind == "mapping":
        schema = {"oneOf": [{}], "discriminator": {"propertyName": "a", "mapping": {"b": ref}}}
    with pytest.raises(SpecError) as refused:
        Contract.load(written(folder, document_with(request_body(schema))))
    assert str(refused.value).startswith(f"{folder / 'spec.yaml'}: $ref {ref!r} ")
    assert "leaves the folder" in str(refused.value)


def test_the_spec_may_be_a_link(tmp_path: Path) -> None:
    """If the spec is a symbolic link, references are relative to the folder of the link, as in a mounted volume."""
    store, folder = tmp_path / "store", tmp_path / "spec"
    store.mkdir()
    folder.mkdir()
    written(store, document_with(request_body({"$ref": "note.yaml"})), "revision-7")
    (folder / "spec.yaml").symlink_to(store / "revision-7")
    (folder / "note.yaml").write_text(NOTE, "utf-8")
    assert ["type"] == keywords(Contract.load(folder / "spec.yaml"), {"n": "x"})


HEAD = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"
BROKEN: dict[str, tuple[Any, str]] = {
    "an empty file": ("", "spec.yaml:1:1: the file is empty"),
    "not YAML": ("a: [", "spec.yaml:2:1: "),
    "not UTF-8": (b"a: \xff\xfe", "spec.yaml:1:"),
    "a list": ("- a", "spec.yaml: not an OpenAPI document: its root is not a mapping"),
    "a text": ("hello", "its root is not a mapping"),
    "no version": ("info: {}", "spec.yaml: `openapi` must be 3.0.x or 3.1.x, is None"),
    "a version that is a number": ("openapi: 3.0", "write 3.0 in quotes"),
    "Swagger": ("swagger: '2.0'", "spec.yaml: Swagger '2.0' is not supported; convert it to OpenAPI 3.0 or 3.1"),
    "3.2": ("openapi: 3.2.0", "must be 3.0.x or 3.1.x, is '3.2.0'"),
    "3.10": ("openapi: 3.10.0", "must be 3.0.x or 3.1.x, is '3.10.0'"),
    "4": ("openapi: 4.0.0", "is '4.0.0'"),
    "a repeated key": (HEAD + "info: {}", "spec.yaml:3:1: the key 'info' is repeated"),
    "info is a text": ("openapi: 3.0.3\ninfo: t", "spec.yaml: `info` must be a mapping"),
    "paths is a list": (HEAD + "paths: []", "spec.yaml: `paths` must be a mapping"),
    "components is a text": (HEAD + "components: x", "`components` must be a mapping"),
    "schemas is a list": (HEAD + "components: {schemas: []}", "components: `schemas` must be a mapping"),
    "a scheme is a text": (
        HEAD + "paths: {}\ncomponents: {securitySchemes: {key: x}}",
        "components: securitySchemes: 'key' must be a mapping",
    ),
    "security is a mapping": (HEAD + "paths: {}\nsecurity: {}", "the root: `security` must be a list of mappings"),
    "no paths": (HEAD, "spec.yaml: `paths` is missing: there is nothing to serve"),
    "servers is a text": (HEAD + "paths: {}\nservers: foo", "spec.yaml: `servers` must be a list of mappings"),
    "an unbalanced brace": (HEAD + "paths: {'/a/{b': {}}", "paths: '/a/{b': has unbalanced or empty braces"),
    "an invalid status": (HEAD + "paths: {/a: {get: {responses: {abc: {}}}}}", "responses: 'abc' is not a status"),
    "a path without a slash": (HEAD + "paths: {a: {}}", "paths: 'a': must begin with a slash"),
    "a path item is null": (HEAD + "paths: {/a: }", "paths: '/a': must be a mapping"),
    "an operation is a list": (HEAD + "paths: {/a: {get: []}}", "paths: '/a': `get` must be a mapping"),
    "parameters is a mapping": (
        HEAD + "paths: {/a: {get: {parameters: {}}}}",
        "paths: '/a': get: `parameters` must be a list",
    ),
    "a parameter has no name": (
        HEAD + "paths: {/a: {parameters: [{in: path}]}}",
        "paths: '/a': every parameter must be a mapping with a `name`",
    ),
    "a parameter has no place": (
        HEAD + "paths: {/a: {get: {parameters: [{name: n, in: body}]}}}",
        "paths: '/a': get: parameter 'n': `in` must be path, query, header, cookie, is 'body'",
    ),
    "responses is a list": (HEAD + "paths: {/a: {get: {responses: []}}}", "get: `responses` must be a mapping"),
    "a body without content": (
        HEAD + "paths: {/a: {put: {requestBody: {}}}}",
        "paths: '/a': put: `requestBody` must be a mapping with a mapping `content`",
    ),
    "security of an operation": (
        HEAD + "paths: {/a: {get: {security: [key]}}}",
        "get: `security` must be a list of mappings",
    ),
    "a reference to nowhere": (
        document_with(request_body({"$ref": "#/components/schemas/None"})),
        "spec.yaml: $ref '#/components/schemas/None' leads nowhere: there is no 'None'",
    ),
    "a reference into a text": (
        document_with(request_body({"$ref": "#/info/title/x"})),
        "leads nowhere: there is no 'x'",
    ),
    "a reference to a negative index": (
        document_with(request_body({"$ref": "#/tags/-1"})) | {"tags": [{}]},
        "there is no '-1'",
    ),
    "a reference to itself": (
        document_with(
            request_body({"$ref": "#/components/schemas/A"}), schemas={"A": {"$ref": "#/components/schemas/A"}}
        ),
        "spec.yaml: $ref '#/components/schemas/A' refers to itself",
    ),
    "references in a circle": (
        document_with(schemas={"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}),
        "refers to itself",
    ),
    "a parameter by anchor": (
        document_with({"parameters": [{"$ref": "#id"}]}),
        "spec.yaml: $ref '#id' leads nowhere: there is no anchor 'id'",
    ),
    "a file that is not there": (
        document_with(request_body({"$ref": "gone.yaml"})),
        "spec.yaml: $ref 'gone.yaml': the file does not exist",
    ),
    "a folder": (document_with(request_body({"$ref": "."})), "$ref '.' does not refer to a file"),
    "a name with NUL": (document_with(request_body({"$ref": "a%00b"})), "$ref 'a%00b' does not refer to a file"),
    "a name too long": (document_with(request_body({"$ref": "a" * 5000})), "does not refer to a file"),
    "brackets for a host": (document_with(request_body({"$ref": "http://[x"})), "does not refer to a file"),
    "a file that is broken": (document_with(request_body({"$ref": "broken.yaml"})), "broken.yaml:2:1: "),
    "a reference to nowhere in another file": (
        document_with(request_body({"$ref": "other.yaml"})),
        "other.yaml: $ref '#/nowhere' leads nowhere: there is no 'nowhere'",
    ),
}


@pytest.mark.parametrize(("document", "problem"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_served(tmp_path: Path, document: Any, problem: str) -> None:
    """The error is one line, with the file and the place."""
    others = {"broken": "a: 1\n- b", "other": "properties: {a: {$ref: '#/nowhere'}}"}
    path = written(tmp_path, document, **others)
    with pytest.raises(SpecError) as refused:
        Contract.load(path)
    message = str(refused.value)
    assert problem in message
    assert message.startswith(str(tmp_path))
    assert message.isprintable()


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """The error distinguishes a missing spec, a folder and an impossible name."""
    for path, problem in (
        (tmp_path / "gone.yaml", f"the spec {tmp_path / 'gone.yaml'} does not exist"),
        (tmp_path, f"the spec {tmp_path} cannot be read: Is a directory"),
        (tmp_path / ("a" * 300), "cannot be read: File name too long"),
    ):
        with pytest.raises(SpecError) as refused:
            Contract.load(path)
        assert problem in str(refused.value)


def test_a_named_pipe_is_not_read(tmp_path: Path) -> None:
    """Only regular files are read."""
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(SpecError, match="does not refer to a file"):
        Contract.load(written(tmp_path, document_with(request_body({"$ref": "pipe.yaml"}))))


def test_harmless_mistakes(tmp_path: Path) -> None:
    """Documents with harmless mistakes, as published documents have them, are served."""
    text = (
        "openapi: 3.0.3\n"
        "components: {schemas: }\n"
        "paths:\n"
        "  x-own: []\n"
        "  /a:\n"
        "    get: {operationId: 7, responses: {200: {description: d}, default: }}\n"
        "    put: {operationId: twice, tags: no}\n"
        "    post: {operationId: twice, responses: {}}\n"
        "    delete: {operationId: PUT /a}\n"
    )
    contract = Contract.load(written(tmp_path, text))
    assert ["GET /a", "twice", "POST /a", "DELETE /a"] == list(contract.operations)
    assert [] == contract.reply_violations("GET /a", Reply(status=200))


def test_a_template_with_a_hash(tmp_path: Path) -> None:
    """A template may contain `#`, at which openapi-core would split it."""
    contract = Contract.load(written(tmp_path, document_with(request_body({"type": "object"}), template="/x#y")))
    found = contract.understand(request([], path="/x%23y"))
    assert ["type"] == [violation.keyword for violation in found.violations]


def test_load_document_names_all_its_files(tmp_path: Path) -> None:
    """`files` lists every file that was read, so that reloading can watch them."""
    path = written(
        tmp_path,
        document_with(request_body({"$ref": "parts/a.yaml"}) | response_body({"$ref": "b.yaml"})),
        parts__a=NOTE,
        b=NOTE,
    )
    files = load_document(path).files
    assert path == files[0]
    assert {tmp_path / "parts" / "a.yaml", tmp_path / "b.yaml"} == {file.resolve() for file in files[1:]}
