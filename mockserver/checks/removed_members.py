"""Finds the members that one schema documents and another one does not, at any depth."""

from collections import Counter, deque
from collections.abc import Iterable
from typing import Any, Final

from mockserver.checks.documented_members import ANY, ITEM, MemberPath
from mockserver.contract.document.document import Document
from mockserver.contract.validation.member_schemas import IMPLIED_TYPES, MemberSchemas, names

# In some documents most schemas contain most others, on countless paths. The first paths are the shortest.
_MAX_PATHS: Final = 50
# A name that no schema documents, so that only the schemas of a map describe it.
_UNNAMED: Final = "\0"

Schemas = Iterable[Any]


class MemberComparison:
    """Compares the schemas of two documents."""

    def __init__(self, before: Document, after: Document) -> None:
        self._before = MemberSchemas(before.data)
        self._after = MemberSchemas(after.data)

    def removed(self, old: Any, new: Any) -> list[list[MemberPath]]:
        """The outermost members that `old` documents and `new` does not.

        A schema can describe several members, so each entry is a list of paths: the shortest one is the first.
        """
        found: dict[tuple[object, str], list[MemberPath]] = {}
        visits: Counter[object] = Counter()
        pending: deque[tuple[MemberPath, Schemas, Schemas, tuple[object, ...]]] = deque([((), [old], [new], ())])
        while pending:
            path, olds, news, outer = pending.popleft()
            was, now = self._before.parts(olds), self._after.parts(news)
            pair = (_identity(was), _identity(now))
            visits[pair] += 1
            # Schemas can contain themselves.
            if pair in outer or visits[pair] > _MAX_PATHS:
                continue
            inside = (*outer, pair)
            present = set(names(now))
            for name in names(was):
                if name in present:
                    below = self._before.member(was, name), self._after.member(now, name)
                    pending.append(((*path, name), *below, inside))
                else:
                    found.setdefault((pair, name), []).append((*path, name))
            for step, olds_below, news_below in (
                (ITEM, self._before.items(was, 0), self._after.items(now, 0)),
                (ANY, self._before.member(was, _UNNAMED), self._after.member(now, _UNNAMED)),
            ):
                if olds_below and news_below:
                    pending.append(((*path, step), olds_below, news_below, inside))
        return list(found.values())


def _identity(parts: Schemas) -> frozenset[int]:
    """The schemas that document members. References and compositions to the same ones are the same."""
    return frozenset(id(part) for part in parts if any(keyword in part for keyword in IMPLIED_TYPES))
