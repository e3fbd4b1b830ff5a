"""Lists the operations of a document: one for each method of each path template."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.document.base_paths import base_paths
from mockserver.contract.document.document import Document
from mockserver.contract.document.shape import METHODS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation:
    """One method of one path template.

    `id` is the operationId, or `METHOD /path` where the document has none or repeats it.
    `bases` are the paths of its servers; the first one has single slashes and no slash at its end.
    """

    id: str
    method: str
    template: str
    bases: tuple[str, ...]
    path_item: dict[str, Any]
    spec: dict[str, Any]
    security: list[dict[str, Any]]


def operations(document: Document) -> Iterator[Operation]:
    """Every operation of a document, in the document's order."""
    # An operationId must not be equal to the name of an operation without one.
    used = {f"{method.upper()} {template}" for template in document.data["paths"] for method in METHODS}
    for template, raw_item in document.data["paths"].items():
        if template.startswith("x-"):
            continue
        item = document.resolve(raw_item)
        for method in METHODS:
            if method not in item:
                continue
            spec = item[method]
            name = spec.get("operationId")
            if not isinstance(name, str) or name in used:
                name = f"{method.upper()} {template}"
            used.add(name)
            yield Operation(
                id=name,
                method=method.upper(),
                template=template,
                bases=base_paths(spec.get("servers") or item.get("servers") or document.data.get("servers")),
                path_item=item,
                spec=spec,
                security=spec.get("security", document.data.get("security", [])),
            )


def documented_parameters(document: Document, operation: Operation) -> list[Mapping[str, Any]]:
    """The operation's parameters. They override those of the path item with the same name and place."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for owner in (operation.spec, operation.path_item):
        for raw in owner.get("parameters", []):
            parameter = document.resolve(raw)
            found.setdefault((parameter["name"], parameter["in"]), parameter)
    return list(found.values())


def response_key(operation: Operation, status: str) -> str | None:
    """The key of the response that an operation documents for a status; None if there is none."""
    responses = operation.spec.get("responses", {})
    return next((key for key in (status, f"{status[0]}XX", "default") if key in responses), None)
