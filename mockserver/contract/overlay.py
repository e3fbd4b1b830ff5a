"""Overlays: what is laid over a document when it is loaded (OpenAPI Overlay 1.0), so that its file stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mockserver.errors import SpecError

__all__ = ["lay_over"]


def lay_over(data: Any, overlay: Any, path: Path) -> None:
    """Lay an overlay over the root of a document, in place; `path` is where the overlay lies.

    Of the Overlay Specification what is needed: actions whose target is `$` and which update. Raises SpecError.
    """
    actions = overlay.get("actions") if isinstance(overlay, dict) else None
    if not isinstance(data, dict) or not isinstance(actions, list) or not str(overlay.get("overlay")).startswith("1."):
        raise SpecError(f"{path}: not an overlay: it needs `overlay: 1.0.0` and a list of `actions`")
    for action in actions:
        match action:
            case {"target": "$", "update": dict(update)} if "remove" not in action:
                _merge(data, update)
            case _:
                raise SpecError(f"{path}: only actions with `target: $` and an `update` are understood")


def _merge(target: dict[str, Any], update: dict[str, Any]) -> None:
    """As the Overlay Specification has it: objects are merged, lists are joined, anything else is replaced."""
    for name, value in update.items():
        known = target.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            _merge(known, value)
        elif isinstance(known, list):
            target[name] = known + (value if isinstance(value, list) else [value])
        else:
            target[name] = value
