"""Arrays that satisfy a conjunction."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from mockserver.samples.conjunction import Conjunction
from mockserver.samples.keywords import as_list, as_size
from mockserver.samples.maker_protocol import MakerProtocol
from mockserver.samples.sample_errors import NoSample
from mockserver.samples.sample_position import SamplePosition

__all__ = ["make_array"]

# How often an item is made anew because it is there already.
MOST_TRIES = 40
MOST_CONTAINED = 1000


def make_array(conjunction: Conjunction, place: SamplePosition, making: MakerProtocol) -> list[Any]:
    """An array with the items it must have, or one where there is room."""
    return ArrayMaker(conjunction, place, making).make()


class ArrayMaker:
    """The items made so far, and those that it still has to contain."""

    def __init__(self, conjunction: Conjunction, place: SamplePosition, making: MakerProtocol) -> None:
        self.conjunction = conjunction
        self.place = place
        self.making = making
        self.low = conjunction.least("minItems", 0)
        self.high = conjunction.most("maxItems")
        self.tuple_length = max((len(as_list(items)) for items in conjunction.each("prefixItems")), default=0)
        self.unique = any(value is True for value in conjunction.each("uniqueItems"))
        self.wanted = wanted(conjunction)
        self.made: list[Any] = []

    def make(self) -> list[Any]:
        """The whole array. Raises NoSample."""
        if self.high is not None and self.low > self.high:
            text = f"an array cannot have at least {self.low} and at most {self.high} items"
            raise NoSample(text, self.place.pointer)
        count = max(self.low, self.usual_count())
        if self.high is not None:
            count = min(count, self.high)
        room = (self.place.room - count) // max(count, 1)
        while len(self.made) < count or self.wanted:
            if len(self.made) == self.high:
                raise NoSample(f"what it has to contain does not fit into {self.high} items", self.place.pointer)
            try:
                self.made.append(self.item(room))
            except NoSample:
                if len(self.made) < self.low or self.wanted:
                    raise
                break
        return self.made

    def usual_count(self) -> int:
        """How many items look natural: a tuple's, else one, none where there is no room or it would come again."""
        refs = (*self.place.refs, *self.conjunction.refs)
        if not self.place.room or self.making.leads_back(self.schemas(0), refs):
            return 0
        return self.tuple_length or 1

    def item(self, room: int) -> Any:
        """The next item: what has to be contained as soon as it fits."""
        index = len(self.made)
        schemas = self.schemas(index)
        place = self.place.below(index, refs=self.conjunction.refs, room=room)
        if self.wanted:
            with suppress(NoSample):
                item = self.new((*schemas, self.wanted[0]), place)
                del self.wanted[0]
                return item
            if index >= self.tuple_length:
                raise NoSample("what has to be contained is none of the items that it may have", place.pointer)
        return self.new((*schemas, *unwanted(self.conjunction)), place)

    def schemas(self, index: int) -> tuple[Any, ...]:
        """What the item at this index has to satisfy."""
        schemas = []
        for part in self.conjunction.parts:
            first = as_list(part.get("prefixItems"))
            if index < len(first):
                schemas.append(first[index])
            elif "items" in part:
                schemas.append(part["items"])
        return tuple(schemas)

    def new(self, schemas: tuple[Any, ...], place: SamplePosition) -> Any:
        """An item that is not there yet, where all must differ."""
        item = self.making.make(schemas, place)
        for _ in range(MOST_TRIES):
            if not self.unique or not any(same(item, other) for other in self.made):
                return item
            # Published examples would be the same again.
            item = self.making.make(schemas, place.afresh())
        raise NoSample("no more items that differ from each other were found", place.pointer)


def wanted(conjunction: Conjunction) -> list[Any]:
    """The schemas of `contains`, each as often as it has to be found."""
    found: list[Any] = []
    for part in conjunction.parts:
        if "contains" in part:
            least = as_size(part.get("minContains"))
            found += [part["contains"]] * min(1 if least is None else least, MOST_CONTAINED)
    return found


def unwanted(conjunction: Conjunction) -> tuple[Any, ...]:
    """What the other items must not be, where only so many may be found."""
    return tuple({"not": part["contains"]} for part in conjunction.parts if {"contains", "maxContains"} <= part.keys())


def same(first: Any, second: Any) -> bool:
    """Whether two values are equal in JSON, where true is not 1."""
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(first[name], second[name]) for name in first)
    return bool(first == second)
