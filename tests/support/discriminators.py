"""Schemas with discriminators, values that they accept, and the violations of other values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["CASES", "Case", "ref"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A schema, values that satisfy it, and other values, each with the keyword and the pointer of its violations."""

    schema: Any
    schemas: dict[str, Any] = field(default_factory=dict)
    versions: tuple[str, ...] = ("3.0.3", "3.1.0")
    valid: list[Any]
    invalid: list[tuple[Any, *tuple[str, ...]]]


def ref(name: str) -> dict[str, str]:
    """A reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def discriminated(*alternatives: Any, keyword: str = "oneOf", member: str = "kind", **more: Any) -> dict[str, Any]:
    """A schema with these alternatives and a discriminator. `mapping` is the discriminator's."""
    discriminator = {"propertyName": member} | ({"mapping": more.pop("mapping")} if "mapping" in more else {})
    return {keyword: list(alternatives), "discriminator": discriminator} | more


def an_object(*required: str, **properties: Any) -> dict[str, Any]:
    """A schema of an object."""
    described = {"type": "object", "properties": properties}
    return described | ({"required": list(required)} if required else {})


TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def one_of(*values: Any) -> dict[str, Any]:
    """A schema of a text from a list."""
    return {"type": "string", "enum": list(values)}


# The values of the member are not the names of the schemas, as in OpenAI's document.
MESSAGES = {
    "UserMessage": an_object("role", "content", role=one_of("user"), content=TEXT),
    "ToolMessage": an_object("role", "call", role=one_of("tool", "function"), call=TEXT),
}
MESSAGE = discriminated(ref("UserMessage"), ref("ToolMessage"), member="role")
# The schemas do not restrict the member, so only the discriminator tells them apart.
PETS = {
    "Cat": an_object("kind", kind=TEXT, lives=NUMBER),
    "Dog": an_object("kind", kind=TEXT, tricks={"type": "array", "items": TEXT}),
}
PET = discriminated(ref("Cat"), ref("Dog"))
MAPPED = {"cat": "#/components/schemas/Cat", "dog": "Dog"}
BASE = {
    "Animal": an_object("kind", kind=TEXT, age=NUMBER) | {"discriminator": {"propertyName": "kind"}},
    "Lion": {"allOf": [ref("Animal"), an_object("mane", mane={"type": "boolean"})]},
    "Cub": {"allOf": [ref("Lion"), an_object("mother", mother=TEXT)]},
}
# As springdoc and others write it: the parent lists its children, and they include it.
PARENT = {
    "Shape": an_object("kind", kind=TEXT, next=ref("Shape")) | discriminated(ref("Circle"), ref("Square")),
    "Circle": {"allOf": [ref("Shape"), an_object("radius", radius=NUMBER)]},
    "Square": {"allOf": [ref("Shape"), an_object("side", side=NUMBER)]},
}

CASES: dict[str, Case] = {
    "values that are not schema names": Case(
        schema=MESSAGE,
        schemas=MESSAGES,
        valid=[{"role": "user", "content": "hi"}, {"role": "tool", "call": "1"}, {"role": "function", "call": "1"}],
        invalid=[
            ({"role": "user"}, "required /content"),
            ({"role": "system"}, "discriminator /role"),
            ({}, "required /role"),
            ({"role": 5}, "discriminator /role"),
            ("user", "oneOf"),
            (None, "oneOf"),
        ],
    ),
    "values that are schema names": Case(
        schema=PET,
        schemas=PETS,
        valid=[{"kind": "Cat", "lives": 9}, {"kind": "Dog", "tricks": ["sit"], "lives": "any"}],
        invalid=[
            ({"kind": "Cat", "lives": "nine"}, "type /lives"),
            ({"kind": "Bird"}, "discriminator /kind"),
            ({"lives": 9}, "required /kind"),
            ({"kind": ["Cat"]}, "discriminator /kind"),
        ],
    ),
    "anyOf with an unknown value": Case(
        schema=discriminated(ref("Cat"), ref("Dog"), keyword="anyOf"),
        schemas=PETS,
        valid=[{"kind": "Cat", "lives": 9}, {"kind": "Bird"}, {"kind": "Bird", "lives": "nine"}],
        invalid=[
            ({"kind": "Cat", "lives": "nine"}, "type /lives"),
            ({"kind": "Bird", "lives": "nine", "tricks": 5}, "discriminator /kind"),
            ({}, "required /kind"),
        ],
    ),
    "a mapping": Case(
        schema=PET | {"discriminator": {"propertyName": "kind", "mapping": MAPPED}},
        schemas=PETS,
        valid=[{"kind": "cat", "lives": 9}, {"kind": "dog", "lives": "any"}],
        invalid=[
            ({"kind": "cat", "lives": "nine"}, "type /lives"),
            ({"kind": "Cat"}, "discriminator /kind"),
            ({"kind": "bird"}, "discriminator /kind"),
        ],
    ),
    "a mapping of one alternative": Case(
        schema=discriminated(ref("Cat"), ref("Dog"), mapping={"cat": "Cat"}),
        schemas=PETS,
        valid=[{"kind": "cat", "lives": 9}, {"kind": "Dog", "lives": "any"}],
        invalid=[
            ({"kind": "cat", "lives": "nine"}, "type /lives"),
            ({"kind": "Dog", "tricks": 1}, "type /tricks"),
        ],
    ),
    "a mapping to a schema that is not an alternative": Case(
        schema=discriminated(ref("Cat"), mapping={"dog": "Dog", "wolf": "Wolf", "fox": "#/components/schemas/Fox"}),
        schemas=PETS,
        valid=[{"kind": "dog", "lives": "any"}, {"kind": "wolf", "lives": 1}, {"kind": "fox", "lives": 1}],
        invalid=[
            ({"kind": "dog", "tricks": 1}, "type /tricks"),
            ({"kind": "wolf", "lives": "one"}, "discriminator /kind"),
        ],
    ),
    "several values for one alternative": Case(
        schema=discriminated(ref("Cat"), ref("Dog"), mapping={"cat": "Cat", "kitten": "Cat", "dog": "Dog"}),
        schemas=PETS,
        valid=[{"kind": "kitten", "lives": 9, "tricks": 5}],
        invalid=[({"kind": "kitten", "lives": "nine"}, "type /lives")],
    ),
    "inline alternatives": Case(
        schema=discriminated(
            an_object("kind", kind=one_of("a"), n=NUMBER),
            an_object("kind", kind=one_of("b"), n=TEXT) | {"title": "Second"},
        ),
        valid=[{"kind": "a", "n": 1}, {"kind": "b", "n": "x"}],
        invalid=[
            ({"kind": "a", "n": "x"}, "type /n"),
            ({"kind": "c"}, "discriminator /kind"),
            ({}, "required /kind"),
        ],
    ),
    "inline alternatives that overlap": Case(
        schema=discriminated(an_object(n=NUMBER), an_object(n=NUMBER) | {"title": "Second"}, ref("Cat")),
        schemas=PETS,
        valid=[{"kind": "Cat", "n": 1}],
        invalid=[
            ({"n": 1}, "oneOf"),
            ({"kind": "x", "n": 1}, "oneOf"),
        ],
    ),
    "an alternative wrapped in allOf": Case(
        schema=discriminated({"allOf": [ref("Cat")], "description": "wrapped"}, ref("Dog"), mapping=MAPPED),
        schemas=PETS,
        valid=[{"kind": "cat", "lives": 9, "tricks": 1}],
        invalid=[({"kind": "cat", "lives": "nine"}, "type /lives")],
    ),
    "an alternative null": Case(
        schema=discriminated(ref("UserMessage"), ref("ToolMessage"), {"type": "null"}, member="role"),
        schemas=MESSAGES,
        versions=("3.1.0",),
        valid=[None, {"role": "user", "content": "hi"}],
        invalid=[
            ({"role": "user", "content": 5}, "type /content"),
            ({"role": "x"}, "discriminator /role"),
            ({}, "required /role"),
            (5, "oneOf"),
        ],
    ),
    "beside null in anyOf": Case(
        schema={"anyOf": [MESSAGE, {"type": "null"}]},
        schemas=MESSAGES,
        versions=("3.1.0",),
        valid=[None, {"role": "user", "content": "hi"}],
        invalid=[
            ({"role": "user", "content": 5}, "type /content"),
            ({"role": "x"}, "discriminator /role"),
        ],
    ),
    "a nullable alternative": Case(
        schema=MESSAGE,
        schemas=MESSAGES | {"UserMessage": MESSAGES["UserMessage"] | {"nullable": True}},
        versions=("3.0.3",),
        valid=[None, {"role": "user", "content": "hi"}],
        invalid=[({"role": "user", "content": 5}, "type /content")],
    ),
    "nullable": Case(
        schema=MESSAGE | {"nullable": True},
        schemas=MESSAGES,
        versions=("3.0.3",),
        valid=[None, {"role": "user", "content": "hi"}],
        invalid=[
            ({"role": "user", "content": 5}, "type /content"),
            ({"role": "x"}, "discriminator /role"),
        ],
    ),
    "alternatives of other types": Case(
        schema=discriminated(TEXT, ref("Cat"), {"type": "array", "items": ref("Cat")}),
        schemas=PETS,
        valid=["any", {"kind": "Cat"}, [{"kind": "Cat"}]],
        invalid=[
            ({"kind": "Cat", "lives": "nine"}, "type /lives"),
            (5, "oneOf"),
            ([{"lives": 1}], "oneOf"),
        ],
    ),
    "an optional member": Case(
        schema=discriminated(ref("Item"), ref("Link")),
        schemas={
            "Item": an_object("text", kind=one_of("item"), text=TEXT),
            "Link": an_object("href", kind=one_of("link"), href=TEXT),
        },
        valid=[{"text": "a"}, {"kind": "item", "text": "a"}, {"href": "a"}],
        invalid=[
            ({"kind": "link", "text": "a"}, "required /href"),
            ({}, "oneOf"),
            ({"text": "a", "href": "b"}, "oneOf"),
        ],
    ),
    "a boolean and numbers": Case(
        schema=discriminated(
            ref("On"), ref("Off"), ref("Two"), member="on", mapping={"true": "On", "false": "Off", "2": "Two"}
        ),
        schemas={"On": an_object(n=NUMBER), "Off": an_object(n=TEXT), "Two": an_object(n={"type": "boolean"})},
        valid=[
            {"on": True, "n": 1},
            {"on": "true", "n": 1},
            {"on": False, "n": "x"},
            {"on": 2, "n": True},
            {"on": 2.0, "n": True},
            {"on": "2", "n": True},
            {"on": 3, "n": "x"},
        ],
        invalid=[
            ({"on": True, "n": "x"}, "type /n"),
            ({"on": 2, "n": 1}, "type /n"),
            ({"on": 3, "n": []}, "discriminator /on"),
        ],
    ),
    "const": Case(
        schema=discriminated(ref("A"), ref("B"), member="v"),
        schemas={"A": an_object("v", v={"const": 1}, n=NUMBER), "B": an_object("v", v={"const": 2}, n=TEXT)},
        versions=("3.1.0",),
        valid=[{"v": 1, "n": 1}, {"v": 2, "n": "x"}],
        invalid=[
            ({"v": 1, "n": "x"}, "type /n"),
            ({"v": 3}, "discriminator /v"),
            ({"v": None}, "discriminator /v"),
        ],
    ),
    "several alternatives with the same value": Case(
        schema=discriminated(ref("A"), ref("B"), ref("C")),
        schemas={
            "A": an_object("kind", "a", kind=one_of("x"), a=TEXT),
            "B": an_object("kind", "b", kind=one_of("x"), b=TEXT),
            "C": an_object("kind", kind=one_of("y")),
        },
        valid=[{"kind": "x", "a": "1"}, {"kind": "x", "b": "1"}, {"kind": "y"}],
        invalid=[
            ({"kind": "x"}, "oneOf"),
            ({"kind": "x", "a": "1", "b": "1"}, "oneOf"),
        ],
    ),
    "an alternative that is a choice itself": Case(
        schema=discriminated(ref("Pet"), ref("UserMessage")),
        schemas={"Pet": PET, **PETS, "UserMessage": an_object("kind", kind=one_of("user"), content=TEXT)},
        valid=[{"kind": "Cat", "lives": 9, "content": 5}, {"kind": "Dog"}],
        invalid=[
            ({"kind": "Cat", "lives": "nine"}, "type /lives"),
            ({"kind": "user", "content": 5}, "type /content"),
        ],
    ),
    "an alternative that is a choice without a discriminator": Case(
        schema=discriminated({"anyOf": [ref("On"), ref("Off")]}, ref("UserMessage")),
        schemas={
            "On": an_object("kind", "n", kind=one_of("on"), n=NUMBER),
            "Off": an_object("kind", kind=one_of("off")),
            "UserMessage": an_object("kind", kind=one_of("user"), content=TEXT),
        },
        valid=[{"kind": "on", "n": 1}, {"kind": "off"}, {"kind": "user"}],
        invalid=[
            ({"kind": "on"}, "anyOf"),
            ({"kind": "user", "content": 5}, "type /content"),
            ({"kind": "x"}, "discriminator /kind"),
        ],
    ),
    "a mapping into an alternative that is a choice itself": Case(
        schema=discriminated(ref("Pet"), ref("UserMessage"), mapping={"c": "Cat"}),
        schemas={"Pet": PET, **PETS, "UserMessage": an_object("kind", kind=one_of("user"), content=TEXT)},
        valid=[{"kind": "c", "lives": 9, "content": 5}],
        invalid=[({"kind": "c", "lives": "nine"}, "type /lives")],
    ),
    "in an array and in members": Case(
        schema=an_object(
            messages={"type": "array", "items": MESSAGE}, more={"type": "object", "additionalProperties": PET}
        ),
        schemas={**MESSAGES, **PETS},
        valid=[{"messages": [{"role": "user", "content": "hi"}], "more": {"a": {"kind": "Cat"}}}],
        invalid=[
            ({"messages": [{"role": "user", "content": "hi"}, {"role": "user"}]}, "required /messages/1/content"),
            (
                {"messages": [{"role": "usr"}], "more": {"a": {"kind": "Cat", "lives": ""}}},
                "discriminator /messages/0/role",
                "type /more/a/lives",
            ),
        ],
    ),
    "a base": Case(
        schema=ref("Animal"),
        schemas=BASE,
        valid=[
            {"kind": "Lion", "mane": True},
            {"kind": "Cub", "mane": True, "mother": "Nala"},
            {"kind": "Animal"},
            {"kind": "other"},
        ],
        invalid=[
            ({"kind": "Lion"}, "required /mane"),
            ({"kind": "Cub", "mane": True}, "required /mother"),
            ({"kind": "Lion", "mane": True, "age": "old"}, "type /age"),
            ({"kind": "other", "age": "old"}, "type /age"),
            ({}, "required /kind"),
        ],
    ),
    "a descendant of a base": Case(
        schema=ref("Lion"),
        schemas=BASE,
        valid=[{"kind": "Lion", "mane": True}, {"kind": "any", "mane": True}],
        invalid=[
            ({"kind": "Lion"}, "required /mane"),
            ({"mane": True}, "required /kind"),
        ],
    ),
    "a base with a mapping": Case(
        schema={"type": "array", "items": ref("Animal")},
        schemas=BASE
        | {"Animal": BASE["Animal"] | {"discriminator": {"propertyName": "kind", "mapping": {"l": "Lion"}}}},
        valid=[[{"kind": "l", "mane": True}], [{"kind": "Cub", "mane": True, "mother": ""}], [{"kind": "Lion"}]],
        invalid=[
            ([{"kind": "l"}], "required /0/mane"),
            ([{"kind": "Cub", "mane": True}], "required /0/mother"),
        ],
    ),
    "a base in allOf of a member": Case(
        schema=an_object(animal={"allOf": [ref("Animal")], "description": "wrapped"}),
        schemas=BASE,
        valid=[{"animal": {"kind": "Lion", "mane": True}}, {"animal": {"kind": "other"}}],
        invalid=[({"animal": {"kind": "Lion"}}, "required /animal/mane")],
    ),
    "a parent that lists its children": Case(
        schema=ref("Shape"),
        schemas=PARENT,
        valid=[
            {"kind": "Circle", "radius": 1},
            {
                "kind": "Square",
                "side": 1,
                "next": {"kind": "Circle", "radius": 1, "next": {"kind": "Square", "side": 1}},
            },
            {"kind": "other", "side": 1},
        ],
        invalid=[
            ({"kind": "Circle", "side": 1}, "required /radius"),
            ({"kind": "other", "side": 1, "radius": 1}, "discriminator /kind"),
            ({"kind": "Square", "side": 1, "next": {"kind": "Circle"}}, "required /next/radius"),
            ({"side": 1}, "required /kind"),
        ],
    ),
    "a child of a parent that lists its children": Case(
        schema=ref("Circle"),
        schemas=PARENT,
        valid=[{"kind": "Circle", "radius": 1}],
        invalid=[({"kind": "Circle", "side": 1}, "required /radius")],
    ),
    "allOf with a union": Case(
        schema={"allOf": [ref("Pet"), an_object("id", id=TEXT)]},
        schemas={"Pet": PET, **PETS},
        valid=[{"kind": "Cat", "id": "1"}],
        invalid=[
            ({"kind": "Cat", "id": "1", "lives": ""}, "type /lives"),
            ({"kind": "Cat"}, "required /id"),
        ],
    ),
    "a discriminator beside allOf": Case(
        schema={"allOf": [ref("Cat"), an_object("id", id=TEXT)], "discriminator": {"propertyName": "kind"}},
        schemas=PETS,
        valid=[{"kind": "Cat", "id": "1"}, {"kind": "Dog", "id": "1"}],
        invalid=[
            ({"kind": "Dog", "id": "1", "lives": ""}, "type /lives"),
            ({"kind": "Cat"}, "required /id"),
        ],
    ),
    "a nullable base": Case(
        schema=an_object(animal=ref("Animal"), lion=ref("Lion")),
        schemas={
            "Living": an_object(age=NUMBER),
            "Animal": {"nullable": True, "allOf": [ref("Living")], "discriminator": {"propertyName": "kind"}},
            "Lion": {"nullable": True, "allOf": [ref("Animal"), an_object("mane", mane={"type": "boolean"})]},
        },
        versions=("3.0.3",),
        valid=[{"animal": None, "lion": None}, {"animal": {"kind": "Lion", "mane": True}, "lion": {"mane": True}}],
        invalid=[
            ({"animal": {"kind": "Lion"}}, "required /animal/mane"),
            ({"animal": {"kind": "Lion", "mane": True, "age": ""}}, "type /animal/age"),
            ({"lion": {"age": 1}}, "required /lion/mane"),
        ],
    ),
    "a base with keywords beside its reference": Case(
        schema=ref("Animal"),
        schemas={
            "Animal": BASE["Animal"],
            "Lion": {"allOf": [{**ref("Animal"), "required": ["name"]}, an_object("mane", mane={"type": "boolean"})]},
        },
        versions=("3.1.0",),
        valid=[{"kind": "Lion", "mane": True, "name": "Simba"}],
        invalid=[({"kind": "Lion", "mane": True}, "required /name")],
    ),
    "a mapping from a base to itself": Case(
        schema=ref("Self"),
        schemas={
            "Self": an_object("kind", kind=TEXT)
            | {"discriminator": {"propertyName": "kind", "mapping": {"me": "Self", "other": "Other"}}},
            "Other": an_object("n", n=NUMBER),
        },
        valid=[{"kind": "me"}, {"kind": "other", "n": 1}],
        invalid=[({"kind": "other"}, "required /n")],
    ),
    "oneOf beside anyOf": Case(
        schema=PET | {"anyOf": [an_object("x"), an_object("y")]},
        schemas=PETS,
        valid=[{"kind": "Cat", "x": 1}, {"kind": "Dog", "lives": "any", "y": 1}],
        invalid=[({"kind": "Cat"}, "anyOf"), ({"kind": "Cat", "lives": "any", "x": 1}, "type /lives")],
    ),
    "anyOf beside oneOf": Case(
        schema=discriminated(ref("Cat"), ref("Dog"), keyword="anyOf") | {"oneOf": [an_object("x"), an_object("y")]},
        schemas=PETS,
        valid=[{"kind": "Cat", "x": 1}, {"kind": "Dog", "lives": "any", "y": 1}],
        invalid=[({"kind": "Cat", "x": 1, "y": 1}, "oneOf"), ({"kind": "Cat", "lives": "any", "x": 1}, "type /lives")],
    ),
    "no propertyName": Case(
        schema={"oneOf": [ref("UserMessage"), ref("ToolMessage")], "discriminator": {}},
        schemas=MESSAGES,
        valid=[{"role": "user", "content": "hi"}],
        invalid=[({"role": "user"}, "oneOf")],
    ),
}
