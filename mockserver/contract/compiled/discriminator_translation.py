"""Translates what a discriminator selects for jsonschema-rs."""

from collections.abc import Callable, Collection
from typing import Any

from mockserver.contract.document.discriminators import Discriminator, json_values


def by_value(
    discriminator: Discriminator, values: Collection[str], translate: Callable[[Any], Any], otherwise: dict[str, Any]
) -> dict[str, Any]:
    """A schema that applies to each value the schema it selects, and to everything else the schema `otherwise`."""
    if not values:
        return otherwise
    branches = [
        {**_selecting(discriminator.member, [value]), "allOf": [translate(discriminator.choices[value])]}
        for value in values
    ]
    others = {"not": _selecting(discriminator.member, values), "allOf": [otherwise]}
    # jsonschema-rs selects a branch directly if an `anyOf` has no other branches.
    return {"anyOf": [others, {"anyOf": branches}]}


def _selecting(member: str, values: Collection[str]) -> dict[str, Any]:
    """The schema of the objects in which the discriminator's member has one of the values."""
    listed = [each for value in values for each in json_values(value)]
    return {"type": "object", "required": [member], "properties": {member: {"enum": listed}}}
