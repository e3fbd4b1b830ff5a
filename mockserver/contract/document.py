"""The OpenAPI document: read from one folder, made one piece, adjusted in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockserver.contract.bundle import Bundle
from mockserver.contract.corrections import adjust
from mockserver.contract.tree import resolve
from mockserver.errors import SpecError

__all__ = ["METHODS", "Document", "load_document"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A loaded document: every `$ref` in `data` is local, `files` are all that were read."""

    path: Path
    data: dict[str, Any]
    files: tuple[Path, ...]

    @property
    def is_31(self) -> bool:
        """True for OpenAPI 3.1, whose schemas are JSON Schema 2020-12."""
        return str(self.data["openapi"]).startswith("3.1")

    @property
    def title(self) -> str:
        """The title of `info`."""
        return str(self.data["info"].get("title", ""))

    @property
    def version(self) -> str:
        """The version of `info`."""
        return str(self.data["info"].get("version", ""))

    def resolve(self, node: Any) -> Any:
        """The node itself, or what its `$ref` points to, however many steps away."""
        return resolve(self.data, node)


def load_document(path: Path) -> Document:
    """Read an OpenAPI 3.0 or 3.1 document, YAML or JSON, with all the files of its folder that it refers to.

    Raises SpecError: missing or unreadable file, other format or version, a `$ref` that leaves the folder or
    leads nowhere.
    """
    path = Path(path)
    bundle = Bundle(path)
    data = bundle.data
    _check_shape(path, data)
    bundle.join()
    try:
        _check_paths(path, data)
    except RecursionError:
        raise SpecError(f"{path}: nested too deeply") from None
    adjust(data)
    return Document(path=path, data=data, files=tuple(bundle.files))


def _check_shape(path: Path, data: Any) -> None:
    if not isinstance(data, dict):
        raise SpecError(f"{path}: not an OpenAPI document: its root is not a mapping")
    if "swagger" in data:
        raise SpecError(f"{path}: Swagger {data['swagger']} is not served; convert it to OpenAPI 3.0 or 3.1")
    version = data.get("openapi")
    if not isinstance(version, str) or not version.startswith(("3.0", "3.1")):
        raise SpecError(f"{path}: `openapi` must be 3.0.x or 3.1.x, found {version!r}")
    for member in ("info", "paths", "components"):
        if not isinstance(data.setdefault(member, {}), dict):
            raise SpecError(f"{path}: `{member}` must be a mapping")


def _check_paths(path: Path, data: dict[str, Any]) -> None:
    for template, raw_item in data["paths"].items():
        if template.startswith("x-"):
            continue
        where = f"{path}: paths: {template!r}"
        if not template.startswith("/"):
            raise SpecError(f"{where} must begin with a slash")
        item = resolve(data, raw_item)
        if not isinstance(item, dict):
            raise SpecError(f"{where} must be a mapping")
        for method in METHODS:
            operation = item.get(method, {})
            if not isinstance(operation, dict):
                raise SpecError(f"{where}: {method} must be a mapping")
            _check_operation(data, f"{where}: {method}", item, operation)


def _check_operation(data: dict[str, Any], where: str, item: dict[str, Any], operation: dict[str, Any]) -> None:
    for owner in (item, operation):
        parameters = owner.get("parameters", [])
        if not isinstance(parameters, list):
            raise SpecError(f"{where}: `parameters` must be a list")
        for raw_parameter in parameters:
            parameter = resolve(data, raw_parameter)
            if not isinstance(parameter, dict) or not isinstance(parameter.get("name"), str):
                raise SpecError(f"{where}: every parameter needs a `name`")
            if parameter.get("in") not in {"path", "query", "header", "cookie"}:
                name, place = parameter["name"], parameter.get("in")
                raise SpecError(
                    f"{where}: parameter {name!r}: `in` must be path, query, header or cookie, is {place!r}"
                )
    for member in ("responses", "requestBody"):
        if not isinstance(operation.get(member, {}), dict):
            raise SpecError(f"{where}: `{member}` must be a mapping")
