"""The rules for the values of schema keywords. Validators report an invalid value only when a message arrives."""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockserver.contract.document.references import COMPOSITIONS
from mockserver.contract.document.subschemas import NAMED, ONE
from mockserver.contract.patterns.compiled_pattern import compile_pattern

TYPES = ("array", "boolean", "integer", "number", "object", "string")


class Rule(NamedTuple):
    """Whether a value is allowed, and the description of an allowed one, as in "must be a list of strings"."""

    allows: Callable[[Any], bool]
    description: str


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_size(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def is_pattern(value: Any) -> bool:
    """Whether a value is a regular expression that can be used."""
    try:
        compile_pattern(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_discriminator(value: Any) -> bool:
    match value:
        case {"propertyName": str(), "mapping": dict(mapping)}:
            return all(isinstance(target, str) for target in mapping.values())
        case {"propertyName": str(), **rest}:
            return "mapping" not in rest
    return False


def _is_type(value: Any) -> bool:
    return value in (*TYPES, "null")


A_BOOLEAN = Rule(lambda value: isinstance(value, bool), "true or false")
A_NUMBER = Rule(_is_number, "a number")
A_SIZE = Rule(_is_size, "a whole number that is not negative")
A_SCHEMA = Rule(lambda value: isinstance(value, dict | bool), "a schema")
A_LIST = Rule(lambda value: isinstance(value, list), "a list")
SCHEMAS = Rule(lambda value: isinstance(value, list) and value != [], "a list of schemas that is not empty")
A_MAPPING = Rule(lambda value: isinstance(value, dict), "a mapping")
NAMES = Rule(_is_names, "a list of strings")

_SIZES = ("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties")
_COMMON: Mapping[str, Rule] = {
    **dict.fromkeys(_SIZES, A_SIZE),
    **dict.fromkeys(("uniqueItems", "readOnly", "writeOnly"), A_BOOLEAN),
    **dict.fromkeys(("minimum", "maximum"), A_NUMBER),
    **dict.fromkeys(COMPOSITIONS, SCHEMAS),
    "$ref": Rule(lambda value: isinstance(value, str), "a string"),
    "additionalProperties": A_SCHEMA,
    "discriminator": Rule(_is_discriminator, "a mapping with a `propertyName`, and perhaps a `mapping` to strings"),
    "enum": A_LIST,
    "format": Rule(lambda value: isinstance(value, str), "a string"),
    "items": A_SCHEMA,
    "multipleOf": Rule(lambda value: _is_number(value) and value > 0, "a number greater than 0"),
    "not": A_SCHEMA,
    "pattern": Rule(is_pattern, "a regular expression of ECMA-262 that is not too large"),
    "properties": A_MAPPING,
    "required": NAMES,
}
RULES_30: Mapping[str, Rule] = {
    **_COMMON,
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum", "nullable"), A_BOOLEAN),
    "type": Rule(lambda value: value in TYPES, f"one of {', '.join(TYPES)}"),
}
RULES_31: Mapping[str, Rule] = {
    **_COMMON,
    **dict.fromkeys(ONE - {"additionalItems"}, A_SCHEMA),
    **dict.fromkeys(NAMED - {"dependencies"}, A_MAPPING),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), A_NUMBER),
    **dict.fromkeys(("minContains", "maxContains"), A_SIZE),
    "dependentRequired": Rule(
        lambda value: isinstance(value, dict) and all(map(_is_names, value.values())), "a mapping to lists of strings"
    ),
    "nullable": Rule(lambda value: value is False, "left out in OpenAPI 3.1, where `type` may be a list with null"),
    "prefixItems": SCHEMAS,
    "type": Rule(
        lambda value: all(map(_is_type, value)) and value != [] if isinstance(value, list) else _is_type(value),
        f"one of {', '.join(TYPES)}, null, or a list of these",
    ),
}
