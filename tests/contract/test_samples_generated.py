"""Samples for generated schemas: a valid value or NoSample, never another error."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mockserver.samples import NoSample
from tests.support.cases import generated
from tests.support.sampling import sample, samples

NAMES = st.sampled_from(["a", "b", "c", "id", "name"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-50, 50)
    | st.floats(-9, 9).map(lambda number: round(number, 2))
    | st.text("abc1", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def kind_of(value: Any) -> str:
    kinds = {
        type(None): "null",
        bool: "boolean",
        int: "integer",
        float: "number",
        str: "string",
        list: "array",
        dict: "object",
    }
    return kinds[type(value)]


def keywords_of(value: Any, draw: st.DrawFn) -> dict[str, Any]:
    """Keywords that this value satisfies. A schema gets some of them."""
    more = draw(st.integers(0, 5))
    match value:
        case bool() | None:
            return {}
        case int() | float():
            divisors: list[int | float] = [step for step in (1, 2, 3, 5, 7) if value % step == 0]
            step = draw(st.sampled_from(divisors or [value]))
            least = {"minimum": value - more, "exclusiveMinimum": value - more - 1}
            return {
                **least,
                "maximum": value + more,
                "exclusiveMaximum": value + more + 1,
                "multipleOf": abs(step) or 1,
            }
        case str():
            pattern = draw(st.sampled_from(["^[a-c1]*$", r"^[^\d]*|1", "^.{0,9}$"]))
            return {"minLength": max(len(value) - more, 0), "maxLength": len(value) + more, "pattern": pattern}
        case list():
            contained = {"contains": draw(schemas_of(draw(st.sampled_from(value))))} if value else {}
            tuples = {"prefixItems": [draw(schemas_of(item)) for item in value]} if value else {}
            return {**contained, **tuples, "minItems": max(len(value) - more, 0), "maxItems": len(value) + more}
    described = {name: draw(schemas_of(member)) for name, member in value.items()}
    return {
        "properties": described,
        "required": [name for name in value if draw(st.booleans())],
        "additionalProperties": {"type": sorted({kind_of(member) for member in value.values()} or {"null"})},
        "minProperties": max(len(value) - more, 0),
        "maxProperties": len(value) + more,
    }


@st.composite
def schemas_of(draw: st.DrawFn, value: Any) -> dict[str, Any]:
    """Strategy for a schema of OpenAPI 3.1 that this value satisfies."""
    keywords = keywords_of(value, draw)
    kind = {"type": kind_of(value)}
    plain = kind | {keyword: value for keyword, value in keywords.items() if draw(st.booleans())}
    wrapped = [
        {"allOf": [plain, {"type": [kind["type"], "null"]}]},
        {"anyOf": [{"type": "string", "enum": []}, plain]},
        {"enum": [draw(VALUES), value, draw(VALUES)]},
        {"const": value},
        {"if": kind, "then": plain, "else": False},
        {**plain, "example": draw(VALUES)},
        {**plain, "not": {"const": "never"}},
    ]
    if "properties" in keywords:
        wrapped.append({**plain, "properties": keywords["properties"], "additionalProperties": False})
    return draw(st.sampled_from([plain, plain, plain, *wrapped]))


SATISFIABLE = VALUES.flatmap(schemas_of)

KEYWORDS = (
    "$ref $dynamicRef additionalProperties allOf anyOf const contains default dependentRequired dependentSchemas "
    "discriminator else enum example examples exclusiveMaximum exclusiveMinimum format if items maxItems maxLength "
    "maxProperties maximum minContains minItems minLength minProperties minimum multipleOf not nullable oneOf pattern "
    "patternProperties prefixItems properties propertyNames readOnly required then type unevaluatedProperties "
    "uniqueItems writeOnly"
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 5)
    | st.floats()
    | st.sampled_from(["", "a", "^a", "(", "date", "int32", "string", "object", "array", "integer", "null", "any"])
    | st.sampled_from(
        ["#", "#/components/schemas/A", "#/components/schemas/B", "#/components/schemas/C", "#/components", "x.yaml"]
    )
)
WEIRD = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYWORDS.split()), inner, max_size=4)
        | st.dictionaries(NAMES, inner, max_size=2)
    ),
    max_leaves=12,
)


@generated(3 / 40)
@given(SATISFIABLE, st.integers(0, 3))
def test_satisfiable_schemas(schema: dict[str, Any], seed: int) -> None:
    """A schema that was generated for a value has a sample."""
    sample(schema, "3.1", seed=seed)


@generated(3 / 40)
@given(WEIRD, WEIRD, WEIRD, st.sampled_from(["3.0", "3.1"]))
def test_weird_documents(schema: Any, first: Any, second: Any, version: str) -> None:
    """A document with meaningless schemas gives valid values or NoSample, and the same again for the same seed."""
    made = []
    for _ in range(2):
        with suppress(NoSample):
            made.append(json.dumps(samples({"A": first, "B": second}, version).value(schema, random.Random(1))))

    assert made[:1] == made[1:]
