"""Checks the parts of a document that the mock relies on. The first problem is reported in one line, with its place.

This is not a full validation: published documents break the OpenAPI specification in many harmless ways.
"""

import re
from pathlib import Path
from typing import Any

from mockserver.contract.document.references import resolve
from mockserver.errors import SpecError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PARAMETER_PLACES = ("path", "query", "header", "cookie")
VERSION = re.compile(r"3\.[01](\.[0-9]+)?(-.*)?")
BRACES = re.compile(r"(?:[^{}]|\{[^{}]+\})*+")
A_MAPPING = "must be a mapping"
STATUS = re.compile(r"[1-5][0-9][0-9]|[1-5][xX][xX]|default|x-.*", re.DOTALL)


def check_root(path: Path, data: Any) -> None:
    """Check the members at the root, and add those that may be missing. Raises SpecError."""
    root = str(path)
    _require(isinstance(data, dict), root, "not an OpenAPI document: its root is not a mapping")
    swagger, version = data.get("swagger"), data.get("openapi")
    _require("swagger" not in data, root, f"Swagger {swagger!r} is not supported; convert it to OpenAPI 3.0 or 3.1")
    problem = f"`openapi` must be text, such as '3.0.3'; write {version} in quotes"
    _require(not isinstance(version, float), root, problem)
    is_supported = isinstance(version, str) and VERSION.fullmatch(version)
    _require(is_supported, root, f"`openapi` must be 3.0.x or 3.1.x, is {version!r}")
    may_lack_paths = version.startswith("3.1") and data.keys() & {"webhooks", "components"}
    has_paths = "paths" in data or may_lack_paths
    for member in ("info", "paths", "components"):
        _require(isinstance(data.setdefault(member, {}), dict), root, f"`{member}` must be a mapping")
    _require(_is_list_of_mappings(data.get("servers", [])), root, "`servers` must be a list of mappings")
    components = data["components"]
    for member in [member for member, value in components.items() if value is None]:
        del components[member]
    for member, value in components.items():
        is_valid = isinstance(value, dict) or member.startswith("x-")
        _require(is_valid, root, f"components: `{member}` must be a mapping")
    _require(has_paths, root, "`paths` is missing: there is nothing to serve")


def check_contents(path: Path, data: dict[str, Any]) -> None:
    """Check the operations and security schemes. Raises SpecError, or BrokenReferenceError without the path."""
    for name, raw in data["components"].get("securitySchemes", {}).items():
        _require(isinstance(resolve(data, raw), dict), f"{path}: components: securitySchemes", f"{name!r} {A_MAPPING}")
    _check_security(f"{path}: the root", data)
    for template, raw_item in data["paths"].items():
        if template.startswith("x-"):
            continue
        place = f"{path}: paths: {template!r}"
        _require(template.startswith("/"), place, "must begin with a slash")
        _require(BRACES.fullmatch(template), place, "has unbalanced or empty braces")
        item = resolve(data, raw_item)
        _require(isinstance(item, dict), place, A_MAPPING)
        _check_parameters(place, data, item)
        for method in METHODS:
            operation = item.get(method, {})
            _require(isinstance(operation, dict), place, f"`{method}` {A_MAPPING}")
            _check_operation(f"{place}: {method}", data, operation)


def _check_operation(place: str, data: dict[str, Any], operation: dict[str, Any]) -> None:
    _check_parameters(place, data, operation)
    _check_security(place, operation)
    responses = operation.get("responses", {})
    _require(isinstance(responses, dict), place, f"`responses` {A_MAPPING}")
    for status in responses:
        problem = f"responses: {status!r} is not a status: it must be such as 200, 2XX or default"
        _require(STATUS.fullmatch(status), place, problem)
    if "requestBody" in operation:
        body = resolve(data, operation["requestBody"])
        has_content = isinstance(body, dict) and isinstance(body.get("content"), dict)
        _require(has_content, place, f"`requestBody` {A_MAPPING} with a mapping `content`")


def _check_parameters(place: str, data: dict[str, Any], owner: dict[str, Any]) -> None:
    parameters = owner.get("parameters", [])
    _require(isinstance(parameters, list), place, "`parameters` must be a list")
    for raw in parameters:
        parameter = resolve(data, raw)
        has_name = isinstance(parameter, dict) and isinstance(parameter.get("name"), str)
        _require(has_name, place, f"every parameter {A_MAPPING} with a `name`")
        expected = f"`in` must be {', '.join(PARAMETER_PLACES)}, is {parameter.get('in')!r}"
        _require(parameter.get("in") in PARAMETER_PLACES, place, f"parameter {parameter['name']!r}: {expected}")


def _check_security(place: str, owner: dict[str, Any]) -> None:
    _require(_is_list_of_mappings(owner.get("security", [])), place, "`security` must be a list of mappings")


def _is_list_of_mappings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _require(condition: object, place: str, problem: str) -> None:
    if not condition:
        raise SpecError(f"{place}: {problem}")
