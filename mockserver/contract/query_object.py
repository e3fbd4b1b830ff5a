"""Describes the query of an operation as an object, whose members are the parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation, documented_parameters
from mockserver.contract.document.schema_types import schema_types
from mockserver.contract.document.subschemas import as_mapping
from mockserver.contract.named_members import DocumentedMembers
from mockserver.limits.step_budget import StepBudget


class QueryObject:
    """The query of one operation. `schema` describes the object that `read` returns."""

    def __init__(
        self, document: Document, operation: Operation, members: DocumentedMembers, budget: StepBudget
    ) -> None:
        self._documented: dict[str, Any] = {}
        self._deep: set[str] = set()
        spread: list[Any] = []
        is_open = False
        for parameter in documented_parameters(document, operation):
            if parameter["in"] != "query":
                continue
            name, schema = parameter["name"], parameter.get("schema")
            style, explode = parameter.get("style", "form"), parameter.get("explode", True)
            self._documented[name] = {}
            if style == "deepObject":
                self._deep.add(name)
                self._documented[name] = schema
            elif style == "form" and explode and "object" in schema_types(document.data, schema).named:
                # The members of an exploded object are parameters of their own.
                found = members.of([schema], budget)
                is_open |= found is None or found.is_open
                spread.append(schema)
        self._documented |= {key: {} for key in _keys(document, operation)}
        self.schema = {"properties": self._documented, "allOf": spread, "additionalProperties": is_open}

    def read(self, names: Iterable[str]) -> dict[str, Any]:
        """The object for the names in a query: `filter[a]` is the member `a` of the parameter `filter`."""
        found: dict[str, Any] = {}
        for name in names:
            head, bracket, rest = name.partition("[")
            is_inner = bool(bracket) and name.endswith("]") and name not in self._documented
            if not is_inner or not (head in self._deep or (self._deep and head not in self._documented)):
                found.setdefault(name, None)
                continue
            node = found.setdefault(head, {})
            for step in rest[:-1].split("]["):
                # An index, or empty brackets: the value is a list.
                if not step or step.isdigit() or not isinstance(node, dict):
                    break
                node = node.setdefault(step, {})
        return found


def _keys(document: Document, operation: Operation) -> Iterator[str]:
    """The names of the credentials that the operation takes in the query."""
    schemes = document.security_schemes
    for name in {name for requirement in operation.security for name in requirement}:
        match as_mapping(document.resolve(schemes.get(name))):
            case {"type": "apiKey", "in": "query", "name": str(key)}:
                yield key
