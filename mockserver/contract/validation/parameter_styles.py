"""Reads the text of parameters, headers and form members by their style and type, where openapi-core is wrong."""

# ruff: noqa: D102, FBT001, ARG001  # openapi-core defines and documents these signatures

from collections.abc import Mapping
from functools import partial
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.deserializing.styles import style_deserializers
from openapi_core.deserializing.styles.deserializers import StyleDeserializer
from openapi_core.deserializing.styles.factories import StyleDeserializersFactory

from mockserver.contract.document.references import COMPOSITIONS


def only_type(schema: SchemaPath) -> str:
    """The only type besides null that a schema allows, also where alternatives name it; else an empty string."""
    types = _types(schema) - {"null"}
    return types.pop() if len(types) == 1 else ""


def _types(schema: SchemaPath) -> set[str]:
    if "type" in schema:
        types = (schema / "type").read_str_or_list()
        return {types} if isinstance(types, str) else set(types)
    return {name for keyword in COMPOSITIONS if keyword in schema for part in schema / keyword for name in _types(part)}


class Styles(StyleDeserializersFactory):
    """Makes readers that recognise an array or object also by a list of types, or by alternatives."""

    def create(self, spec: SchemaPath, schema: SchemaPath, style: str, explode: bool, name: str) -> StyleDeserializer:
        caster = self.schema_casters_factory.create(spec, schema)
        return StyleDeserializer(style, explode, name, only_type(schema), caster, self.style_deserializers.get(style))


def _label(explode: bool, name: str, schema_type: str, location: Mapping[str, Any]) -> Any:
    raw = location[name]
    if not raw.startswith("."):
        raise ValueError("a label begins with a dot")
    return _split(raw[1:], schema_type, "." if explode else ",", pairs=explode)


def _matrix(explode: bool, name: str, schema_type: str, location: Mapping[str, Any]) -> Any:
    raw = location[name]
    if not raw.startswith(";"):
        raise ValueError("a matrix parameter begins with a semicolon")
    if explode and schema_type in {"object", "array"}:
        pairs = [_pair(part) for part in raw[1:].split(";")]
        if schema_type == "object":
            return dict(pairs)
        if any(key != name for key, _ in pairs):
            raise ValueError(f"every part must be {name}=…")
        return [value for _, value in pairs]
    key, value = _pair(raw[1:])
    if key != name:
        raise ValueError(f"it must be {name}=…")
    return _split(value, schema_type, ",", pairs=False)


def _split(text: str, schema_type: str, separator: str, *, pairs: bool) -> Any:
    """A list, an object (`a=1.b=2` with pairs, else `a,1,b,2`), or for other types the text itself."""
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


def _delimited(delimiter: str, explode: bool, name: str, schema_type: str, location: Mapping[str, Any]) -> Any:
    if explode and schema_type == "array":
        return style_deserializers["form"](explode, name, schema_type, location)
    return _split(location[name], schema_type, delimiter, pairs=False)


def _deep_object(explode: bool, name: str, schema_type: str, location: Mapping[str, Any]) -> Any:
    """`filter[a]=1&filter[b][c]=2` is {"a": "1", "b": {"c": "2"}}; `filter[a][]=1` and repeated names are lists."""
    tree: dict[str, Any] = {}
    found = False
    for key in location:
        if not key.startswith(f"{name}[") or not key.endswith("]"):
            continue
        found = True
        values: Any = location.getlist(key) if hasattr(location, "getlist") else [location[key]]
        steps = key[len(name) + 1 : -1].split("][")
        if steps[-1] == "" and len(steps) > 1:
            steps.pop()
        elif len(values) == 1:
            values = values[0]
        node = tree
        for step in steps[:-1]:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                # openapi-core expects a ValueError from every reader.
                raise ValueError(f"{name}[{step}] is a value and an object at once")  # noqa: TRY004  # see above
        node[steps[-1]] = values
    if not found:
        raise KeyError(name)
    return tree


STYLES: dict[str, Any] = {
    **style_deserializers,
    "label": _label,
    "matrix": _matrix,
    "spaceDelimited": partial(_delimited, " "),
    "pipeDelimited": partial(_delimited, "|"),
    "deepObject": _deep_object,
}
