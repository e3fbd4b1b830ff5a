"""Adjusts a loaded document in memory, so that openapi-core reads it as its authors mean it; the file stays as it is.

The reason for each adjustment is in the list of corrections (`contract.validation.corrections`).
"""

from __future__ import annotations

from typing import Any

from mockserver.contract.document.references import discriminator_mappings, objects
from mockserver.parsing import json_pointers

__all__ = ["NULL_ONLY", "adjust"]

NULL_ONLY: dict[str, Any] = {"enum": [None], "nullable": True}
"""The OpenAPI 3.0 schema that only null satisfies."""

PLACES = ("path", "query", "header", "cookie")
STYLES = ("simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject")

# What belongs to the member, not to its value: it must stay where `required` and documentation look for it.
OUTER_MEMBERS = ("title", "description", "readOnly", "writeOnly", "deprecated", "default", "example")


def adjust(data: dict[str, Any]) -> None:
    """Adjust a document in memory, before openapi-core sees it; the file stays as it is."""
    is_30 = data["openapi"].startswith("3.0")
    for node in objects(data):
        if is_30 and node.get("nullable") is True and isinstance(node.get("allOf"), list):
            _accept_null(node)
        if node.get("type") == "http" and isinstance(node.get("scheme"), str):
            node["scheme"] = node["scheme"].lower()
        if node.keys() & {"in", "schema", "content"}:
            node.pop("deprecated", None)
        if "schema" in node and not isinstance(node["schema"], dict):
            _complete_schema(node)
        if node.get("in") in PLACES and "name" in node and node.get("type") != "apiKey":
            _complete_parameter(node)
    for mapping in discriminator_mappings(data):
        for value, target in mapping.items():
            if isinstance(target, str) and not target.startswith("#"):
                mapping[value] = "#" + json_pointers.join(["components", "schemas", target])


def _accept_null(node: dict[str, Any]) -> None:
    inner = {key: node.pop(key) for key in list(node) if key not in OUTER_MEMBERS}
    del inner["nullable"]
    node["anyOf"] = [inner, dict(NULL_ONLY)]


def _complete_schema(node: dict[str, Any]) -> None:
    match node["schema"]:
        case bool(anything):
            node["schema"] = {} if anything else {"not": {}}
        case None:
            del node["schema"]


def _complete_parameter(node: dict[str, Any]) -> None:
    if not node.keys() & {"schema", "content"}:
        node["schema"] = {}
    if node.get("style", "form") not in STYLES:
        del node["style"]
