"""Makes arrays that satisfy several schemas at once: a conjunction."""

from contextlib import suppress
from typing import Any

from mockserver.contract.document.subschemas import as_list
from mockserver.parsing.json_values import are_equal
from mockserver.samples.alternatives import leads_back
from mockserver.samples.conjunction import Conjunction
from mockserver.samples.keywords import as_size
from mockserver.samples.sample_context import NoSample, PartMaker, SamplePosition

# How often an item is made again because an equal item exists.
MAX_TRIES = 40
ITEMS_IN_A_STEP = 4
MAX_CONTAINED = 1000


class ArrayMaker:
    """Makes one array: the items that it must have, or one item where there is room for it."""

    def __init__(self, conjunction: Conjunction, position: SamplePosition, maker: PartMaker) -> None:
        self.conjunction = conjunction
        self.position = position
        self.maker = maker
        self.min_items = conjunction.at_least("minItems")
        self.max_items = conjunction.at_most("maxItems")
        self.tuple_length = max((len(as_list(items)) for items in conjunction.each("prefixItems")), default=0)
        self.unique = any(value is True for value in conjunction.each("uniqueItems"))
        self.to_contain = schemas_to_contain(conjunction)
        self.items: list[Any] = []

    def make(self) -> list[Any]:
        """The whole array. Raises NoSample."""
        if self.max_items is not None and self.min_items > self.max_items:
            reason = f"an array cannot have at least {self.min_items} and at most {self.max_items} items"
            raise NoSample(reason, self.position.pointer)
        count = max(self.min_items, self.usual_count())
        if self.max_items is not None:
            count = min(count, self.max_items)
        room = (self.position.room - count) // max(count, 1)
        while len(self.items) < count or self.to_contain:
            if len(self.items) == self.max_items:
                reason = f"the items that it must contain do not fit into {self.max_items} items"
                raise NoSample(reason, self.position.pointer)
            try:
                self.items.append(self.item(room))
            except NoSample:
                if len(self.items) < self.min_items or self.to_contain:
                    raise
                break
        return self.items

    def usual_count(self) -> int:
        """How many items look natural: those of a tuple, else one; none without room or where they would recur."""
        refs = (*self.position.refs, *self.conjunction.refs)
        if not self.position.room or any(leads_back(schema, refs) for schema in self.schemas(0)):
            return 0
        return self.tuple_length or 1

    def item(self, room: int) -> Any:
        """The next item. Items that the array must contain come as early as the other schemas allow."""
        index = len(self.items)
        schemas = self.schemas(index)
        position = self.position.child(index, refs=self.conjunction.refs, room=room)
        if self.to_contain:
            with suppress(NoSample):
                item = self.new_item((*schemas, self.to_contain[0]), position)
                del self.to_contain[0]
                return item
            if index >= self.tuple_length:
                raise NoSample("no item can satisfy both `items` and `contains`", position.pointer)
        # If `maxContains` is set, no other item may count as contained.
        parts = self.conjunction.parts
        excluded = [{"not": part["contains"]} for part in parts if {"contains", "maxContains"} <= part.keys()]
        return self.new_item((*schemas, *excluded), position)

    def schemas(self, index: int) -> tuple[Any, ...]:
        """The schemas that the item at this index has to satisfy."""
        schemas = []
        for part in self.conjunction.parts:
            first = as_list(part.get("prefixItems"))
            if index < len(first):
                schemas.append(first[index])
            elif "items" in part:
                schemas.append(part["items"])
        return tuple(schemas)

    def new_item(self, schemas: tuple[Any, ...], position: SamplePosition) -> Any:
        """An item; one that differs from the others where all must differ."""
        item = self.maker.make(schemas, position)
        for _ in range(MAX_TRIES):
            # Each comparison takes a fraction of a step.
            position.budget.spend(len(self.items) // ITEMS_IN_A_STEP)
            if not self.unique or not any(are_equal(item, other) for other in self.items):
                return item
            # A published example would be the same again.
            item = self.maker.make(schemas, position.without_examples())
        raise NoSample("no more items were found that differ from each other", position.pointer)


def schemas_to_contain(conjunction: Conjunction) -> list[Any]:
    """The schemas of `contains`, each as often as the array must contain a match."""
    schemas: list[Any] = []
    for part in conjunction.parts:
        if "contains" in part:
            count = as_size(part.get("minContains"))
            schemas += [part["contains"]] * min(1 if count is None else count, MAX_CONTAINED)
    return schemas
