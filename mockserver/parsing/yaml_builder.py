"""Builds data, and marks if asked, from the events of a YAML text: in one pass and without recursion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NoReturn

import yaml

from mockserver.parsing.positions import Position, PositionNode
from mockserver.parsing.text_errors import TextError
from mockserver.parsing.yaml_scalars import AmbiguousScalar, meaning, other_reading

__all__ = ["Builder", "Limits"]

_TAG: Final = "tag:yaml.org,2002:"
_TEXT_TAGS: Final = ("!", f"{_TAG}str")
_PLAIN_TAGS: Final = {
    f"{_TAG}{kind}": types
    for kind, types in {"null": (type(None),), "bool": (bool,), "int": (int,), "float": (int, float)}.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How deep a text may nest, and how many values it may hold once its aliases are expanded."""

    depth: int
    nodes: int


class _Frame:
    """A mapping or a list that is still open."""

    __slots__ = ("anchor", "items", "key", "lines", "mark", "members", "merged", "nodes")

    def __init__(
        self, members: dict[str, Any] | None, items: list[Any], anchor: str | None, mark: PositionNode | None
    ) -> None:
        self.members = members
        self.items = items
        self.anchor = anchor
        self.mark = mark
        self.nodes = 1
        self.key: str | None = None
        self.lines: dict[str, int] = {}
        self.merged: list[dict[str, Any]] = []


@dataclass(frozen=True, slots=True)
class _Anchored:
    value: Any
    nodes: int
    mark: PositionNode | None


class Builder:
    """Takes the events of one document, in order; `data`, `mark` and `bent` are what comes of them.

    `marking` keeps the place of every value, which a document of 13 MB has no room for. `merging` says that
    the key `<<` merges another mapping, as YAML 1.1 has it.
    """

    def __init__(self, *, name: str, limits: Limits, marking: bool, merging: bool) -> None:
        self.name = name
        self.limits = limits
        self.marking = marking
        self.merging = merging
        self.data: Any = None
        self.mark: PositionNode | None = None
        self.bent: list[AmbiguousScalar] = []
        self._documents = 0
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Anchored | None] = {}
        # One object for all keys of the same text: a large document repeats `type` and `description` for ever.
        self._keys: dict[str, str] = {}

    def take(self, event: yaml.Event) -> None:
        """Build what the next event stands for."""
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.CollectionStartEvent():
                self._open(event, {} if isinstance(event, yaml.MappingStartEvent) else None)
            case yaml.CollectionEndEvent():
                self._close(event)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._refuse(event, "a second document begins here; a file holds one")
            case yaml.StreamEndEvent() if not self._documents:
                self._refuse(event, "the file is empty")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if self._awaits_key():
            self._key(self._frames[-1], event)
            return
        plain = event.implicit[0]
        value = meaning(event.value) if plain else event.value
        if event.tag is not None and event.tag not in _TEXT_TAGS:
            value = self._tagged(event, event.tag)
        mark = None
        if self.marking:
            mark = PositionNode(_place(event))
            if plain and isinstance(value, str):
                self._note_bent(event, self._path(), key=False)
        self._keep(value, 1, mark, event.anchor)
        self._add(value, 1, mark, event)

    def _key(self, frame: _Frame, event: yaml.ScalarEvent) -> None:
        # The text itself: `200`, `1.10` and `no` as keys are what they look like.
        text: str = event.value
        if self.merging and text == "<<" and event.implicit[0]:
            frame.key = text
            return
        if text in frame.lines:
            self._refuse(event, f"the key {text!r} is repeated; it stands in line {frame.lines[text]} already")
        frame.lines[text] = _place(event).line
        frame.key = self._keys.setdefault(text, text)
        if frame.mark is not None:
            frame.mark.keys[text] = _place(event)
            if event.implicit[0]:
                self._note_bent(event, self._path(), key=True)

    def _tagged(self, event: yaml.ScalarEvent, tag: str) -> Any:
        types = _PLAIN_TAGS.get(tag)
        if types is None:
            self._refuse(event, f"the tag {_shown(tag)} has no meaning here")
        value = meaning(event.value)
        if type(value) not in types:
            self._refuse(event, f"{event.value!r} is not what its tag {_shown(tag)} says")
        return value

    def _alias(self, event: yaml.AliasEvent) -> None:
        if self._awaits_key():
            self._refuse(event, "a key must be text, not an alias")
        if event.anchor not in self._anchors:
            self._refuse(event, f"the alias *{event.anchor} has no anchor &{event.anchor} before it")
        anchored = self._anchors[event.anchor]
        if anchored is None:
            self._refuse(event, f"the alias *{event.anchor} stands inside of what it stands for")
        self._add(anchored.value, anchored.nodes, anchored.mark, event)

    def _open(self, event: yaml.CollectionStartEvent, members: dict[str, Any] | None) -> None:
        kind = "list" if members is None else "mapping"
        if self._awaits_key():
            self._refuse(event, f"a key must be text, not a {kind}")
        if event.tag not in (None, "!", f"{_TAG}{'seq' if members is None else 'map'}"):
            self._refuse(event, f"the tag {_shown(event.tag)} has no meaning here")
        if len(self._frames) >= self.limits.depth:
            self._refuse(event, f"nested deeper than {self.limits.depth} levels")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._frames.append(_Frame(members, [], event.anchor, PositionNode(_place(event)) if self.marking else None))

    def _close(self, event: yaml.CollectionEndEvent) -> None:
        frame = self._frames.pop()
        value: Any = frame.items
        if frame.members is not None:
            value = frame.members
            for merged in frame.merged:
                value = merged | value
        self._keep(value, frame.nodes, frame.mark, frame.anchor)
        self._add(value, frame.nodes, frame.mark, event)

    def _keep(self, value: Any, nodes: int, mark: PositionNode | None, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = _Anchored(value, nodes, mark)

    def _add(self, value: Any, nodes: int, mark: PositionNode | None, event: yaml.Event) -> None:
        if not self._frames:
            self.data, self.mark = value, mark
            return
        frame = self._frames[-1]
        frame.nodes += nodes
        if frame.nodes > self.limits.nodes:
            self._refuse(event, f"more than {self.limits.nodes:,} values, counted with what aliases stand for")
        if frame.members is None:
            if frame.mark is not None and mark is not None:
                frame.mark.members[len(frame.items)] = mark
            frame.items.append(value)
            return
        key = frame.key
        frame.key = None
        if key is None:  # pragma: no cover  # a key is always a scalar: see _awaits_key
            return
        if key == "<<" and key not in frame.lines:
            self._merge(frame, value, event)
            return
        frame.members[key] = value
        if frame.mark is not None and mark is not None:
            frame.mark.members[key] = mark

    def _merge(self, frame: _Frame, value: Any, event: yaml.Event) -> None:
        for mapping in value if isinstance(value, list) else [value]:
            if not isinstance(mapping, dict):
                self._refuse(event, "<< merges a mapping or a list of mappings")
            frame.merged.append(mapping)

    def _awaits_key(self) -> bool:
        frame = self._frames[-1] if self._frames else None
        return frame is not None and frame.members is not None and frame.key is None

    def _path(self) -> tuple[str | int, ...]:
        return tuple(len(frame.items) if frame.members is None else frame.key or "" for frame in self._frames)

    def _note_bent(self, event: yaml.ScalarEvent, path: tuple[str | int, ...], *, key: bool) -> None:
        taken_for = other_reading(event.value)
        if taken_for is not None:
            place = _place(event)
            self.bent.append(
                AmbiguousScalar(
                    path=path, key=key, line=place.line, column=place.column, text=event.value, taken_for=taken_for
                )
            )

    def _refuse(self, event: yaml.Event, problem: str) -> NoReturn:
        place = _place(event)
        raise TextError(name=self.name, line=place.line, column=place.column, problem=problem)


def _place(event: yaml.Event) -> Position:
    mark = event.start_mark
    return Position(1, 1) if mark is None else Position(mark.line + 1, mark.column + 1)


def _shown(tag: str | None) -> str:
    return (tag or "").replace(_TAG, "!!")
