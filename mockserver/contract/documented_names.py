"""Checks the names in requests against the names that the contract documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import Any, Final

from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation
from mockserver.contract.document.subschemas import as_mapping
from mockserver.contract.named_members import DocumentedMembers, Members
from mockserver.contract.query_object import QueryObject
from mockserver.contract.undocumented_names import NameSearch, UndocumentedName
from mockserver.limits.step_budget import StepBudget, StepLimitReached
from mockserver.messages import Request
from mockserver.parsing.media_types import essence, is_form, is_json, is_xml

MAX_BODIES: Final = 20_000
"""How many descriptions of bodies are kept."""

NO_NAMES: Final[frozenset[str]] = frozenset()


class DocumentedNames:
    """The names that one document documents. They are read for an operation when it is first called."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._members = DocumentedMembers(document)
        self._bodies: dict[tuple[str, str], Members | None] = {}
        # For operations with one media type and a flat body.
        self._sufficient: dict[str, frozenset[str]] = {}
        self._queries: dict[str, tuple[QueryObject, Members | None]] = {}

    def undocumented(self, operation: Operation, request: Request, body: Any) -> tuple[UndocumentedName, ...]:
        """The names in a request that are not documented. `body` is the value that its body was read as."""
        if type(body) is dict and not request.query and body.keys() <= self._sufficient.get(operation.id, NO_NAMES):
            return ()
        names = NameSearch()
        with suppress(StepLimitReached):
            if request.query:
                self._search_query(operation, request, names)
            if type(body) is dict or type(body) is list:
                members = self._of_body(operation, request, names.budget)
                if members is not None:
                    names.search("body", body, members)
        return tuple(names.found)

    def _of_body(self, operation: Operation, request: Request, budget: StepBudget) -> Members | None:
        """What is documented about a body, or None. Only JSON, XML and forms have members."""
        key = (operation.id, essence(request.headers.get("content-type", "")))
        if key not in self._bodies:
            if len(self._bodies) >= MAX_BODIES:
                self._bodies.clear()
            is_object = is_json(key[1]) or is_form(key[1]) or is_xml(key[1])
            found = self._members.of(list(self._schemas(operation, key[1])), budget) if is_object else None
            self._bodies[key] = found
            if found is not None and found.is_flat and len(self._content(operation)) == 1:
                self._sufficient[operation.id] = found.names
        return self._bodies[key]

    def _content(self, operation: Operation) -> Mapping[str, Any]:
        return as_mapping(as_mapping(self._document.resolve(operation.spec.get("requestBody"))).get("content"))

    def _schemas(self, operation: Operation, media_type: str) -> Iterator[Any]:
        """The schemas for a media type: those of its own name, else those of a range such as `application/*`."""
        content = self._content(operation)
        own = [key for key in content if essence(key) == media_type]
        for key in own or [key for key in content if fnmatchcase(media_type, essence(key))]:
            yield as_mapping(self._document.resolve(content[key])).get("schema")

    def _search_query(self, operation: Operation, request: Request, names: NameSearch) -> None:
        if operation.id not in self._queries:
            query = QueryObject(self._document, operation, self._members, names.budget)
            self._queries[operation.id] = query, self._members.of([query.schema], names.budget)
        query, members = self._queries[operation.id]
        if members is not None:
            names.search("query", query.read(request.query_values), members)
