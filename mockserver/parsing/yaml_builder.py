"""Builds data, with positions if wanted, from the events of a YAML text: in one pass and without recursion."""

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, NoReturn

import yaml

from mockserver.parsing.positions import AmbiguousScalar, Path, Position, PositionNode, TextError
from mockserver.parsing.yaml_scalars import other_reading, scalar_value

_TAG: Final = "tag:yaml.org,2002:"
_TEXT_TAGS: Final = ("!", f"{_TAG}str")
_PLAIN_TAGS: Final = {
    f"{_TAG}{kind}": types
    for kind, types in {"null": (type(None),), "bool": (bool,), "int": (int,), "float": (int, float)}.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The allowed levels of nesting, and the allowed number of values after aliases are expanded."""

    depth: int
    values: int


@dataclass(slots=True)
class _Collection:
    """A mapping (`members`) or a list (`items`) whose end has not been read yet."""

    anchor: str | None
    node: PositionNode | None
    members: dict[str, Any] | None
    items: list[Any] = field(default_factory=list)
    size: int = 1
    """The number of values in here, including the collection itself."""
    key: str | None = None
    """The key whose value comes next."""
    key_lines: dict[str, int] = field(default_factory=dict)
    merged: list[dict[str, Any]] = field(default_factory=list)


class _Anchored(NamedTuple):
    value: Any
    size: int
    node: PositionNode | None


class YamlBuilder:
    """Receives the events of one document in order; the result is in `data`, `root` and `ambiguous`.

    `with_positions` records the position of every value, which takes too much memory for a document of 13 MB.
    Without it the key `<<` merges another mapping, as in YAML 1.1.
    """

    def __init__(self, name: str, limits: Limits, *, with_positions: bool) -> None:
        self.name = name
        self.data: Any = None
        self.root: PositionNode | None = None
        self.ambiguous: list[AmbiguousScalar] = []
        self._limits = limits
        self._with_positions = with_positions
        self._documents = 0
        self._open: list[_Collection] = []
        # None while the anchored collection is still open.
        self._anchors: dict[str, _Anchored | None] = {}
        # Keys with the same text share one object: a large document repeats `type` and others thousands of times.
        self._keys: dict[str, str] = {}

    def handle(self, event: yaml.Event) -> None:
        """Process the next event. Raises TextError."""
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.CollectionStartEvent():
                self._start(event, {} if isinstance(event, yaml.MappingStartEvent) else None)
            case yaml.CollectionEndEvent():
                self._end(event)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._refuse(event, "a second document begins here; a file holds one")
            case yaml.StreamEndEvent() if not self._documents:
                self._refuse(event, "the file is empty")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if self._expects_key():
            self._key(self._open[-1], event)
            return
        is_plain = event.implicit[0]
        value = scalar_value(event.value) if is_plain else event.value
        if event.tag is not None and event.tag not in _TEXT_TAGS:
            value = self._tagged(event, event.tag)
        node = None
        if self._with_positions:
            node = PositionNode(_position(event))
            if is_plain and isinstance(value, str):
                self._note_ambiguous(event)
        self._add(event, value, 1, node, anchor=event.anchor)

    def _key(self, mapping: _Collection, event: yaml.ScalarEvent) -> None:
        # Always the text itself: `200`, `1.10` and `no` are not converted.
        key: str = event.value
        is_plain = event.implicit[0]
        if key == "<<" and is_plain and not self._with_positions:
            mapping.key = key
            return
        if key in mapping.key_lines:
            self._refuse(event, f"the key {key!r} is repeated (first in line {mapping.key_lines[key]})")
        position = _position(event)
        mapping.key_lines[key] = position.line
        mapping.key = self._keys.setdefault(key, key)
        if mapping.node is not None:
            mapping.node.keys[key] = position
            if is_plain:
                self._note_ambiguous(event)

    def _tagged(self, event: yaml.ScalarEvent, tag: str) -> Any:
        types = _PLAIN_TAGS.get(tag)
        if types is None:
            self._refuse(event, f"the tag {_short(tag)} is not supported")
        value = scalar_value(event.value)
        if type(value) not in types:
            self._refuse(event, f"{event.value!r} does not have the type of its tag {_short(tag)}")
        return value

    def _alias(self, event: yaml.AliasEvent) -> None:
        if self._expects_key():
            self._refuse(event, "a key must be text, not an alias")
        if event.anchor not in self._anchors:
            self._refuse(event, f"the alias *{event.anchor} has no anchor &{event.anchor} before it")
        anchored = self._anchors[event.anchor]
        if anchored is None:
            self._refuse(event, f"the alias *{event.anchor} is inside the value that it refers to")
        self._add(event, *anchored)

    def _start(self, event: yaml.CollectionStartEvent, members: dict[str, Any] | None) -> None:
        kind, tag = ("list", "seq") if members is None else ("mapping", "map")
        if self._expects_key():
            self._refuse(event, f"a key must be text, not a {kind}")
        if event.tag not in (None, "!", f"{_TAG}{tag}"):
            self._refuse(event, f"the tag {_short(event.tag)} is not supported")
        if len(self._open) >= self._limits.depth:
            self._refuse(event, f"nested deeper than {self._limits.depth} levels")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        node = PositionNode(_position(event)) if self._with_positions else None
        self._open.append(_Collection(event.anchor, node, members))

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        collection = self._open.pop()
        value: Any = collection.items if collection.members is None else collection.members
        for merged in collection.merged:
            value = merged | value
        self._add(event, value, collection.size, collection.node, anchor=collection.anchor)

    def _add(
        self, event: yaml.Event, value: Any, size: int, node: PositionNode | None, *, anchor: str | None = None
    ) -> None:
        """Add a finished value to the collection around it."""
        if anchor is not None:
            self._anchors[anchor] = _Anchored(value, size, node)
        if not self._open:
            self.data, self.root = value, node
            return
        parent = self._open[-1]
        parent.size += size
        if parent.size > self._limits.values:
            self._refuse(event, f"more than {self._limits.values:,} values, including those that aliases repeat")
        if parent.members is None:
            step: str | int = len(parent.items)
            parent.items.append(value)
        else:
            # Set, because the scalar before a value is its key.
            step, parent.key = parent.key or "", None
            if step == "<<" and step not in parent.key_lines:
                merged = value if isinstance(value, list) else [value]
                if not all(isinstance(mapping, dict) for mapping in merged):
                    self._refuse(event, "<< merges a mapping or a list of mappings")
                parent.merged += merged
                return
            parent.members[step] = value
        if parent.node is not None and node is not None:
            parent.node.members[step] = node

    def _expects_key(self) -> bool:
        parent = self._open[-1] if self._open else None
        return parent is not None and parent.members is not None and parent.key is None

    def _note_ambiguous(self, event: yaml.ScalarEvent) -> None:
        read_as = other_reading(event.value)
        if read_as is not None:
            path: Path = tuple(len(each.items) if each.members is None else each.key or "" for each in self._open)
            self.ambiguous.append(
                AmbiguousScalar(path=path, position=_position(event), text=event.value, read_as=read_as)
            )

    def _refuse(self, event: yaml.Event, problem: str) -> NoReturn:
        raise TextError(self.name, _position(event), problem)


def _position(event: yaml.Event) -> Position:
    mark = event.start_mark
    return Position(1, 1) if mark is None else Position(mark.line + 1, mark.column + 1)


def _short(tag: str | None) -> str:
    return (tag or "").replace(_TAG, "!!")
