"""Matchers in a scenario file: the expected JSON, with the operators `matches`, `one_of`, `absent` and `present`."""

from __future__ import annotations

from typing import Any, Final

from mockserver.scenarios.format.flaws import Flaw, FlawsError, below, collected_flaws, collecting, expected
from mockserver.scenarios.matchers import AbsentMatcher, Equal, Matcher, Matches, OneOf, Present, Subset

__all__ = ["TEXT_MATCHER_SCHEMA", "parse_matcher", "parse_text_matcher"]

_OPERATORS: Final = ("matches", "one_of", "absent", "present")
_LIST: Final = ", ".join(_OPERATORS)

TEXT_MATCHER_SCHEMA: Final[dict[str, Any]] = {
    "oneOf": [
        {"type": "string"},
        *(
            {"type": "object", "properties": {name: operand}, "required": [name], "additionalProperties": False}
            for name, operand in {
                "matches": {"type": "string", "format": "regex"},
                "one_of": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                "absent": {"const": True},
                "present": {"const": True},
            }.items()
        ),
    ]
}


def parse_matcher(value: Any) -> Matcher:
    """The matcher for a JSON value: an object matches by subset, everything else as a whole.

    An object whose only key is an operator is that operator. `one_of` and lists contain plain values, not operators: to
    match a member that is named like an operator, write it inside `one_of`.
    """
    if not isinstance(value, dict):
        _check_no_operator(value)
        return Equal(value)
    operators = [name for name in value if name in _OPERATORS]
    if len(value) == 1 and operators:
        return _operator(*next(iter(value.items())))
    members = {}
    with collected_flaws() as flaws:
        flaws += [Flaw((name,), f"{name} is an operator: it must be the only key", at_key=True) for name in operators]
        for name, item in value.items():
            with collecting(flaws, name):
                members[name] = parse_matcher(item)
    return Subset(members)


def parse_text_matcher(value: Any) -> Matcher:
    """The matcher for a value that is always text: a path or query parameter, a header, a cookie."""
    if isinstance(value, str):
        return Equal(value)
    if not isinstance(value, dict):
        hint = "" if isinstance(value, list) else "; write it in quotes"
        raise FlawsError.one(f"{expected(f'text or one of the operators {_LIST}', value)}{hint}")
    if len(value) != 1:
        raise FlawsError.one(f"expected exactly one of the operators {_LIST}, found {len(value)} keys")
    name, operand = next(iter(value.items()))
    if name not in _OPERATORS:
        raise FlawsError.unknown_key(name, _OPERATORS)
    matcher = _operator(name, operand)
    with collected_flaws() as flaws:
        flaws += [
            Flaw((name, index), f"{expected('text', item)}; write it in quotes")
            for index, item in enumerate(matcher.values if isinstance(matcher, OneOf) else ())
            if not isinstance(item, str)
        ]
    return matcher


def _check_no_operator(value: Any) -> None:
    with collected_flaws() as flaws:
        flaws += [
            Flaw((index,), "an operator does not work inside a list: a list is compared as a whole")
            for index, item in enumerate(value if isinstance(value, list) else ())
            if isinstance(item, dict) and len(item) == 1 and next(iter(item)) in _OPERATORS
        ]


def _operator(name: str, operand: Any) -> Matcher:
    with below(name):
        if name == "one_of":
            if not isinstance(operand, list):
                raise FlawsError.one(expected("a list of values", operand))
            if not operand:
                raise FlawsError.one("expected at least one value, found none")
            return OneOf(tuple(operand))
        if name == "matches":
            return _pattern(operand)
        if operand is not True:
            raise FlawsError.one(expected("true", operand))
        return AbsentMatcher() if name == "absent" else Present()


def _pattern(source: Any) -> Matches:
    if not isinstance(source, str):
        raise FlawsError.one(f"{expected('a regular expression as text', source)}; write it in quotes")
    # Imported on first use: few scenarios need the compiler of regular expressions.
    from mockserver.contract.patterns.compiled_pattern import compile_pattern

    try:
        return Matches(source, compile_pattern(source))
    except ValueError as error:
        raise FlawsError.one(str(error)) from None
