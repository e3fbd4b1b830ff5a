"""Finds the operation of a request in a tree of path segments, so that the number of operations does not matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from mockserver.contract.document.operations import Operation
from mockserver.contract.nearest_paths import NearestPaths
from mockserver.errors import Refusal
from mockserver.limits.memo import Memo

PARAMETER = re.compile(r"\{([^{}]*)\}")
MAX_SUGGESTIONS = 3
# Percent-encoded characters that mean the same without encoding: all except `%` and the reserved ones (RFC 3986, 2.2).
UNRESERVED = re.compile(r"(?:%(?!2[1346-9ABCF]|25|3[ABDF]|40|5[BD])[0-9A-F]{2})+", re.IGNORECASE)


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
        """The text between the literals, or None if the segment does not match. Each value is as short as possible."""
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
    # Maps a method to its operation and the names of the template's parameters, in the order of the path.
    operations: dict[str, tuple[Operation, tuple[str, ...]]] = field(default_factory=dict)


class Router:
    """Finds operations by method and raw path. The most specific template wins. HEAD also finds operations of GET."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _RouteNode()
        templates: dict[str, None] = {}
        added = list(operations)
        for operation in added:
            for base in operation.bases:
                self._add(operation, base + operation.template, operation.method)
                # A base path with doubled slashes is also served with single ones.
                if "//" not in f"{base}/":
                    templates[base + operation.template] = None
        self._nearest = NearestPaths(templates)
        # Most clients call few paths.
        self._recent = Memo(self._find, entries=512, longest=300, size=lambda call: len(call[1]))
        self._unknown = Memo(self._detail_of_unknown, entries=64, longest=300)
        # HEAD is answered like GET (RFC 9110, section 9.3.2), unless the document describes HEAD itself.
        for operation in added:
            for base in operation.bases if operation.method == "GET" else ():
                self._add(operation, base + operation.template, "HEAD")

    def find(self, method: str, raw_path: str) -> Route:
        """The operation that a request calls.

        `raw_path` is percent-encoded, so an encoded slash does not end a segment.
        Raises Refusal: unknown-path, method-not-allowed.
        """
        return self._recent[method, raw_path]

    def _find(self, call: tuple[str, str]) -> Route:
        """The operation for a method and a raw path. Raises Refusal, as `find` does."""
        method, raw_path = call
        route = None if "%" in raw_path else self._find_directly(method, raw_path)
        if route is not None:
            return route
        segments = _segments(raw_path)
        allowed: dict[str, None] = {}
        for node, values in _matches(self._root, segments, 0, ()):
            found = node.operations.get(method)
            if found is not None:
                return Route(found[0], dict(zip(found[1], values, strict=True)))
            allowed.update(dict.fromkeys(node.operations))
        if allowed:
            methods = ", ".join(allowed)
            detail = f"{method} is not an operation of this path; this path has: {methods}."
            raise Refusal("method-not-allowed", detail, headers=(("Allow", methods),))
        raise Refusal("unknown-path", self._unknown[raw_path])

    def _find_directly(self, method: str, path: str) -> Route | None:
        """The operation at the most specific node, if it has the method. For most paths this is enough."""
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
        """Whether a path has an operation for any method."""
        return self._leads_to_operations(_segments(raw_path))

    def has_below(self, raw_path: str) -> bool:
        """Whether a template starts with all segments of a path."""
        return next(_matches(self._root, _segments(raw_path), 0, ()), None) is not None

    def _leads_to_operations(self, segments: list[tuple[str, str]]) -> bool:
        return any(node.operations for node, _ in _matches(self._root, segments, 0, ()))

    def _detail_of_unknown(self, raw_path: str) -> str:
        segments = _segments(raw_path)
        if raw_path.endswith("/") and self._leads_to_operations(segments[:-1]):
            return "The contract has no such path: it ends with a slash, but the documented path does not."
        closest = self._nearest.of([decoded for _, decoded in segments], MAX_SUGGESTIONS)
        suggestion = f"Did you mean {' or '.join(closest)}?" if closest else "It has no paths at all."
        return f"The contract has no such path. {suggestion}"

    def _add(self, operation: Operation, template: str, method: str) -> None:
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
        # Of two templates that match the same paths, the first one in the document wins.
        node.operations.setdefault(method, (operation, tuple(names)))


def _pattern_node(node: _RouteNode, segment: str) -> _RouteNode:
    literals = tuple(_decoded(part) for part in PARAMETER.split(segment)[::2])
    for pattern in node.patterns:
        if pattern.literals == literals:
            return pattern.node
    added = _SegmentPattern(literals, _RouteNode())
    node.patterns.append(added)
    node.patterns.sort(key=lambda pattern: -sum(map(len, pattern.literals)))
    return added.node


def _segments(raw_path: str) -> list[tuple[str, str]]:
    """The segments of a path, each raw and decoded."""
    return [(segment, _decoded(segment)) for segment in raw_path.split("/")[1:]]


def _decoded(segment: str) -> str:
    # Bytes that are not UTF-8 become surrogates. The validator reports them.
    return unquote(segment, errors="surrogateescape") if "%" in segment else segment


def _matches(
    node: _RouteNode, segments: list[tuple[str, str]], index: int, values: tuple[str, ...]
) -> Iterator[tuple[_RouteNode, tuple[str, ...]]]:
    """Every node that the segments from `index` lead to, the most specific first. It may have no operations."""
    if index == len(segments):
        yield node, values
        return
    raw, decoded = segments[index]
    literal = node.literals.get(decoded)
    if literal is not None:
        yield from _matches(literal, segments, index + 1, values)
    if node.patterns:
        # An encoded comma is a part of a value, a plain comma can separate two values.
        plain = UNRESERVED.sub(lambda match: _decoded(match[0]), raw)
        for pattern, found in _matching(node.patterns, plain):
            yield from _matches(pattern.node, segments, index + 1, values + tuple(map(_decoded, found)))
    if node.parameter is not None:
        yield from _matches(node.parameter, segments, index + 1, (*values, decoded))
    if node.patterns and raw != decoded:
        # Some clients also encode the separators.
        for pattern, found in _matching(node.patterns, decoded):
            yield from _matches(pattern.node, segments, index + 1, values + found)


def _matching(patterns: list[_SegmentPattern], segment: str) -> Iterator[tuple[_SegmentPattern, tuple[str, ...]]]:
    for pattern in patterns:
        values = pattern.values(segment)
        if values is not None:
            yield pattern, values
