"""OpenAPI 3.1: `$anchor`, `$dynamicRef`, `$id` and embedded resources, in validation and in generated replies."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from mockserver.contract import Contract
from mockserver.contract.document import dynamic_references
from mockserver.errors import SpecError
from mockserver.messages import Reply
from mockserver.samples import SchemaSamples
from tests.support.documents import JSON, document_with, request, request_body, response_body

INTEGER = {"type": "integer"}
TEXT = {"type": "string", "minLength": 2}


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*properties], "properties": properties, "additionalProperties": False}


class Case(NamedTuple):
    """Schemas of the components, of which `A` is used; its valid and its invalid values; other files."""

    schemas: dict[str, Any]
    valid: list[Any]
    invalid: list[Any]
    files: dict[str, Any] = {}  # noqa: RUF012  # nothing changes it


LIST = {
    "$id": "https://example.com/list",
    "type": "array",
    "minItems": 1,
    "items": {"$dynamicRef": "#item"},
    "$defs": {"any": {"$dynamicAnchor": "item", "not": {}}},
}
NUMBERS = {
    "$id": "https://example.com/numbers",
    "$ref": "list",
    "$defs": {"item": {"$dynamicAnchor": "item", **INTEGER}},
}
TEXTS = {"$id": "https://example.com/texts", "$ref": "list", "$defs": {"item": {"$dynamicAnchor": "item", **TEXT}}}
TREE = {
    "$id": "https://example.com/tree",
    "$dynamicAnchor": "node",
    "type": "object",
    "required": ["data"],
    "properties": {"data": INTEGER, "children": {"type": "array", "items": {"$dynamicRef": "#node"}}},
}
STRICT_TREE = {
    "$id": "https://example.com/strict-tree",
    "$dynamicAnchor": "node",
    "$ref": "tree",
    "unevaluatedProperties": False,
}

CASES: dict[str, Case] = {
    "an anchor": Case({"A": {"$ref": "#b"}, "B": {"$anchor": "b", **INTEGER}}, [1], ["x"]),
    "an anchor in a definition": Case({"A": {"$ref": "#b", "$defs": {"b": {"$anchor": "b", **INTEGER}}}}, [1], ["x"]),
    "an encoded anchor": Case({"A": {"$ref": "#%62"}, "B": {"$anchor": "b", **INTEGER}}, [1], ["x"]),
    "an anchor beside other keywords": Case(
        {"A": {"properties": {"n": {"$ref": "#b", "minimum": 3}}}, "B": {"$anchor": "b", **INTEGER}},
        [{"n": 3}],
        [{"n": 2}, {"n": "x"}],
    ),
    "a dynamic anchor as an ordinary one": Case(
        {"A": {"$ref": "#b"}, "B": {"$dynamicAnchor": "b", **INTEGER}}, [1], ["x"]
    ),
    "an anchor in another file": Case(
        {"A": {"$ref": "other.yaml#b"}}, [1], ["x"], {"other": {"$defs": {"b": {"$anchor": "b", **INTEGER}}}}
    ),
    "the anchor of the own file": Case(
        {"A": {"$ref": "other.yaml"}, "C": {"$anchor": "b", "type": "string"}},
        [1],
        ["x"],
        {"other": {"$ref": "#b", "$defs": {"b": {"$anchor": "b", **INTEGER}}}},
    ),
    "a dynamic reference with one anchor": Case(
        {
            "A": {
                "$dynamicAnchor": "node",
                **closed(name=TEXT, more={"type": "array", "items": {"$dynamicRef": "#node"}}),
            }
        },
        [{"name": "xy", "more": [{"name": "xy", "more": []}]}],
        [{"name": "xy", "more": [{"name": 1, "more": []}]}, {"name": "xy", "more": [1]}],
    ),
    "a dynamic reference to an ordinary anchor": Case(
        {"A": {"$dynamicRef": "#b"}, "B": {"$anchor": "b", **INTEGER}}, [1], ["x"]
    ),
    "a dynamic reference with a pointer": Case(
        {"A": {"$dynamicRef": "#/components/schemas/B"}, "B": {"$dynamicAnchor": "b", **INTEGER}}, [1], ["x"]
    ),
    "a dynamic reference beside other keywords": Case(
        {"A": {"$dynamicRef": "#b", "minimum": 3}, "B": {"$dynamicAnchor": "b", **INTEGER}}, [3], [2, "x"]
    ),
    "a dynamic reference beside allOf": Case(
        {"A": {"$dynamicRef": "#b", "allOf": [{"minimum": 3}]}, "B": {"$dynamicAnchor": "b", **INTEGER}},
        [3],
        [2, "x"],
    ),
    "a list of numbers": Case({"A": NUMBERS, "List": LIST, "B": TEXTS}, [[1]], [["xy"], []]),
    "a list of texts": Case({"A": TEXTS, "List": LIST, "B": NUMBERS}, [["xy"]], [[1], ["x"], []]),
    "two kinds of lists": Case(
        {"A": closed(n={"$ref": "#/components/schemas/N"}, t={"$ref": "texts.yaml"}), "N": NUMBERS, "List": LIST},
        [{"n": [1], "t": ["xy"]}],
        [{"n": ["xy"], "t": ["xy"]}, {"n": [1], "t": [1]}],
        {"texts": TEXTS},
    ),
    "lists of lists": Case(
        {
            "A": {
                "$id": "https://example.com/lists",
                "$ref": "list",
                "$defs": {"item": {"$dynamicAnchor": "item", **closed(inner={"$ref": "numbers"})}},
            },
            "List": LIST,
            "Numbers": NUMBERS,
        },
        # The outermost anchor counts, so the inner list has the same items as the outer one.
        [],
        [[{"inner": [1]}], [1]],
    ),
    "a tree": Case(
        {"A": {"$ref": "https://example.com/tree"}, "Tree": TREE, "Strict": STRICT_TREE},
        [{"data": 1, "children": [{"data": 2, "more": 1}]}],
        [{"data": 1, "children": [{"data": "x"}]}, {"children": []}],
    ),
    "a strict tree": Case(
        {"A": {"$ref": "https://example.com/strict-tree"}, "Tree": TREE, "Strict": STRICT_TREE},
        [{"data": 1, "children": [{"data": 2}]}],
        [{"data": 1, "children": [{"data": 2, "more": 1}]}, {"data": 1, "more": 1}, {"data": 1, "children": [1]}],
    ),
    "relative to an $id": Case(
        {"A": {"$id": "https://example.com/a/", "$ref": "b"}, "B": {"$id": "https://example.com/a/b", **INTEGER}},
        [1],
        ["x"],
    ),
    "relative to the root of an $id": Case(
        {"A": {"$id": "https://example.com/a/c", "$ref": "/b"}, "B": {"$id": "https://example.com/b", **INTEGER}},
        [1],
        ["x"],
    ),
    "a relative $id": Case({"A": {"$ref": "b"}, "B": {"$id": "b", **INTEGER}}, [1], ["x"]),
    "an $id that is a URN": Case(
        {"A": {"$ref": "urn:example:b#/$defs/c"}, "B": {"$id": "urn:example:b", "$defs": {"c": INTEGER}}}, [1], ["x"]
    ),
    "an $id with an empty fragment": Case(
        {"A": {"$ref": "https://example.com/b"}, "B": {"$id": "https://example.com/b#", **INTEGER}}, [1], ["x"]
    ),
    "an anchor of a resource": Case(
        {"A": {"$ref": "https://example.com/b#c"}, "B": {"$id": "https://example.com/b", "$anchor": "c", **INTEGER}},
        [1],
        ["x"],
    ),
    "an anchor in two resources": Case(
        {
            "A": {"$id": "https://example.com/a", "$ref": "#c", "$defs": {"c": {"$anchor": "c", **INTEGER}}},
            "B": {"$id": "https://example.com/b", "$anchor": "c", "type": "string"},
        },
        [1],
        ["x"],
    ),
    "a definition of a resource": Case(
        {"A": {"$id": "https://example.com/a", **closed(n={"$ref": "#/$defs/c"}), "$defs": {"c": INTEGER}}},
        [{"n": 1}],
        [{"n": "x"}],
    ),
    "a component from inside a resource": Case(
        {"A": {"$id": "https://example.com/a", **closed(n={"$ref": "#/components/schemas/B"})}, "B": INTEGER},
        [{"n": 1}],
        [{"n": "x"}],
    ),
    "an embedded resource": Case(
        {
            "A": {
                "$id": "https://example.com/a",
                **closed(n={"$ref": "c"}),
                "$defs": {"c": {"$id": "c", "$ref": "#/$defs/d", "$defs": {"d": INTEGER}}},
            }
        },
        [{"n": 1}],
        [{"n": "x"}],
    ),
    "an embedded resource, by a pointer": Case(
        {"A": {"$ref": "#/components/schemas/B/$defs/c"}, "B": {"$id": "b", "$defs": {"c": {"$id": "c", **INTEGER}}}},
        [1],
        ["x"],
    ),
    "a file beside an $id": Case(
        {"A": {"$id": "https://example.com/a", **closed(n={"$ref": "other.yaml"})}},
        [{"n": 1}],
        [{"n": "x"}],
        {"other": INTEGER},
    ),
    "the $id of a file that is read later": Case(
        {"A": closed(n={"$ref": "https://example.com/other"}, m={"$ref": "other.yaml"})},
        [{"n": 1, "m": 1}],
        [{"n": "x", "m": 1}],
        {"other": {"$id": "https://example.com/other", **INTEGER}},
    ),
    "files with an $id": Case(
        {"A": {"$ref": "one.yaml"}},
        [{"n": 1}],
        [{"n": "x"}],
        {
            "one": {"$id": "https://example.com/schemas/one.yaml", **closed(n={"$ref": "two.yaml#/$defs/a"})},
            "two": {"$id": "https://example.com/schemas/two.yaml", "$defs": {"a": INTEGER}},
        },
    ),
    "an $id that is an anchor": Case({"A": {"$ref": "#b"}, "B": {"$id": "#b", **INTEGER}}, [1], ["x"]),
    "a recursive reference": Case(
        {
            "A": {
                "$id": "https://example.com/a",
                "$recursiveAnchor": True,
                **closed(more={"type": "array", "items": {"$recursiveRef": "#"}}),
            }
        },
        [{"more": [{"more": []}]}],
        [{"more": [{"more": 1}]}],
    ),
    "keywords beside the outermost reference": Case(
        {"A": {"$ref": "#/components/schemas/B", "minimum": 3}, "B": INTEGER}, [3], [2, "x"]
    ),
    "a discriminator with an $id": Case(
        {
            "A": {
                "oneOf": [{"$ref": "https://example.com/cat"}, {"$ref": "https://example.com/dog"}],
                "discriminator": {
                    "propertyName": "kind",
                    "mapping": {"c": "https://example.com/cat", "d": "https://example.com/dog"},
                },
            },
            "Cat": {"$id": "https://example.com/cat", **closed(kind={"const": "c"}, n=INTEGER)},
            "Dog": {"$id": "https://example.com/dog", **closed(kind={"const": "d"}, t=TEXT)},
        },
        [{"kind": "c", "n": 1}, {"kind": "d", "t": "xy"}],
        [{"kind": "c", "t": "xy"}, {"kind": "d", "n": 1}],
    ),
    "a reference to the identifier of a member": Case(
        {"A": closed(**{"$id": {"$ref": "#b"}, "$anchor": TEXT}), "B": {"$anchor": "b", **INTEGER}},
        [{"$id": 1, "$anchor": "xy"}],
        [{"$id": "x", "$anchor": "xy"}],
    ),
}


def load(folder: Path, case: Case, *, compiled: bool = True) -> Contract:
    use = {"$ref": "#/components/schemas/A"}
    document = document_with(request_body(use) | response_body(use), version="3.1.0", schemas=case.schemas)
    (folder / "spec.yaml").write_text(yaml.safe_dump(document), "utf-8")
    for name, content in case.files.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), "utf-8")
    return Contract.load(folder / "spec.yaml", compiled=compiled)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "openapi-core"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_messages(tmp_path: Path, case: Case, compiled: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Requests and replies are valid if the value satisfies the schema that the reference means."""
    contract = load(tmp_path, case, compiled=compiled)
    for value in (*case.valid, *case.invalid):
        found = contract.understand(request(value)).violations
        reply = Reply(status=200, headers=(JSON,), body=json.dumps(value).encode())
        replied = contract.reply_violations("x", reply)
        assert (value in case.valid) == (not found) == (not replied)
        assert "unsupported" not in [violation.keyword for violation in (*found, *replied)]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_compiled(tmp_path: Path, case: Case) -> None:
    """All of them are compiled."""
    contract = load(tmp_path, case)
    contract.compile(contract.operations)
    contract.reply_violations("x", Reply(status=200, headers=(JSON,), body=b"{}"))
    unevaluated = "unevaluatedProperties" in str(case.schemas["A"]) or "strict" in str(case.schemas["A"])
    assert unevaluated == bool(contract.uncompiled())


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.valid])
def test_generated_values(tmp_path: Path, name: str) -> None:
    """A generated reply is valid."""
    contract = load(tmp_path, CASES[name])
    document = contract.document

    def problems(schema: Any, value: Any) -> list[str]:
        return [violation.message for violation in contract.schema_violations(schema, value)]

    samples = SchemaSamples(document.data, openapi_31=True, problems=problems)
    for seed in range(3):
        value = samples.value({"$ref": "#/components/schemas/A"}, random.Random(seed))
        assert () == contract.understand(request(value)).violations


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "no such anchor": ({"A": {"$ref": "#b"}}, "$ref '#b' leads nowhere: there is no anchor 'b'"),
    "no such dynamic anchor": ({"A": {"$dynamicRef": "#b"}}, "$dynamicRef '#b' leads nowhere: there is no anchor 'b'"),
    "a dynamic reference to nowhere": (
        {"A": {"$dynamicRef": "#/components/schemas/B"}},
        "$dynamicRef '#/components/schemas/B' leads nowhere: there is no 'B'",
    ),
    "a dynamic reference to itself": (
        {"A": {"$dynamicAnchor": "a", "$dynamicRef": "#a"}},
        "$dynamicRef '#a' refers to itself",
    ),
    "no such resource": (
        {"A": {"$id": "https://example.com/a", "$ref": "b"}},
        "$ref 'b': the file does not exist",
    ),
    "no such definition of a resource": (
        {"A": {"$ref": "https://example.com/b#/$defs/c"}, "B": {"$id": "https://example.com/b"}},
        "$ref 'https://example.com/b#/$defs/c' leads nowhere: there is no '$defs'",
    ),
}


@pytest.mark.parametrize(("schemas", "problem"), BROKEN.values(), ids=BROKEN)
def test_broken_references(tmp_path: Path, schemas: dict[str, Any], problem: str) -> None:
    """The document is rejected with the reference as it is written."""
    with pytest.raises(SpecError) as refused:
        load(tmp_path, Case(schemas, [], []))
    assert f"{tmp_path / 'spec.yaml'}: {problem}" == str(refused.value)


def test_too_many_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dynamic references that need too many copies of schemas are rejected."""
    monkeypatch.setattr(dynamic_references, "MAX_COPIES", 1)
    with pytest.raises(SpecError, match="the dynamic references lead to more than 1 combinations of schemas"):
        load(tmp_path, Case({"A": NUMBERS, "List": LIST, "B": TEXTS}, [], []))


def test_an_older_dialect_keeps_the_corrections(tmp_path: Path) -> None:
    """A schema inside the schema may name an older dialect: its patterns still cannot block."""
    inner = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "string", "pattern": "^(a+)+$"}
    contract = load(tmp_path, Case({"A": closed(n=inner)}, [], []))
    assert () == contract.understand(request({"n": "a" * 40})).violations
    found = contract.understand(request({"n": "a" * 40 + "b"})).violations
    assert ["pattern"] == [violation.keyword for violation in found]
