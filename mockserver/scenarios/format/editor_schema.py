"""What an editor is told, as JSON Schema, about the parts of a scenario file that our own parsers read."""

from __future__ import annotations

from typing import Any, Final

from mockserver.scenarios.confirmations import AUTHENTICATIONS, OUTCOMES
from mockserver.scenarios.faults import FAULTS, MOST_CHUNKS, PLAIN_FAULTS
from mockserver.scenarios.format.matcher_parsers import OPERATORS
from mockserver.scenarios.method_types import METHOD_TYPES

Form = dict[str, Any]


def _only(**properties: Form) -> Form:
    """A mapping with exactly these keys."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


LINE: Final[Form] = {"type": "string", "minLength": 1}
STUB_NAME: Final[Form] = {"type": "string", "pattern": "^[!-~]([ -~]{0,98}[!-~])?$"}
TIMES: Final[Form] = {"type": "integer", "minimum": 1, "maximum": 1_000_000}
STATUS: Final[Form] = {"type": "integer", "minimum": 200, "maximum": 599}
METHOD: Final[Form] = {"type": "string", "pattern": "^[A-Z]+$"}
EXAMPLE_PATH: Final[Form] = {"type": "string", "pattern": "^/"}
HEADERS: Final[Form] = {"type": "object", "additionalProperties": {"type": "string"}}
ANYTHING: Final[Form] = {}
OVERRIDES: Final[Form] = {"type": "object"}
FAULT_KIND: Final[Form] = {"enum": list(FAULTS)}

DURATION: Final[Form] = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?(ms|s)$"}
DELAY: Final[Form] = {
    "oneOf": [
        DURATION,
        _only(uniform={"type": "array", "items": DURATION, "minItems": 2, "maxItems": 2}),
        _only(lognormal=_only(median=DURATION, sigma={"type": "number", "minimum": 0, "maximum": 5})),
    ]
}
FAULT: Final[Form] = {
    "oneOf": [
        {"enum": list(PLAIN_FAULTS)},
        _only(dribble=_only(chunks={"type": "integer", "minimum": 1, "maximum": MOST_CHUNKS}, over=DURATION)),
    ]
}
_OUTCOMES: Final[dict[str, Form]] = {
    **{outcome: {"const": True} for outcome in OUTCOMES},
    "decline": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
    "authenticate": {"enum": list(AUTHENTICATIONS)},
    "fault": FAULT,
}
ON_CONFIRM: Final[Form] = {
    "oneOf": [
        {"enum": list(OUTCOMES)},
        {
            "type": "object",
            "properties": {**_OUTCOMES, "delay": DELAY},
            "oneOf": [{"required": [outcome]} for outcome in _OUTCOMES],
            "additionalProperties": False,
        },
    ]
}

PAYMENT_METHOD_TYPES: Final[Form] = {
    "type": "array",
    "items": {"enum": list(METHOD_TYPES)},
    "minItems": 1,
    "uniqueItems": True,
}

_OPERAND: Final[dict[str, Form]] = {
    "matches": {"type": "string", "format": "regex"},
    "one_of": {"type": "array", "minItems": 1},
    "absent": {"const": True},
    "present": {"const": True},
}
TEXT_MATCHER: Final[Form] = {
    "oneOf": [
        {"type": "string"},
        *(_only(**{name: _OPERAND[name]}) for name in OPERATORS if name != "one_of"),
        _only(one_of={"type": "array", "items": {"type": "string"}, "minItems": 1}),
    ]
}
TEXT_MATCHERS: Final[Form] = {"type": "object", "additionalProperties": TEXT_MATCHER}
# Any JSON: an object is matched by subset, and operators may stand in it at any depth.
MATCHER: Final[Form] = {}
