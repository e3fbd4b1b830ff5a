"""Reads parameters that OpenAPI's styles write, where openapi-core's own readers err (see `corrections`)."""

# ruff: noqa: FBT001, ARG001  # the signature of a style's reader is openapi-core's

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi_core.deserializing.styles import style_deserializers

__all__ = ["STYLES"]


def _label(explode: bool, name: str, schema_type: str, location: Mapping[str, Any]) -> Any:
    raw = location[name]
    if not raw.startswith("."):
        raise ValueError("a label begins with a dot")
    return _composed(raw[1:], schema_type, "." if explode else ",", pairs=explode)


def _matrix(explode: bool, name: str, schema_type: str, location: Mapping[str, Any]) -> Any:
    raw = location[name]
    if not raw.startswith(";"):
        raise ValueError("a matrix parameter begins with a semicolon")
    if explode and schema_type == "object":
        return dict(_pair(part) for part in raw[1:].split(";"))
    if explode and schema_type == "array":
        pairs = [_pair(part) for part in raw[1:].split(";")]
        if any(key != name for key, _ in pairs):
            raise ValueError(f"every part must be {name}=…")
        return [value for _, value in pairs]
    key, value = _pair(raw[1:])
    if key != name:
        raise ValueError(f"it must be {name}=…")
    return _composed(value, schema_type, ",", pairs=False)


def _composed(text: str, schema_type: str, separator: str, *, pairs: bool) -> Any:
    """A list, an object (`a=1.b=2` with pairs, else `a,1,b,2`) or the text itself."""
    if schema_type == "array":
        return text.split(separator)
    if schema_type != "object":
        return text
    parts = text.split(separator)
    if pairs:
        return dict(_pair(part) for part in parts)
    if len(parts) % 2:
        raise ValueError("a name without a value")
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise ValueError("a name without a value")
    return key, value


def _delimited(delimiter: str) -> Any:
    def read(explode: bool, name: str, schema_type: str, location: Mapping[str, Any]) -> Any:
        if explode and schema_type == "array":
            return _form(explode, name, schema_type, location)
        return _composed(location[name], schema_type, delimiter, pairs=False)

    return read


def _deep_object(explode: bool, name: str, schema_type: str, location: Mapping[str, Any]) -> Any:
    """`filter[a]=1&filter[b][c]=2` is {"a": "1", "b": {"c": "2"}}; `filter[a][]=1` and repeated names are lists."""
    tree: dict[str, Any] = {}
    found = False
    for key in location:
        if not key.startswith(f"{name}[") or not key.endswith("]"):
            continue
        found = True
        values = _all(location, key)
        steps = key[len(name) + 1 : -1].split("][")
        if steps[-1] == "" and len(steps) > 1:
            steps.pop()
            value: Any = values
        else:
            value = values[0] if len(values) == 1 else values
        node = tree
        for step in steps[:-1]:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                # A ValueError as from every reader: it is the client's query that is wrong, not a type here.
                raise ValueError(f"{name}[{step}] is a value and an object at once")  # noqa: TRY004  # see above
        node[steps[-1]] = value
    if not found:
        raise KeyError(name)
    return tree


def _all(location: Mapping[str, Any], key: str) -> list[Any]:
    values: list[Any] = location.getlist(key) if hasattr(location, "getlist") else [location[key]]
    return values


def _form(explode: bool, name: str, schema_type: str, location: Mapping[str, Any]) -> Any:
    return style_deserializers["form"](explode, name, schema_type, location)


def exploded_members(location: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    """The members of an exploded form-style object: those of the query's names that belong to it."""
    return {key: location[key] for key in names if key in location}


STYLES = {
    **style_deserializers,
    "label": _label,
    "matrix": _matrix,
    "spaceDelimited": _delimited(" "),
    "pipeDelimited": _delimited("|"),
    "deepObject": _deep_object,
}
