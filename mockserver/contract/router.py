"""Which operation does a path call: a tree of path segments, so that a thousand templates cost what one costs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from mockserver.contract.document.operations import Operation
from mockserver.errors import Refusal

__all__ = ["PARAMETER", "Route", "Router"]

PARAMETER = re.compile(r"\{([^{}]*)\}")
NEAR_PATHS = 3
# Percent-encoded characters that mean nothing else than themselves: all but `%` and RFC 3986's reserved ones.
MEANINGLESS = re.compile(r"(?:%(?!2[1346-9ABCF]|25|3[ABDF]|40|5[BD])[0-9A-F]{2})+", re.IGNORECASE)


class Route(NamedTuple):
    """An operation and the decoded values of its path parameters."""

    operation: Operation
    path: dict[str, str]


@dataclass(slots=True)
class _SegmentPattern:
    """A segment with text around its parameters, such as `{name}:cancel`."""

    literals: tuple[str, ...]
    node: _RouteNode

    def values(self, segment: str) -> tuple[str, ...] | None:
        """What stands between the literals, none of it empty; each parameter takes as little as it can."""
        first, *between, last = self.literals
        if not segment.startswith(first) or not segment.endswith(last):
            return None
        end = len(segment) - len(last)
        start = len(first)
        values = []
        for literal in between:
            found = segment.find(literal, start + 1, end)
            if found < 0:
                return None
            values.append(segment[start:found])
            start = found + len(literal)
        return (*values, segment[start:end]) if start < end else None


@dataclass(slots=True)
class _RouteNode:
    literals: dict[str, _RouteNode] = field(default_factory=dict)
    patterns: list[_SegmentPattern] = field(default_factory=list)
    parameter: _RouteNode | None = None
    # Method to operation, with the names of the template's parameters in the order of the path.
    operations: dict[str, tuple[Operation, tuple[str, ...]]] = field(default_factory=dict)


class Router:
    """Finds operations by method and raw path, the most concrete template first."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _RouteNode()
        self._templates: dict[str, None] = {}
        for operation in operations:
            for base in operation.bases:
                self._add(operation, base + operation.template)

    def find(self, method: str, raw_path: str) -> Route:
        """The operation that a request calls.

        `raw_path` keeps its percent-encoding, so that an encoded slash stays inside its segment.
        Raises Refusal: unknown-path, method-not-allowed.
        """
        straight = None if "%" in raw_path else self._straight(method, raw_path)
        if straight is not None:
            return straight
        segments = [(segment, _decoded(segment)) for segment in raw_path.split("/")[1:]]
        allowed: dict[str, None] = {}
        for node, values in _matches(self._root, segments, 0, ()):
            found = node.operations.get(method)
            if found is not None:
                operation, names = found
                return Route(operation, dict(zip(names, values, strict=True)))
            allowed.update(dict.fromkeys(node.operations))
        if allowed:
            methods = ", ".join(allowed)
            raise Refusal(
                "method-not-allowed",
                f"{method} is not an operation of this path; the contract has: {methods}.",
                headers=(("Allow", methods),),
            )
        raise Refusal("unknown-path", self._unknown(raw_path, segments))

    def _straight(self, method: str, path: str) -> Route | None:
        """What the most concrete way through the tree leads to, if it leads to the method: most paths need no other."""
        node = self._root
        values = []
        for segment in path.split("/")[1:]:
            literal = node.literals.get(segment)
            if literal is not None:
                node = literal
            elif node.parameter is not None and not node.patterns:
                values.append(segment)
                node = node.parameter
            else:
                return None
        found = node.operations.get(method)
        return Route(found[0], dict(zip(found[1], values, strict=True))) if found is not None else None

    def has(self, raw_path: str) -> bool:
        """Whether there is an operation of any method on a path."""
        segments = [(segment, _decoded(segment)) for segment in raw_path.split("/")[1:]]
        return next(_matches(self._root, segments, 0, ()), None) is not None

    def _unknown(self, raw_path: str, segments: list[tuple[str, str]]) -> str:
        detail = "The contract has no such path"
        if raw_path.endswith("/") and any(node.operations for node, _ in _matches(self._root, segments[:-1], 0, ())):
            return f"{detail}: it ends in a slash, the contract's does not."
        near = sorted(self._templates, key=lambda template: _distance(template, segments))[:NEAR_PATHS]
        return f"{detail}. The nearest it has: {', '.join(near)}." if near else f"{detail}; it has none at all."

    def _add(self, operation: Operation, template: str) -> None:
        self._templates[template] = None
        node = self._root
        names: list[str] = []
        for segment in template.split("/")[1:]:
            found = PARAMETER.findall(segment)
            names += found
            if not found:
                node = node.literals.setdefault(_decoded(segment), _RouteNode())
            elif segment == "{" + found[0] + "}":
                node.parameter = node.parameter or _RouteNode()
                node = node.parameter
            else:
                node = _pattern_node(node, segment)
        # The first of two templates that match the same paths wins: a document should not have both.
        node.operations.setdefault(operation.method, (operation, tuple(names)))


def _pattern_node(node: _RouteNode, segment: str) -> _RouteNode:
    literals = tuple(_decoded(part) for part in PARAMETER.split(segment)[::2])
    for pattern in node.patterns:
        if pattern.literals == literals:
            return pattern.node
    added = _SegmentPattern(literals, _RouteNode())
    node.patterns.append(added)
    node.patterns.sort(key=lambda pattern: -sum(map(len, pattern.literals)))
    return added.node


def _decoded(segment: str) -> str:
    # Bytes that are no UTF-8 become surrogates, for the judge to complain about.
    return unquote(segment, errors="surrogateescape") if "%" in segment else segment


def _matches(
    node: _RouteNode, segments: list[tuple[str, str]], index: int, values: tuple[str, ...]
) -> Iterator[tuple[_RouteNode, tuple[str, ...]]]:
    """Every node that the rest of the path leads to: literal segments before patterns, these before parameters."""
    if index == len(segments):
        if node.operations:
            yield node, values
        return
    raw, decoded = segments[index]
    literal = node.literals.get(decoded)
    if literal is not None:
        yield from _matches(literal, segments, index + 1, values)
    if node.patterns:
        # An encoded comma belongs to a value, a plain one stands between two.
        plain = MEANINGLESS.sub(lambda match: _decoded(match[0]), raw)
        for pattern, taken in _taken(node.patterns, plain):
            yield from _matches(pattern.node, segments, index + 1, values + tuple(map(_decoded, taken)))
    if node.parameter is not None:
        yield from _matches(node.parameter, segments, index + 1, (*values, decoded))
    if node.patterns and raw != decoded:
        # Clients that encode whatever they can mean the same all the same.
        for pattern, taken in _taken(node.patterns, decoded):
            yield from _matches(pattern.node, segments, index + 1, values + taken)


def _taken(patterns: list[_SegmentPattern], segment: str) -> Iterator[tuple[_SegmentPattern, tuple[str, ...]]]:
    for pattern in patterns:
        taken = pattern.values(segment)
        if taken is not None:
            yield pattern, taken


def _distance(template: str, segments: list[tuple[str, str]]) -> int:
    parts = template.split("/")[1:]
    different = sum(part != decoded and "{" not in part for part, (_, decoded) in zip(parts, segments, strict=False))
    return 2 * different + 3 * abs(len(parts) - len(segments))
