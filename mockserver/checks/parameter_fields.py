"""Writes the values of parameters as the fields of a request, in the styles of OpenAPI."""

import json
from collections.abc import Mapping
from typing import Any, Final

_DELIMITERS: Final = {"spaceDelimited": " ", "pipeDelimited": "|"}

Fields = list[tuple[str, str]]


def parameter_fields(parameter: Mapping[str, Any], value: Any) -> Fields:
    """The names and texts for a value. Members of members are left out: only JSON can express them."""
    name, place = parameter["name"], parameter["in"]
    if "content" in parameter:
        return [(name, json.dumps(value))]
    style = parameter.get("style") or ("form" if place in {"query", "cookie"} else "simple")
    explode = parameter.get("explode", style == "form")
    match value:
        case list():
            texts = list(map(_text, value))
            is_repeated = explode and style == "form"
            return (
                [(name, text) for text in texts] if is_repeated else [(name, _DELIMITERS.get(style, ",").join(texts))]
            )
        case dict():
            return _object_fields(name, value, style, explode=explode)
    return [(name, _text(value))]


def _object_fields(name: str, value: Mapping[str, Any], style: str, *, explode: bool) -> Fields:
    members = [(key, _text(inner)) for key, inner in value.items() if not isinstance(inner, list | dict)]
    if style == "deepObject":
        return [(f"{name}[{key}]", text) for key, text in members]
    if not explode:
        return [(name, ",".join(step for pair in members for step in pair))]
    return members if style == "form" else [(name, ",".join(f"{key}={text}" for key, text in members))]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
