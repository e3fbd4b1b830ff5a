"""What a document must look like to be served at all; whatever breaks it is one line with its place.

It is no validation of the document: published ones break their own specification in many ways that do no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mockserver.contract.document.references import resolve
from mockserver.errors import SpecError

__all__ = ["METHODS", "check_contents", "check_root"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
VERSION = re.compile(r"3\.[01](\.[0-9]+)?(-.*)?")
BRACES = re.compile(r"(?:[^{}]|\{[^{}]+\})*+")
STATUS = re.compile(r"[1-5][0-9][0-9]|[1-5][xX][xX]|default|x-.*", re.DOTALL)
PLACES = ("path", "query", "header", "cookie")


def check_root(path: Path, data: Any) -> None:
    """Check, and complete, what every document has. Raises SpecError."""
    if not isinstance(data, dict):
        raise SpecError(f"{path}: not an OpenAPI document: its root is not a mapping")
    if "swagger" in data:
        raise SpecError(f"{path}: Swagger {data['swagger']!r} is not served; convert it to OpenAPI 3.0 or 3.1")
    version = data.get("openapi")
    if isinstance(version, float):
        raise SpecError(f"{path}: `openapi` must be text, such as '3.0.3'; write {version} in quotes")
    if not isinstance(version, str) or not VERSION.fullmatch(version):
        raise SpecError(f"{path}: `openapi` must be 3.0.x or 3.1.x, is {version!r}")
    without_paths = "paths" not in data and (version.startswith("3.0") or not {"webhooks", "components"} & data.keys())
    for member in ("info", "paths", "components"):
        if not isinstance(data.setdefault(member, {}), dict):
            raise SpecError(f"{path}: `{member}` must be a mapping")
    servers = data.get("servers", [])
    if not isinstance(servers, list) or not all(isinstance(server, dict) for server in servers):
        raise SpecError(f"{path}: `servers` must be a list of mappings")
    _check_components(path, data["components"])
    if without_paths:
        raise SpecError(f"{path}: `paths` is missing: there is nothing to serve")


def _check_components(path: Path, components: dict[str, Any]) -> None:
    for member in [member for member, value in components.items() if value is None]:
        del components[member]
    for member, value in components.items():
        if not isinstance(value, dict) and not member.startswith("x-"):
            raise SpecError(f"{path}: components: `{member}` must be a mapping")


def check_contents(path: Path, data: dict[str, Any]) -> None:
    """Check the operations and security schemes. Raises SpecError."""
    for name, raw in data["components"].get("securitySchemes", {}).items():
        if not isinstance(resolve(data, raw), dict):
            raise SpecError(f"{path}: components: securitySchemes: {name!r} must be a mapping")
    for where, problem in _problems(data):
        raise SpecError(f"{path}: {where}: {problem}")


def _problems(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong, each with its place; the first is enough."""
    if problem := _security_problem(data):
        yield "the root", problem
    for template, raw_item in data["paths"].items():
        if template.startswith("x-"):
            continue
        where = f"paths: {template!r}"
        if not template.startswith("/"):
            yield where, "must begin with a slash"
        if not BRACES.fullmatch(template):
            yield where, "a brace is never closed, or closes nothing"
        item = resolve(data, raw_item)
        if not isinstance(item, dict):
            yield where, "must be a mapping"
            continue
        yield from ((where, problem) for problem in _parameter_problems(data, item))
        for method in METHODS:
            operation = item.get(method, {})
            if isinstance(operation, dict):
                yield from ((f"{where}: {method}", problem) for problem in _operation_problems(data, operation))
            else:
                yield where, f"`{method}` must be a mapping"


def _operation_problems(data: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    yield from _parameter_problems(data, operation)
    if problem := _security_problem(operation):
        yield problem
    responses = operation.get("responses", {})
    if not isinstance(responses, dict):
        yield "`responses` must be a mapping"
    elif wrong := [status for status in responses if not STATUS.fullmatch(status)]:
        yield f"responses: {wrong[0]!r} is no status: it must be such as 200, 2XX or default"
    if "requestBody" in operation:
        body = resolve(data, operation["requestBody"])
        if not isinstance(body, dict) or not isinstance(body.get("content"), dict):
            yield "`requestBody` must be a mapping with a mapping `content`"


def _parameter_problems(data: dict[str, Any], owner: dict[str, Any]) -> Iterator[str]:
    parameters = owner.get("parameters", [])
    if not isinstance(parameters, list):
        yield "`parameters` must be a list"
        return
    for raw in parameters:
        parameter = resolve(data, raw)
        if not isinstance(parameter, dict) or not isinstance(parameter.get("name"), str):
            yield "every parameter must be a mapping with a `name`"
        elif parameter.get("in") not in PLACES:
            yield f"parameter {parameter['name']!r}: `in` must be {', '.join(PLACES)}, is {parameter.get('in')!r}"


def _security_problem(owner: dict[str, Any]) -> str:
    security = owner.get("security", [])
    if isinstance(security, list) and all(isinstance(requirement, dict) for requirement in security):
        return ""
    return "`security` must be a list of mappings"
