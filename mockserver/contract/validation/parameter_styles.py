"""Reads the text of parameters, headers and form members by their style and type, where openapi-core is wrong."""

# ruff: noqa: D102, FBT001, ARG001  # openapi-core defines and documents these signatures

from collections.abc import Mapping
from functools import partial
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.deserializing.exceptions import DeserializeError
from openapi_core.deserializing.styles.deserializers import StyleDeserializer
from openapi_core.deserializing.styles.factories import StyleDeserializersFactory

from mockserver.contract.validation.casters import SingleText, types_of
from mockserver.messages import Headers
from mockserver.parsing.text_values import list_elements


def only_type(schema: SchemaPath) -> str:
    """The only type besides null that a schema allows, also where its parts name it; else an empty string."""
    return types_of(schema).only


class Styles(StyleDeserializersFactory):
    """Makes readers that find the type array or object in all parts of a schema, also beside other types."""

    def create(self, spec: SchemaPath, schema: SchemaPath, style: str, explode: bool, name: str) -> StyleDeserializer:
        caster = self.schema_casters_factory.create(spec, schema)
        return _StyleReader(style, explode, name, "", caster, self.style_deserializers.get(style, _simple))


class _StyleReader(StyleDeserializer):
    def deserialize(self, location: Mapping[str, Any]) -> Any:
        types = types_of(self.caster.schema)
        kinds = [kind for kind in types.named if kind in {"array", "object"}]
        if not kinds or (types.scalars and len(values_of(self.name, location)) < 2):
            kinds.append("")
        if len(kinds) == 1:
            return self._read(kinds[0], location)
        # The schema decides which of its types the text is.
        readings = [self._read_or_error(kind, location) for kind in kinds]
        found = [reading for reading in readings if not isinstance(reading, DeserializeError)]
        if not found:
            raise readings[0]
        caster: Any = self.caster
        return next(filter(caster.accepts, found), found[0])

    def _read_or_error(self, schema_type: str, location: Mapping[str, Any]) -> Any:
        try:
            return self._read(schema_type, location)
        except DeserializeError as error:
            return error

    def _read(self, schema_type: str, location: Mapping[str, Any]) -> Any:
        read: Any = self.deserializer_callable
        try:
            return self.caster.cast(read(self.explode, self.name, schema_type, location))
        except (ValueError, TypeError) as error:
            raise DeserializeError(self.style, self.name) from error


def values_of(name: str, location: Mapping[str, Any]) -> list[str]:
    """Every value that was sent under a name."""
    if hasattr(location, "getlist"):
        return list(location.getlist(name))
    return [location[name]] if name in location else []


def _simple(explode: bool, name: str, schema_type: str, location: Mapping[str, Any]) -> Any:
    text = location[name]
    if not isinstance(location, Headers) or schema_type not in {"array", "object"}:
        return _split(text, schema_type, ",", pairs=explode)
    if schema_type == "array" or explode:
        return _combine(list_elements(text), schema_type, pairs=explode)
    # In `a,1,b,2` an empty value keeps its place.
    return _combine([part.strip(" \t") for part in text.split(",")], schema_type, pairs=False)


def _form(explode: bool, name: str, schema_type: str, location: Mapping[str, Any]) -> Any:
    if not explode or schema_type != "array":
        return _split(location[name], schema_type, "&" if explode else ",", pairs=explode)
    if name not in location:
        raise KeyError(name)
    # A cookie is repeated, or has all values: `a=1; a=2` or `a=1&a=2`. In a query, `&` is already split.
    return [part for value in values_of(name, location) for part in value.split(f"&{name}=")]


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
    return _combine(text.split(separator), schema_type, pairs=pairs) if schema_type else text


def _combine(parts: list[str], schema_type: str, *, pairs: bool) -> Any:
    if schema_type == "array":
        return parts
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
        return _form(explode, name, schema_type, location)
    return _split(location[name], schema_type, delimiter, pairs=False)


def _deep_object(explode: bool, name: str, schema_type: str, location: Mapping[str, Any]) -> Any:
    """`filter[a]=1&filter[b][c]=2` is {"a": "1", "b": {"c": "2"}}; `filter[a][]=1` and repeated names are lists.

    An array may also be sent as `filter[]=1` or `filter[0]=1`.
    """
    tree: dict[str, Any] = {}
    found = False
    for key in location:
        if not key.startswith(f"{name}[") or not key.endswith("]"):
            continue
        found = True
        values: Any = location.getlist(key) if hasattr(location, "getlist") else [location[key]]
        steps = key[len(name) + 1 : -1].split("][")
        if steps[-1] == "":
            # The name of an array itself ends with empty brackets: its values stay under the empty name.
            steps = steps[:-1] or steps
        elif len(values) == 1:
            values = SingleText(values[0])
        node = tree
        for step in steps[:-1]:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                # openapi-core expects a ValueError from every reader.
                raise ValueError(f"{name}[{step}] is a value and an object at once")  # noqa: TRY004  # see above
        node[steps[-1]] = values
    if not found:
        raise KeyError(name)
    return tree[""] if schema_type == "array" and tree.keys() == {""} else tree


STYLES: dict[str, Any] = {
    "simple": _simple,
    "form": _form,
    "label": _label,
    "matrix": _matrix,
    "spaceDelimited": partial(_delimited, " "),
    "pipeDelimited": partial(_delimited, "|"),
    "deepObject": _deep_object,
}
