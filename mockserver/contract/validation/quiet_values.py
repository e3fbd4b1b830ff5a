"""Copies of JSON values with a short text, because each error of jsonschema contains its whole value as text.

A thousand errors about a body of 1 MB would need 1 GB, and are shown with 80 characters each.
"""

from __future__ import annotations

from typing import Any


class _QuietArray(list[Any]):
    __slots__ = ()

    def __repr__(self) -> str:
        return "an array"


class _QuietObject(dict[str, Any]):
    __slots__ = ()

    def __repr__(self) -> str:
        return "an object"


def quiet(value: Any) -> Any:
    """An equal value whose arrays and objects have a short text: `repr` does not list their contents."""
    # Not isinstance: openapi-core has classes of its own for the values of forms.
    if type(value) is list:
        return _QuietArray(map(quiet, value))
    if type(value) is dict:
        return _QuietObject((name, quiet(member)) for name, member in value.items())
    return value
