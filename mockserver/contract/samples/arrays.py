"""Arrays that satisfy a conjunction."""

from __future__ import annotations

from typing import Any

from mockserver.contract.samples.conjunction import Conjunction
from mockserver.contract.samples.keywords import as_list, as_size
from mockserver.contract.samples.making import Making
from mockserver.contract.samples.nosample import NoSample
from mockserver.contract.samples.place import Place

__all__ = ["make_array"]

# How often an item is made anew because it is there already.
MOST_TRIES = 40


def make_array(conjunction: Conjunction, place: Place, making: Making) -> list[Any]:
    """An array with as many items as it must have, or one where there is room."""
    low, high = conjunction.least("minItems", 0), conjunction.most("maxItems")
    wanted = contained(conjunction)
    low = max(low, len(wanted))
    if high is not None and low > high:
        raise NoSample(f"an array cannot have at least {low} and at most {high} items", place.pointer)
    unique = any(value is True for value in conjunction.each("uniqueItems"))
    count = max(low, usual_count(conjunction, place, making))
    if high is not None:
        count = min(count, high)
    made: list[Any] = []
    for index in range(count):
        schemas = item_schemas(conjunction, index) + wanted[index : index + 1]
        below = place.below(index, refs=conjunction.refs, room=(place.room - count) // count)
        try:
            made.append(make_item(schemas, below, making, made if unique else []))
        except NoSample:
            if index < low:
                raise
            break
    return made


def usual_count(conjunction: Conjunction, place: Place, making: Making) -> int:
    """How many items look natural: a tuple's, else one, none where there is no room or it would come again."""
    tuples = [len(as_list(items)) for items in conjunction.each("prefixItems")]
    refs = (*place.refs, *conjunction.refs)
    if not place.room or making.leads_back(item_schemas(conjunction, 0), refs):
        return 0
    return max(tuples, default=1)


def item_schemas(conjunction: Conjunction, index: int) -> tuple[Any, ...]:
    """What the item at this index has to satisfy."""
    schemas = []
    for part in conjunction.parts:
        first = as_list(part.get("prefixItems"))
        if index < len(first):
            schemas.append(first[index])
        elif "items" in part:
            schemas.append(part["items"])
    return tuple(schemas)


def contained(conjunction: Conjunction) -> tuple[Any, ...]:
    """The schemas of `contains`, each as often as it has to be found."""
    found: list[Any] = []
    for part in conjunction.parts:
        if "contains" in part:
            least = as_size(part.get("minContains"))
            found += [part["contains"]] * min(1 if least is None else least, 1000)
    return tuple(found)


def make_item(schemas: tuple[Any, ...], place: Place, making: Making, taken: list[Any]) -> Any:
    """An item that is none of those taken."""
    item = making.make(schemas, place)
    for _ in range(MOST_TRIES):
        if not any(same(item, other) for other in taken):
            return item
        # Published examples would be the same again.
        item = making.make(schemas, place.afresh())
    raise NoSample("no more items that differ from each other were found", place.pointer)


def same(first: Any, second: Any) -> bool:
    """Whether two values are equal in JSON, where true is not 1."""
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(first[name], second[name]) for name in first)
    return bool(first == second)
