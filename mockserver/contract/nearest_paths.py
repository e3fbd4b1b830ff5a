"""Finds the path templates that are nearest to an unknown path, whatever the number of templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final, NamedTuple

SIMILAR_SEGMENT: Final = 1
ANOTHER_SEGMENT: Final = 2
MISSING_SEGMENT: Final = 3
MAX_STEPS: Final = 64
"""The steps of a search. A document with many similar paths may have a nearer path than those found by then."""
LONGEST_COMPARED: Final = 60


@dataclass(slots=True, eq=False)
class _TemplateNode:
    """A segment of templates. `first` is the lowest number of the templates that contain it.

    `shortest` and `longest` are the numbers of segments of these templates. `template` ends at this node and has this
    `number`. The children are in the order of the document. `spellings` is filled when it is first needed.
    """

    first: int
    shortest: int
    longest: int
    number: int = 0
    template: str | None = None
    children: dict[str, _TemplateNode] = field(default_factory=dict)
    parameters: list[_TemplateNode] = field(default_factory=list)
    literals: list[_TemplateNode] = field(default_factory=list)
    spellings: dict[str, _TemplateNode] = field(default_factory=dict)

    def nearest(self, segment: str) -> tuple[_TemplateNode | None, int]:
        """The child that equals a segment or is similar to it, if there is one, and its distance."""
        equal = self.children.get(segment)
        if equal is not None:
            return equal, 0
        if not self.spellings:
            for name, child in self.children.items():
                for spelling in _spellings(name) if "{" not in name else ():
                    self.spellings.setdefault(spelling, child)
        return next(
            (self.spellings[each] for each in _spellings(segment) if each in self.spellings), None
        ), SIMILAR_SEGMENT

    def child(self, part: str, number: int, length: int) -> _TemplateNode:
        """The child for a segment of a template with this number and length."""
        child = self.children.get(part)
        if child is None:
            child = self.children[part] = _TemplateNode(number, length, length)
            (self.parameters if "{" in part else self.literals).append(child)
        child.shortest, child.longest = min(child.shortest, length), max(child.longest, length)
        return child


class _Literals(NamedTuple):
    """The literal children of a node from `start` on, except one that equals the segment or is similar to it."""

    node: _TemplateNode
    start: int
    without: _TemplateNode | None


class NearestPaths:
    """Templates by their distance to a path: segments that differ, and segments that it has too many or too few.

    A parameter equals every segment. Of two templates with the same distance, the first one in the document is nearer.
    """

    def __init__(self, templates: Iterable[str]) -> None:
        split = {template: template.split("/")[1:] for template in templates}
        lengths = [*map(len, split.values())]
        self._root = _TemplateNode(0, min(lengths, default=0), max(lengths, default=0))
        for number, (template, parts) in enumerate(split.items()):
            node = self._root
            for part in parts:
                node = node.child(part, number, len(parts))
            node.number, node.template = number, template

    def of(self, segments: list[str], count: int) -> list[str]:
        """The nearest templates to a path with these decoded segments, the nearest first."""
        search = _NearestSearch(segments)
        search.add_children(self._root, 0, 0)
        return search.found(count)


class _NearestSearch:
    """A search that looks at the most promising part of the tree first.

    An entry of the queue has the least distance that is possible there, the number of the first template, a number that
    makes it unique, the depth, the distance so far, and what to look at: a template, a node, or literal children.
    """

    def __init__(self, segments: list[str]) -> None:
        self._segments = segments
        self._length = len(segments)
        self._queue: list[tuple[int, int, int, int, int, str | _TemplateNode | _Literals]] = []
        self._entries = 0

    def found(self, count: int) -> list[str]:
        """This many templates, the nearest first."""
        found: list[str] = []
        steps = 0
        while self._queue and len(found) < count:
            _, _, _, depth, distance, item = heappop(self._queue)
            steps += 1
            if isinstance(item, str):
                found.append(item)
            elif isinstance(item, _TemplateNode):
                if item.template is not None:
                    missing = MISSING_SEGMENT * abs(depth - self._length)
                    self._add(distance + missing, item.number, depth, distance, item.template)
                self.add_children(item, depth, distance)
            elif steps <= MAX_STEPS or not item.start:
                literal = item.node.literals[item.start]
                if literal is not item.without:
                    self._add_node(literal, depth, distance)
                self._add_literals(item._replace(start=item.start + 1), depth, distance)
        return found

    def add_children(self, node: _TemplateNode, depth: int, distance: int) -> None:
        """Add the children of a node at this depth to the queue."""
        segment = self._segments[depth] if depth < self._length else None
        nearest = None
        if segment is not None:
            nearest, different = node.nearest(segment)
            if nearest is not None:
                self._add_node(nearest, depth + 1, distance + different)
        for child in node.parameters:
            if child is not nearest:
                self._add_node(child, depth + 1, distance)
        different = 0 if segment is None else ANOTHER_SEGMENT
        self._add_literals(_Literals(node, 0, nearest), depth + 1, distance + different)

    def _add_node(self, node: _TemplateNode, depth: int, distance: int) -> None:
        self._add(distance + self._missing(node), node.first, depth, distance, node)

    def _add_literals(self, literals: _Literals, depth: int, distance: int) -> None:
        node = literals.node
        if literals.start < len(node.literals):
            first = node.literals[literals.start].first
            self._add(distance + self._missing(node), first, depth, distance, literals)

    def _missing(self, node: _TemplateNode) -> int:
        """The least distance that the lengths of the templates below a node add."""
        return MISSING_SEGMENT * max(node.shortest - self._length, self._length - node.longest, 0)

    def _add(self, least: int, first: int, depth: int, distance: int, item: str | _TemplateNode | _Literals) -> None:
        self._entries += 1
        heappush(self._queue, (least, first, self._entries, depth, distance, item))


def _spellings(segment: str) -> Iterator[str]:
    """A segment in lower case, and without one of its characters. Similar segments have one of these in common."""
    lowered = segment[:LONGEST_COMPARED].lower()
    yield lowered
    if len(lowered) > 1:
        yield from (lowered[:index] + lowered[index + 1 :] for index in range(len(lowered)))
