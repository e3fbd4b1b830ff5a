"""Documents whose schemas cause an exponential number of checks, or a very large one, and messages for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.documents import document_with, request_body, response_body

__all__ = ["HOSTILE", "Hostile"]

LEVELS = 30
SCHEMAS = "#/components/schemas/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A document with the operation `x`, which takes and returns a value of one schema.

    `valid` and `invalid` are values for it; without `valid`, all valid values are very large. `is_checked` is False
    where only the limit of steps ends the check, `has_sample` where it ends the search for a value.
    """

    schemas: Mapping[str, Any]
    invalid: Any
    valid: Any = None
    root: Any = None
    version: str = "3.0.3"
    is_checked: bool = True
    has_sample: bool = True

    @property
    def has_valid(self) -> bool:
        """Whether there is a valid value to send."""
        return self.valid is not None

    @property
    def document(self) -> dict[str, Any]:
        """The document with the operation."""
        root = self.root or ref("L0")
        return document_with(request_body(root) | response_body(root), version=self.version, schemas=self.schemas)


def ref(name: str) -> dict[str, Any]:
    return {"$ref": SCHEMAS + name}


def levels(schema: Callable[[Any, int], Any], last: Any, count: int = LEVELS) -> dict[str, Any]:
    """The schemas L0 to L30. Each is made from a reference to the next; `last` is the last one."""
    made = {f"L{index}": schema(ref(f"L{index + 1}"), index) for index in range(count)}
    return {**made, f"L{count}": last}


def nested(name: str, value: Any, count: int = LEVELS) -> Any:
    for _ in range(count):
        value = {name: value}
    return value


TEXT = {"type": "string"}
MEMBER = {"type": "object", "properties": {"a": TEXT}}
MANY = [f"choice{number}" for number in range(10_000)]


def _object_with(member: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": member}}


def _objects_with(member: Callable[[int], Any], count: int) -> list[dict[str, Any]]:
    return [{"type": "object", "required": [f"m{index}"], "properties": {"x": member(index)}} for index in range(count)]


HOSTILE: dict[str, Hostile] = {
    "allOf": Hostile(schemas=levels(lambda each, _: {"allOf": [each, each]}, TEXT), valid="a", invalid=1),
    "allOf with different parts": Hostile(
        schemas=levels(lambda each, index: {"allOf": [{"minLength": index % 3, "allOf": [each]}, each]}, TEXT),
        valid="a long text",
        invalid=1,
    ),
    "anyOf": Hostile(schemas=levels(lambda each, _: {"anyOf": [each, each]}, TEXT), valid="a", invalid=1),
    "anyOf of allOf": Hostile(
        schemas=levels(lambda each, _: {"anyOf": [{"allOf": [each, {"anyOf": [each]}]}, {"allOf": [each]}]}, TEXT),
        valid="a",
        invalid=1,
    ),
    "oneOf": Hostile(
        schemas=levels(lambda each, _: {"oneOf": [each, {"allOf": [each], "minLength": 5}]}, TEXT),
        valid="a",
        invalid=1,
        has_sample=False,
    ),
    "not": Hostile(
        schemas=levels(lambda each, _: {"allOf": [{"not": {"not": each}}, {"not": {"not": each}}]}, TEXT),
        valid="a",
        invalid=1,
    ),
    "if, then and else": Hostile(
        schemas=levels(lambda each, _: {"if": each, "then": each, "else": each}, TEXT),
        valid="a",
        invalid=1,
        version="3.1.0",
    ),
    "properties": Hostile(
        schemas=levels(lambda each, _: {"type": "object", "properties": {"a": each, "b": each, "c": each}}, TEXT),
        valid=nested("a", "x"),
        invalid=nested("a", 1),
    ),
    "properties that are required": Hostile(
        schemas=levels(
            lambda each, _: {"type": "object", "required": ["a", "b"], "properties": {"a": each, "b": each}}, TEXT
        ),
        invalid=nested("a", 1),
        has_sample=False,
    ),
    "the same member twice": Hostile(
        schemas=levels(lambda each, _: {"allOf": [{"properties": {"a": each}}, {"properties": {"a": each}}]}, TEXT),
        valid=nested("a", "x"),
        invalid=nested("a", 1),
    ),
    "the same member of a recursive schema twice": Hostile(
        schemas={
            "L0": {
                "type": "object",
                "allOf": [{"properties": {"a": ref("L0")}}, {"properties": {"a": ref("L0"), "b": TEXT}}],
            }
        },
        valid=nested("a", {"b": "x"}, 50),
        invalid=nested("a", {"b": 1}, 50),
    ),
    "patternProperties": Hostile(
        schemas=levels(lambda each, _: {"patternProperties": {"^a": each, "a$": each}}, TEXT),
        valid=nested("a", "x"),
        invalid=nested("a", 1),
        version="3.1.0",
    ),
    "items": Hostile(
        schemas=levels(
            lambda each, _: {"type": "array", "minItems": 1, "allOf": [{"items": each}, {"items": each}]}, TEXT
        ),
        invalid=[[[[[[[[1]]]]]]]],
    ),
    "contains": Hostile(
        schemas=levels(lambda each, _: {"type": "array", "contains": each, "items": each}, TEXT, 20),
        invalid=[[[[[[[[1]]]]]]]],
        version="3.1.0",
    ),
    "dependentSchemas": Hostile(
        schemas=levels(lambda each, _: {"dependentSchemas": {"a": each, "b": each}}, MEMBER),
        valid={"a": "x", "b": "y"},
        invalid={"a": 1, "b": 1},
        version="3.1.0",
    ),
    "unevaluatedProperties": Hostile(
        schemas={
            "Root": {"allOf": [ref("L0")], "unevaluatedProperties": False},
            **levels(lambda each, _: {"allOf": [each, each]}, MEMBER),
        },
        root=ref("Root"),
        valid={"a": "x"},
        invalid={"a": "x", "b": 1},
        version="3.1.0",
    ),
    "unevaluatedProperties at each level": Hostile(
        schemas=levels(lambda each, _: {"allOf": [each, each], "unevaluatedProperties": False}, MEMBER),
        valid={"a": "x"},
        invalid={"a": "x", "b": 1},
        version="3.1.0",
    ),
    "unevaluatedItems": Hostile(
        schemas={
            "Root": {"allOf": [ref("L0")], "unevaluatedItems": False},
            **levels(lambda each, _: {"anyOf": [each, each]}, {"type": "array", "prefixItems": [TEXT]}),
        },
        root=ref("Root"),
        valid=["x"],
        invalid=["x", 1],
        version="3.1.0",
    ),
    "discriminator": Hostile(
        schemas=levels(
            lambda each, index: {
                "oneOf": [each, ref(f"B{index}")],
                "discriminator": {"propertyName": "kind", "mapping": {"a": each["$ref"], "b": f"{SCHEMAS}B{index}"}},
            },
            {"type": "object", "required": ["kind"], "properties": {"kind": TEXT}},
        )
        | {f"B{index}": {"allOf": [ref(f"L{index + 1}"), ref(f"L{index + 1}")]} for index in range(LEVELS)},
        valid={"kind": "b"},
        invalid={"kind": 1},
    ),
    "a wide enum for many items": Hostile(
        schemas={"L0": {"type": "array", "items": {"enum": MANY}}},
        valid=["choice9999"] * 2_000,
        invalid=["other"] * 20_000,
    ),
    "a wide enum for many numbers": Hostile(
        schemas={"L0": {"type": "array", "items": {"enum": MANY}}},
        valid=["choice9999"] * 2_000,
        invalid=list(range(20_000)),
    ),
    "a large object against many alternatives": Hostile(
        schemas={"L0": {"anyOf": [*_objects_with(lambda _: TEXT, 1_000), {"type": "object"}]}},
        valid={f"n{index}": "x" for index in range(10_000)},
        invalid=[f"n{index}" for index in range(10_000)],
    ),
    "a large object against many alternatives that look at each member": Hostile(
        schemas={
            "L0": {
                "anyOf": [
                    {"type": "object", "required": ["m"], "additionalProperties": {"type": "integer", "minimum": index}}
                    for index in range(1_000)
                ]
            }
        },
        valid={"m": 1_000},
        invalid={f"n{index}": "x" for index in range(10_000)},
        is_checked=False,
    ),
    "a large text against many patterns": Hostile(
        schemas={"L0": {"anyOf": [{"type": "string", "pattern": f"^(a|b)*{index}$"} for index in range(1_000)]}},
        valid="ab7",
        invalid="ab" * 400_000,
        is_checked=False,
    ),
    "many required members": Hostile(
        schemas={"L0": {"type": "object", "required": MANY}}, valid=dict.fromkeys(MANY, 1), invalid={}, has_sample=False
    ),
    "many violations": Hostile(
        schemas={"L0": {"type": "array", "items": TEXT}}, valid=["x"] * 10, invalid=list(range(100_000))
    ),
    "a deep recursion": Hostile(
        schemas={
            "L0": {
                "anyOf": [
                    TEXT,
                    {"type": "array", "items": ref("L0")},
                    {"type": "object", "properties": {"a": ref("L0")}},
                ]
            }
        },
        valid=nested("a", "x", 60),
        invalid=nested("a", [1, {"a": ["x", 1]}], 55),
    ),
    "a wide schema of wide schemas": Hostile(
        schemas={f"L{index}": {"anyOf": [ref(f"L{index + 1}")] * 30} for index in range(10)} | {"L10": TEXT},
        valid="a",
        invalid=1,
    ),
}
