"""Which members of an object a schema speaks of, with patterns that cannot hang.

jsonschema matches the patterns of `patternProperties` with Python's `re`; these are the keywords that do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jsonschema.exceptions import ValidationError

from mockserver.contract.patterns.compiled_pattern import compile_pattern

__all__ = ["additional_properties", "extra_members", "pattern_properties", "unevaluated_properties"]

Keyword = Any
Schema = Mapping[str, Any]


def extra_members(instance: Mapping[str, Any], schema: Schema) -> list[str]:
    """The members that neither `properties` nor `patternProperties` of a schema name."""
    named = set(schema.get("properties", ()))
    for pattern in schema.get("patternProperties", ()):
        named.update(_matching(pattern, instance))
    return [name for name in instance if name not in named]


def pattern_properties(validator: Any, patterns: Schema, instance: Any, _: Schema) -> Iterator[ValidationError]:
    """The keyword `patternProperties`."""
    if validator.is_type(instance, "object"):
        for pattern, schema in patterns.items():
            for name in _matching(pattern, instance):
                yield from validator.descend(instance[name], schema, path=name, schema_path=pattern)


def additional_properties(keyword: Keyword) -> Keyword:
    """A dialect's keyword `additionalProperties`, which is told by name what the patterns have taken."""

    def wrapped(validator: Any, schema: Any, instance: Any, parent: Schema) -> Iterator[ValidationError]:
        if "patternProperties" in parent and isinstance(instance, dict):
            extra = set(extra_members(instance, parent))
            parent = {"properties": [name for name in instance if name not in extra]}
        yield from keyword(validator, schema, instance, parent)

    return wrapped


def unevaluated_properties(validator: Any, schema: Any, instance: Any, parent: Schema) -> Iterator[ValidationError]:
    """The keyword `unevaluatedProperties`."""
    if not validator.is_type(instance, "object"):
        return
    evaluated = _evaluated(validator, instance, parent)
    for name in instance:
        if name in evaluated:
            continue
        if schema is False:
            yield ValidationError(f"{name!r} is not a member that the contract knows here", path=[name])
        else:
            yield from validator.descend(instance[name], schema, path=name, schema_path=name)


def _evaluated(validator: Any, instance: Mapping[str, Any], schema: Any) -> set[str]:
    """The members that a schema, or what it is made of, has looked at."""
    if not isinstance(schema, dict):
        return set()
    found = set(schema.get("properties", ())) & instance.keys()
    for pattern in schema.get("patternProperties", ()):
        found.update(_matching(pattern, instance))
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if keyword in schema:
            found.update(name for name in instance if _holds(validator, instance[name], schema[keyword]))
    for keyword in ("$ref", "$dynamicRef"):
        if keyword in schema:
            resolved = validator._resolver.lookup(schema[keyword])  # noqa: SLF001  # as jsonschema's own keywords do
            target = validator.evolve(schema=resolved.contents, _resolver=resolved.resolver)
            found |= _evaluated(target, instance, resolved.contents)
    for part in _parts_that_hold(validator, instance, schema):
        found |= _evaluated(validator, instance, part)
    return found


def _parts_that_hold(validator: Any, instance: Mapping[str, Any], schema: Schema) -> Iterator[Any]:
    """The schemas beside which a schema stands, of those that are about the same instance and hold."""
    for keyword in ("allOf", "oneOf", "anyOf"):
        yield from (part for part in schema.get(keyword, ()) if _holds(validator, instance, part))
    yield from (part for name, part in schema.get("dependentSchemas", {}).items() if name in instance)
    if "if" in schema:
        holds = _holds(validator, instance, schema["if"])
        if holds:
            yield schema["if"]
        yield schema.get("then" if holds else "else", True)


def _holds(validator: Any, instance: Any, schema: Any) -> bool:
    return next(iter(validator.descend(instance, schema)), None) is None


def _matching(pattern: str, names: Iterable[str]) -> list[str]:
    compiled = compile_pattern(pattern)
    return [name for name in names if compiled.search(name)]
