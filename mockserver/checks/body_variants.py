"""Variants of a value, in which a single part is changed."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import chain
from typing import Any, Final

from mockserver.checks.documented_members import ITEM, MemberPath, documented_members
from mockserver.checks.sample_values import SampleValues
from mockserver.messages import ABSENT

UNDOCUMENTED: Final = "a_member_that_no_contract_documents"
"""The name of the member that is added where a schema may allow members that it does not document."""

Parts = Sequence[dict[str, Any]]

_MAX_VALUES: Final = 50
_MAX_LENGTH: Final = 2_000
_MAX_ITEMS: Final = 50


def request_variants(samples: SampleValues, schema: Any, body: Any) -> Iterator[Any]:
    """The body with undocumented members, and with each other value in one of its documented members."""
    members = documented_members(samples.document, schema)
    for path in members:
        if isinstance(part := _at(body, path), dict):
            yield _replaced(body, path, {**part, UNDOCUMENTED: "x"})
    for path, parts in members.items():
        value = _at(body, path)
        if value is not ABSENT:
            for other in value_variants(samples, parts, value):
                yield _replaced(body, path, other)


def reply_variants(samples: SampleValues, schema: Any, body: Any) -> Iterator[Any]:
    """The body with null, and with a value of each alternative, in one of its documented members.

    There are no variants for listed values and limits, because clients have to expect new values.
    """
    for path, parts in documented_members(samples.document, schema).items():
        value = _at(body, path)
        if value is not ABSENT:
            for other in chain([None], _alternatives(samples, parts)):
                if not _same(other, value):
                    yield _replaced(body, path, other)


def value_variants(samples: SampleValues, parts: Parts, value: Any) -> Iterator[Any]:
    """Other values that schemas may allow: each listed one, null, alternatives, and the smallest and the largest."""
    listed = [each for part in parts for each in _listed(part)[:_MAX_VALUES]]
    for other in chain(listed, [None], _alternatives(samples, parts), _limits(parts, value)):
        if not _same(other, value):
            yield other


def _listed(part: dict[str, Any]) -> list[Any]:
    values = part.get("enum")
    return [*(values if isinstance(values, list) else ()), *([part["const"]] if "const" in part else ())]


def _alternatives(samples: SampleValues, parts: Parts) -> Iterator[Any]:
    """A value for each schema of `anyOf` and `oneOf`, and for each type of a list of types."""
    for part in parts:
        for keyword in ("anyOf", "oneOf"):
            for each in part.get(keyword) or ():
                yield from samples.some(each)
        types = part.get("type")
        for name in types if isinstance(types, list) else ():
            yield from samples.some({**part, "type": name})


def _limits(parts: Parts, value: Any) -> Iterator[Any]:
    """The smallest and the largest value that the schemas allow, or one that is unusually small or large."""
    match value:
        case str():
            text = value or "x"
            yield text[: max(_numbers(parts, "minLength"), default=0)]
            length = min(_numbers(parts, "maxLength"), default=_MAX_LENGTH)
            yield (text * (int(length) // len(text) + 1))[: min(int(length), _MAX_LENGTH)]
        case bool():
            return
        case int() | float():
            yield max(_numbers(parts, "minimum"), default=-1_000_000)
            yield min(_numbers(parts, "maximum"), default=1_000_000)
        case [first, *_]:
            yield [first] * max(_numbers(parts, "minItems"), default=0)
            yield [first] * min(*_numbers(parts, "maxItems"), _MAX_ITEMS, _MAX_ITEMS)


def _numbers(parts: Parts, keyword: str) -> list[Any]:
    return [part[keyword] for part in parts if type(part.get(keyword)) in {int, float}]


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)


def _replaced(body: Any, path: MemberPath, value: Any) -> Any:
    """A copy of the body with another value at a path that the body has."""
    if not path:
        return value
    copied = deepcopy(body)
    node = _at(copied, path[:-1])
    node[0 if isinstance(node, list) else path[-1]] = value
    return copied


def _at(value: Any, path: MemberPath) -> Any:
    """The part of a value that a path leads to; ABSENT if there is none."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step, ABSENT)
        elif isinstance(value, list) and step == ITEM:
            value = value[0] if value else ABSENT
        else:
            return ABSENT
    return value
