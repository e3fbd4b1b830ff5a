"""Invalid keywords in schemas: they are ignored everywhere, with a note that has the file and the place."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.contract import Contract
from mockserver.contract.document.document import load_document
from mockserver.contract.document.slips import Note, grouped
from mockserver.messages import Reply
from mockserver.samples import NoSample, SchemaSamples
from tests.support.command import run, served
from tests.support.documents import JSON, document_with, request, request_body, response_body

VALUES: list[Any] = [None, True, 0, 1, -1, 2.5, "", "x", "xyz", [], [1], [1, 1], {}, {"n": 1}, {"n": "x"}]
IGNORED = "; it is ignored"

# A schema, the same schema without its slips, and the end of each note.
BOTH: dict[str, tuple[Any, Any, list[str]]] = {
    "a number for a schema": (5, {}, [": a schema must be a mapping, is 5; it is ignored"]),
    "a list for a schema": ([], {}, [": a schema must be a mapping, is []; it is ignored"]),
    "a text for a schema": ("x", {}, [": a schema must be a mapping, is 'x'; it is ignored"]),
    "an unknown type": ({"type": "strng"}, {}, ["`type` must be one of {types}, is 'strng'; it is ignored"]),
    "a type of Swagger": ({"type": "file"}, {}, ["is 'file'; it is ignored"]),
    "a type that is a number": ({"type": 5}, {}, ["is 5; it is ignored"]),
    "required is true": ({"required": True}, {}, [f"`required` must be a list of strings, is True{IGNORED}"]),
    "required is a word": ({"required": "yes"}, {}, ["is 'yes'; it is ignored"]),
    "required is a name": ({"required": "n"}, {}, ["is 'n'; it is ignored"]),
    "required has numbers": ({"required": [1]}, {}, ["is [1]; it is ignored"]),
    "properties is a list": ({"properties": []}, {}, [f"`properties` must be a mapping, is []{IGNORED}"]),
    "a property with the name of a keyword": (
        {"properties": {"type": 5, "schema": None}},
        {},
        ["/properties/type: a schema must be", "/properties/schema: a schema must be"],
    ),
    "properties is null": ({"properties": None}, {}, ["is None; it is ignored"]),
    "a property is null": ({"properties": {"n": None}}, {"properties": {"n": {}}}, ["/properties/n: a schema must be"]),
    "a property is a number": ({"properties": {"n": 5}}, {"properties": {"n": {}}}, ["/properties/n: a schema must"]),
    "a negative length": (
        {"minLength": -1},
        {},
        [f"`minLength` must be a whole number that is not negative, is -1{IGNORED}"],
    ),
    "a fraction for a length": ({"maxLength": 2.5}, {}, ["is 2.5; it is ignored"]),
    "a text for a length": ({"maxLength": "2"}, {}, ["is '2'; it is ignored"]),
    "a text for a number of items": ({"minItems": "1"}, {}, ["is '1'; it is ignored"]),
    "a text for a bound": ({"minimum": "5"}, {}, [f"`minimum` must be a number, is '5'{IGNORED}"]),
    "a boolean for a bound": ({"maximum": True}, {}, ["is True; it is ignored"]),
    "a multiple of zero": ({"multipleOf": 0}, {}, [f"`multipleOf` must be a number greater than 0, is 0{IGNORED}"]),
    "a text for uniqueItems": ({"uniqueItems": "no"}, {}, ["is 'no'; it is ignored"]),
    "an invalid pattern": ({"pattern": "("}, {}, ["is not too large, is '('; it is ignored"]),
    "a pattern that is a number": ({"pattern": 5}, {}, ["is 5; it is ignored"]),
    "a format that is a number": ({"format": 5}, {}, [f"`format` must be a string, is 5{IGNORED}"]),
    "a text for an enum": ({"enum": "xyz"}, {}, [f"`enum` must be a list, is 'xyz'{IGNORED}"]),
    "a mapping for an enum": ({"enum": {"x": 1}}, {}, ["is {'x': 1}; it is ignored"]),
    "a list for items": ({"items": []}, {}, [f"`items` must be a schema, is []{IGNORED}"]),
    "a list of schemas for items": ({"items": [{"type": "string"}]}, {}, ["it is ignored"]),
    "a text for additionalProperties": ({"additionalProperties": "false"}, {}, ["is 'false'; it is ignored"]),
    "a mapping for allOf": (
        {"allOf": {}},
        {},
        [f"`allOf` must be a list of schemas that is not empty, is {{}}{IGNORED}"],
    ),
    "an empty anyOf": ({"anyOf": []}, {}, ["is []; it is ignored"]),
    "an empty oneOf": ({"oneOf": []}, {}, ["is []; it is ignored"]),
    "a number in anyOf": ({"anyOf": [5, {"type": "string"}]}, {}, ["/anyOf/0: a schema must be a mapping, is 5"]),
    "a number for not": ({"not": 5}, {}, ["is 5; it is ignored"]),
    "a number for a reference": ({"$ref": 5}, {}, [f"`$ref` must be a string, is 5{IGNORED}"]),
    "a reference to a text": ({"$ref": "#/info/title"}, {}, [f"must refer to a schema, is '#/info/title'{IGNORED}"]),
    "a text for a discriminator": (
        {"oneOf": [{"type": "string"}], "discriminator": "kind"},
        {"oneOf": [{"type": "string"}]},
        ["is 'kind'; it is ignored"],
    ),
    "a text for readOnly": ({"properties": {"n": {"readOnly": "no"}}}, {}, ["is 'no'; it is ignored"]),
    "two slips": ({"type": "any", "minLength": "1"}, {}, ["is 'any'; it is ignored", "is '1'; it is ignored"]),
}
ONLY_30: dict[str, tuple[Any, Any, list[str]]] = {
    "a list of types with null": (
        {"type": ["string", "null"]},
        {"type": "string", "nullable": True},
        ["is ['string', 'null']; it is ignored"],
    ),
    "a list with one type": ({"type": ["string"]}, {"type": "string"}, ["is ['string']; it is ignored"]),
    "a list of types": ({"type": ["string", "number"]}, {}, ["is ['string', 'number']; it is ignored"]),
    "the type null": ({"type": "null"}, {"enum": [None], "nullable": True}, ["is 'null'; it is ignored"]),
    "a number for exclusiveMaximum": (
        {"maximum": 1, "exclusiveMaximum": 1},
        {"maximum": 1},
        [f"`exclusiveMaximum` must be true or false, is 1{IGNORED}"],
    ),
    "a text for nullable": ({"type": "string", "nullable": "yes"}, {"type": "string"}, ["is 'yes'; it is ignored"]),
}
ONLY_31: dict[str, tuple[Any, Any, list[str]]] = {
    "a boolean for exclusiveMaximum": (
        {"type": "number", "maximum": 1, "exclusiveMaximum": True},
        {"type": "number", "maximum": 1},
        [f"`exclusiveMaximum` must be a number, is True{IGNORED}"],
    ),
    "a boolean for exclusiveMinimum": ({"exclusiveMinimum": False}, {}, ["is False; it is ignored"]),
    "nullable": ({"type": "string", "nullable": True}, {"type": "string"}, ["is True; it is ignored"]),
    "an unknown type in a list": ({"type": ["string", "strng"]}, {}, ["is ['string', 'strng']; it is ignored"]),
    "a mapping for prefixItems": ({"prefixItems": {}}, {}, ["is {}; it is ignored"]),
    "a number for contains": ({"contains": 5}, {}, ["is 5; it is ignored"]),
    "a text for if": ({"if": "x", "then": {"type": "string"}}, {}, ["is 'x'; it is ignored"]),
    "a list for dependentRequired": ({"dependentRequired": {"n": "m"}}, {}, ["is {'n': 'm'}; it is ignored"]),
    "a list for dependentSchemas": ({"dependentSchemas": []}, {}, ["is []; it is ignored"]),
    "an invalid pattern of a property": (
        {"patternProperties": {"(": {"type": "string"}, "^n": {"type": "string"}}},
        {"patternProperties": {"^n": {"type": "string"}}},
        ["must have regular expressions of ECMA-262, is '('; it is ignored"],
    ),
    "an unknown dialect": ({"$schema": "https://example.com/x"}, {}, ["must be a dialect that the mock knows"]),
    "a list for $defs": ({"$defs": []}, {}, ["is []; it is ignored"]),
}
CASES = [
    pytest.param(version, *case, id=f"{version} {name}")
    for version, tables in {"3.0.3": (BOTH, ONLY_30), "3.1.0": (BOTH, ONLY_31)}.items()
    for table in tables
    for name, case in table.items()
]


def written(folder: Path, schema: Any, version: str) -> Path:
    document = document_with(request_body(schema) | response_body(schema), version=version)
    folder.mkdir(exist_ok=True)
    # JSON, because YAML would share the schema between the request and the reply.
    (folder / "spec.yaml").write_text(json.dumps(document), "utf-8")
    return folder / "spec.yaml"


def verdicts(contract: Contract) -> list[tuple[bool, bool]]:
    """Whether each value is accepted, in a request and in a reply."""
    found = []
    for value in VALUES:
        body = json.dumps(value).encode()
        asked = contract.understand(request(body, headers=(JSON,))).violations
        replied = contract.reply_violations("x", Reply(status=200, headers=(JSON,), body=body))
        assert "unsupported" not in [violation.keyword for violation in (*asked, *replied)]
        found.append((not asked, not replied))
    return found


@pytest.mark.parametrize(("version", "schema", "meant", "ends"), CASES)
def test_the_keyword_is_ignored(tmp_path: Path, version: str, schema: Any, meant: Any, ends: list[str]) -> None:
    """Both validators and the samples treat the schema as if the keyword was not there. The note has the place."""
    path, clean = written(tmp_path, schema, version), written(tmp_path / "clean", meant, version)
    for compiled in (True, False):
        contract = Contract.load(path, compiled=compiled)
        assert verdicts(Contract.load(clean, compiled=compiled)) == verdicts(contract)
    notes = list(map(str, contract.document.notes))
    types = "array, boolean, integer, number, object, string" + (", null, or a list of these" * (version == "3.1.0"))
    # The same schema is in the request and in the reply.
    places = ["requestBody", "responses/200"]
    assert len(notes) == 2 * len(ends)
    for end in ends:
        for place in places:
            start = f"{path}#/paths/~1x/post/{place}/content/application~1json/schema"
            assert [note for note in notes if note.startswith(start) and end.replace("{types}", types) in note]
    assert () == load_document(clean).notes
    samples = SchemaSamples(
        contract.document.data,
        openapi_31=contract.document.is_31,
        problems=lambda *value: [each.message for each in contract.schema_violations(*value)],
    )
    content = contract.operations["x"].spec["responses"]["200"]["content"]["application/json"]
    try:
        samples.value(content.get("schema", True), random.Random(1))
    except NoSample as error:  # pragma: no cover  # the message says which case fails
        pytest.fail(str(error))


def test_valid_schemas_have_no_notes(tmp_path: Path) -> None:
    """Names of members, examples and extensions are not keywords. Older dialects have rules of their own."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "items": [{"type": "string"}],
        "dependencies": {"a": ["b"]},
    }
    others = {
        "properties": {"type": {"type": "string"}, "required": {"type": "boolean"}, "schema": {"items": True}},
        "x-own": {"type": "strng"},
        "example": {"type": "strng"},
        "enum": [{"type": "strng"}],
        "allOf": [schema],
        "minLength": 2.0,
    }
    assert () == load_document(written(tmp_path, others, "3.1.0")).notes


def test_the_place_in_another_file(tmp_path: Path) -> None:
    """A note names the file that has the slip, also below a reference and in a copy for a dynamic reference."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.yaml").write_text("$defs: {a/b: {properties: {n: {type: strng}}}}", "utf-8")
    path = written(tmp_path, {"$ref": "parts/a.yaml#/$defs/a~1b"}, "3.1.0")
    (note,) = load_document(path).notes
    expected = (str((tmp_path / "parts" / "a.yaml").resolve()), "/$defs/a~1b/properties/n")
    assert expected == (note.file, note.pointer)


OTHER_OBJECTS = {
    "a parameter": {"parameters": [{"name": "q", "in": "query", "required": "yes", "schema": {"type": "string"}}]},
    "a body": {"requestBody": {"required": "yes", "content": {"application/json": {"schema": {}}}}},
    "a header": {"responses": {"200": {"description": "d", "headers": {"X-A": {"required": 1, "schema": {}}}}}},
    "an exploded parameter": {
        "parameters": [{"name": "q", "in": "query", "explode": "no", "schema": {"type": "array", "items": {}}}]
    },
}


@pytest.mark.parametrize("operation", OTHER_OBJECTS.values(), ids=OTHER_OBJECTS)
def test_other_objects(tmp_path: Path, operation: dict[str, Any]) -> None:
    """`required`, `explode` and others of a parameter, header or body are ignored if they are not booleans."""
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(document_with(operation)), "utf-8")
    for compiled in (True, False):
        contract = Contract.load(path, compiled=compiled)
        (note,) = contract.document.notes
        assert "must be true or false, is " in note.message
        assert () == contract.understand(request()).violations
        assert [] == contract.reply_violations("x", Reply(status=200))


def test_a_scheme_with_the_name_of_a_keyword(tmp_path: Path) -> None:
    """A security scheme may be called `required`."""
    document = document_with({"security": [{"required": []}]}, securitySchemes={"required": {"type": "mutualTLS"}})
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    loaded = load_document(path)
    assert ((), [{"required": []}]) == (loaded.notes, loaded.data["paths"]["/x"]["post"]["security"])


def test_an_unknown_dialect_of_the_document(tmp_path: Path) -> None:
    """An unknown `jsonSchemaDialect` is noted, and the dialect of OpenAPI 3.1 is used."""
    document = document_with(version="3.1.0") | {"jsonSchemaDialect": "https://example.com/x"}
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    expected = "`jsonSchemaDialect` must be a dialect that the mock knows, is 'https://example.com/x'; it is ignored"
    assert [f"{path}#: {expected}"] == list(map(str, load_document(path).notes))


def test_groups() -> None:
    """Notes with the same message are one line."""
    notes = [Note(file="a", pointer=f"/{number}", message="m") for number in range(3)]
    assert ["a#/0: m (also in 2 other places)"] == grouped(notes)
    assert ["a#/0: m (also in 1 other place)", "b#: n"] == grouped(
        [*notes[:2], Note(file="b", pointer="", message="n")]
    )


def test_where_notes_are_shown(tmp_path: Path) -> None:
    """`serve` shows the notes at its start, and `check` reports them in each format. They are not problems."""
    path = written(tmp_path, {"type": "strng"}, "3.0.3")
    start = f"{path}#/paths/~1x/post/"
    with served("--spec", str(path)) as server:
        assert f"  note       {start}" in server.greeting
        assert "(also in 1 other place)" in server.greeting
    text, github = (run("check", "--spec", str(path), "--format", name) for name in ("text", "github"))
    assert (0, 0) == (text.returncode, github.returncode)
    assert text.stdout.startswith(f"note: {start}")
    assert github.stdout.startswith(f"::notice title=ignored in the contract::{start}")
    report = json.loads(run("check", "--spec", str(path), "--format", "json").stdout)
    assert (True, 2) == (report["ok"], len(report["notes"]))
    assert {"file", "pointer", "message"} == report["notes"][0].keys()
