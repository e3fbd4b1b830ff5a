"""The JSON Schema of the file format, for editors."""

from __future__ import annotations

import json
from typing import Any

from mockserver.scenarios.format.file_model import ScenarioModel

__all__ = ["scenario_schema", "schema_text"]


def scenario_schema() -> dict[str, Any]:
    """The schema, as JSON Schema 2020-12."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Scenario"}
    schema: dict[str, Any] = _as_written(ScenarioModel.model_json_schema())
    return head | schema


def schema_text() -> str:
    """The schema as `mockserver schema` prints it and `scenarios/scenario.schema.json` holds it."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


def _as_written(node: Any) -> Any:
    """The schema without what pydantic adds for Python: titles, defaults that are objects, and null.

    Null is how the model says that a key may be left out; in a file it may not be written.
    """
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    if not isinstance(node, dict):
        return node
    members = {key: _as_written(item) for key, item in node.items() if not _is_noise(key, item)}
    choices = [choice for choice in members.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        del members["anyOf"]
        return choices[0] | members
    return members


def _is_noise(key: str, item: Any) -> bool:
    # The format itself has no key of either name.
    return (key == "title" and isinstance(item, str)) or (key == "default" and not isinstance(item, int | str))
