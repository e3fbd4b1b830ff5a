"""Adjusts a loaded document in memory, so that openapi-core reads it as its authors mean it. The file is not changed.

The list of corrections in `contract/validation/corrections.py` has the reason for each adjustment.
"""

from typing import Any

from mockserver.contract.document.member_marks import MemberMarks
from mockserver.contract.document.references import COMPOSITIONS, SCHEMAS, nodes, refer, resolve, resolve_pointer
from mockserver.contract.document.shape import PARAMETER_PLACES
from mockserver.parsing import json_pointers

NULL_ONLY: dict[str, Any] = {"enum": [None], "nullable": True}
"""The OpenAPI 3.0 schema that only null satisfies."""

STYLES = ("simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject")

# OpenAPI ignores header parameters with these names: `content`, `responses` and `security` describe them.
IGNORED_HEADERS = frozenset({"accept", "authorization", "content-type"})

# These keywords describe the member, not its value. They have to stay on the outer schema.
MEMBER_KEYWORDS = ("title", "description", "readOnly", "writeOnly", "deprecated", "default", "example")

# These keywords do not restrict the value.
ANNOTATIONS_TEXT = """
$comment $defs $ref definitions default deprecated description example examples externalDocs readOnly summary title
writeOnly xml
"""
ANNOTATIONS = frozenset(ANNOTATIONS_TEXT.split())


def adjust(data: dict[str, Any]) -> bool:
    """Adjust the data of a document in place. Returns whether it has discriminators."""
    is_30 = data["openapi"].startswith("3.0")
    has_discriminators = False
    marks = MemberMarks(data)
    for node in nodes(data):
        marks.copy_to(node)
        if is_30 and node.get("nullable") is True and any(isinstance(node.get(name), list) for name in COMPOSITIONS):
            _accept_null(node)
        _adjust(node)
        if not is_30:
            _keep_beside_reference(data, node.get("schema"))
        if "requestBody" in node and not _has_content(resolve(data, node["requestBody"])):
            del node["requestBody"]
        has_discriminators |= "discriminator" in node
        match node.get("discriminator"):
            case {"mapping": dict(mapping)}:
                _name_schemas(mapping)
    return has_discriminators


def _keep_beside_reference(data: dict[str, Any], schema: Any) -> None:
    """Move the outermost reference of a schema into `allOf`, if there are keywords beside it that restrict the value.

    The outermost reference may lead to another one.
    """
    seen: set[int] = set()
    while isinstance(schema, dict) and isinstance(ref := schema.get("$ref"), str) and id(schema) not in seen:
        seen.add(id(schema))
        if any(keyword not in ANNOTATIONS and not keyword.startswith("x-") for keyword in schema):
            del schema["$ref"]
            refer(schema, ref)
            return
        schema = resolve_pointer(data, ref)


def _name_schemas(mapping: dict[str, Any]) -> None:
    for value, target in mapping.items():
        if isinstance(target, str) and not target.startswith("#"):
            mapping[value] = SCHEMAS + json_pointers.escape(target)


def _accept_null(schema: dict[str, Any]) -> None:
    inner = {keyword: schema.pop(keyword) for keyword in list(schema) if keyword not in MEMBER_KEYWORDS}
    del inner["nullable"]
    schema["anyOf"] = [inner, dict(NULL_ONLY)]


def _has_content(body: Any) -> bool:
    return not isinstance(body, dict) or body.get("content", {}) != {}


def _adjust(node: dict[str, Any]) -> None:
    if node.get("content", ...) == {}:
        del node["content"]
    if node.keys() & {"in", "schema", "content"}:
        node.pop("deprecated", None)
    match node.get("schema", {}):
        case bool(accepts_all):
            node["schema"] = {} if accepts_all else {"not": {}}
        case None:
            del node["schema"]
    if node.get("in") in PARAMETER_PLACES and "name" in node and node.get("type") != "apiKey":
        if node["in"] == "header" and str(node["name"]).lower() in IGNORED_HEADERS:
            for member in ("required", "content", "style", "explode"):
                node.pop(member, None)
            node["schema"] = {}
        elif not node.keys() & {"schema", "content"}:
            node["schema"] = {}
        if node.get("style", "form") not in STYLES:
            del node["style"]
