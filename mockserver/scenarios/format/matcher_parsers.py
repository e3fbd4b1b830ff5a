"""How matchers are written: JSON as it is expected, with the operators `matches`, `one_of`, `absent`, `present`."""

from __future__ import annotations

from typing import Any, Final

from mockserver.scenarios.format.flaws import Flaw, FlawsError, Path, expected
from mockserver.scenarios.matchers import AbsentMatcher, Equal, Matcher, Matches, OneOf, Present, Subset

__all__ = ["OPERATORS", "parse_matcher", "parse_text_matcher"]

OPERATORS: Final = ("matches", "one_of", "absent", "present")


def parse_matcher(value: Any) -> Matcher:
    """The matcher for a JSON value: objects by subset, everything else as a whole.

    An object whose only key is an operator is that operator. Inside `one_of` and inside lists nothing is an
    operator, which is also the way to say that a body really has a member of that name.
    """
    flaws: list[Flaw] = []
    matcher = _matcher(value, (), flaws)
    if flaws:
        raise FlawsError(flaws)
    return matcher


def parse_text_matcher(value: Any) -> Matcher:
    """The matcher for what is always text: a path parameter, a query parameter, a header, a cookie."""
    if isinstance(value, str):
        return Equal(value)
    if not isinstance(value, dict):
        hint = "" if isinstance(value, list) else "; write it in quotes"
        raise FlawsError.one(f"{expected(f'text or one of the operators {_LIST}', value)}{hint}")
    if len(value) != 1:
        raise FlawsError.one(f"expected exactly one of the operators {_LIST}, found {len(value)} keys")
    name, operand = next(iter(value.items()))
    if name not in OPERATORS:
        raise FlawsError.unknown_key(name, OPERATORS)
    flaws: list[Flaw] = []
    if name == "one_of" and isinstance(operand, list):
        flaws += [
            Flaw((name, index), f"{expected('text', item)}; write it in quotes")
            for index, item in enumerate(operand)
            if not isinstance(item, str)
        ]
    matcher = _operator(name, operand, (), flaws)
    if flaws:
        raise FlawsError(flaws)
    return matcher


_LIST: Final = ", ".join(OPERATORS)


def _matcher(value: Any, path: Path, flaws: list[Flaw]) -> Matcher:
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict) and len(item) == 1 and next(iter(item)) in OPERATORS:
                problem = "an operator does not work inside a list: a list is compared as a whole"
                flaws.append(Flaw((*path, index), problem))
        return Equal(value)
    if not isinstance(value, dict):
        return Equal(value)
    operators = [name for name in value if name in OPERATORS]
    if len(value) == 1 and operators:
        return _operator(operators[0], value[operators[0]], path, flaws)
    flaws += [Flaw((*path, name), f"{name} is an operator and stands alone", at_key=True) for name in operators]
    return Subset({name: _matcher(item, (*path, name), flaws) for name, item in value.items()})


def _operator(name: str, operand: Any, path: Path, flaws: list[Flaw]) -> Matcher:
    if name == "one_of":
        if not isinstance(operand, list) or not operand:
            what = "expected at least one value, found none" if operand == [] else expected("a list of values", operand)
            flaws.append(Flaw((*path, name), what))
            return AbsentMatcher()
        return OneOf(tuple(operand))
    if name == "matches":
        return _matches(operand, (*path, name), flaws)
    if operand is not True:
        flaws.append(Flaw((*path, name), expected("true", operand)))
    return AbsentMatcher() if name == "absent" else Present()


def _matches(operand: Any, path: Path, flaws: list[Flaw]) -> Matcher:
    if not isinstance(operand, str):
        flaws.append(Flaw(path, f"{expected('a regular expression as text', operand)}; write it in quotes"))
        return AbsentMatcher()
    # Imported here: few scenarios need it, and it brings a compiler of regular expressions with it.
    from mockserver.contract.patterns.compiled_pattern import compile_pattern

    try:
        return Matches(operand, compile_pattern(operand))
    except ValueError as error:
        flaws.append(Flaw(path, str(error)))
        return AbsentMatcher()
