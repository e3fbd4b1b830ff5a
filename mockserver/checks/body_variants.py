"""Variants of a JSON body, in which a single member is changed."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any, Final

from mockserver.checks.documented_members import ITEM, MemberPath, documented_members
from mockserver.contract.document.document import Document
from mockserver.messages import ABSENT

UNDOCUMENTED: Final = "a_member_that_no_contract_documents"
"""The name of the member that is added where a schema may allow members that it does not document."""

_MAX_VALUES: Final = 50


def with_values(document: Document, schema: Any, bodies: Iterable[Any]) -> Iterator[Any]:
    """The last of the bodies with each listed value, and with null, in each documented member."""
    for body in list(bodies)[-1:]:
        for path, parts in documented_members(document, schema).items():
            values = [value for part in parts for value in _listed(part)[:_MAX_VALUES]]
            for value in [*values, None]:
                yield from _replaced(body, path, value)


def with_undocumented_members(document: Document, schema: Any, bodies: Iterable[Any]) -> list[Any]:
    """The bodies with a member that no schema documents, in each of their objects."""
    variants = []
    for body in bodies:
        for path in documented_members(document, schema):
            copied = deepcopy(body)
            node = _at(copied, path)
            if isinstance(node, dict):
                node[UNDOCUMENTED] = "x"
                variants.append(copied)
    return variants


def _listed(part: dict[str, Any]) -> list[Any]:
    values = part.get("enum")
    return [*(values if isinstance(values, list) else ()), *([part["const"]] if "const" in part else ())]


def _replaced(body: Any, path: MemberPath, value: Any) -> Iterator[Any]:
    """A copy of the body with another value at a path, if the body has the path and another value there."""
    if not path:
        return
    copied = deepcopy(body)
    node = _at(copied, path[:-1])
    key = 0 if isinstance(node, list) else path[-1]
    if _at(node, path[-1:]) not in (ABSENT, value):
        node[key] = value
        yield copied


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
