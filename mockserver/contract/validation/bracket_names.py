"""Reads an object in the style deepObject: `filter[a]=1&filter[b][c]=2` is {"a": "1", "b": {"c": "2"}}."""

from collections.abc import Mapping, Sequence
from typing import Any

MAX_DEPTH = 64


def read_brackets(name: str, fields: Mapping[str, Sequence[str]]) -> Any:
    """The object that fields with names in brackets mean; a list if all names are `name[]`. Raises ValueError.

    `name[a][]` and repeated names are lists of texts.
    """
    tree: dict[str, Any] = {}
    for key, texts in fields.items():
        steps = key[len(name) + 1 : -1].split("][")
        if len(steps) > MAX_DEPTH:
            raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")
        is_list = steps[-1] == ""
        if is_list and len(steps) > 1:
            steps.pop()
        node, last = tree, steps[-1]
        for step in steps[:-1]:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                raise _contradiction(step)
        if isinstance(node.get(last), dict):
            raise _contradiction(last)
        node[last] = list(texts) if is_list or len(texts) > 1 else texts[0]
    return tree[""] if list(tree) == [""] else tree


def _contradiction(step: str) -> ValueError:
    return ValueError(f"{step!r} is a value and an object at once")
