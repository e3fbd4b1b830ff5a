"""Typical calls: a plain call that a stub answers, made of what its `when` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mockserver.contract.document.operations import Operation
from mockserver.contract.router import PARAMETER
from mockserver.messages import ABSENT, Call, Request
from mockserver.scenarios import Stub
from mockserver.scenarios.matchers import Equal, Matcher, OneOf, Subset

__all__ = ["path_names", "typical_call"]

# The contract's own example of an id.
_ID: Final = "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670"
_BODY: Final[dict[str, Any]] = {"operation": "add_method", "address": True}


def path_names(operation: Operation) -> list[str]:
    """The names of the path parameters of an operation, in the order of the path."""
    return PARAMETER.findall(operation.template)


def typical_call(operation: Operation, stub: Stub) -> Call:
    """A call in which everything that the stub leaves open is plain and valid."""
    wanted = ABSENT if stub.when.body is None else _value(stub.when.body)
    return Call(
        request=Request(method=operation.method, path=operation.template),
        operation=operation.id,
        path=dict.fromkeys(path_names(operation), _ID) | _values(stub.when.path),
        body=_BODY | wanted if isinstance(wanted, dict) else _BODY,
    )


def _values(matchers: Mapping[str, Matcher]) -> dict[str, Any]:
    values = {name: _value(matcher) for name, matcher in matchers.items()}
    return {name: value for name, value in values.items() if value is not ABSENT}


def _value(matcher: Matcher) -> Any:
    """A value that a matcher accepts, as far as that can be told from it; else ABSENT."""
    match matcher:
        case Equal(value):
            return value
        case OneOf(values):
            return values[0]
        case Subset(members):
            return _values(members)
    return ABSENT
