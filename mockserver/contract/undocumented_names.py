"""Names in requests that the contract does not document: members, form fields and query parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mockserver.errors import Violation
from mockserver.limits.step_budget import StepBudget
from mockserver.parsing import json_pointers
from mockserver.redaction.redact import redact_ends
from mockserver.redaction.terminal import printable

if TYPE_CHECKING:
    from mockserver.contract.named_members import Members

MAX_FOUND: Final = 100
"""How many undocumented names of one request are listed."""
MAX_COMPARED: Final = 50
"""How many of them are compared with the documented names."""
MAX_STEPS: Final = 50_000
"""How many schemas are read for one request."""
MAX_WARNINGS: Final = 20
"""How many warnings one request has."""
MAX_SHOWN_CHARACTERS: Final = 80

Path = tuple[str | int, ...]

_INDEX: Final = re.compile(r"/\d+(?=/)")


@dataclass(frozen=True, slots=True, kw_only=True)
class UndocumentedName:
    """A name in a request that the contract does not document.

    `place` is body or query. `pointer` is a JSON pointer (RFC 6901) into the body, or `/<name>` of a query parameter.
    `suggestion` is the documented name that was probably meant, or None.
    """

    place: str
    pointer: str
    suggestion: str | None = None

    @property
    def message(self) -> str:
        """What is wrong, without secrets."""
        kind = "query parameter" if self.place == "query" else "member"
        hint = "" if self.suggestion is None else f"; did you mean {_shown(self.suggestion)}?"
        return f"the contract documents no {kind} {_shown(json_pointers.split(self.pointer)[-1])}{hint}"

    @property
    def violation(self) -> Violation:
        """The violation that the name is if undocumented names are not allowed."""
        return Violation(place=self.place, pointer=self.pointer, message=self.message, keyword="undocumented")

    def as_json(self) -> dict[str, Any]:
        """The warning about the name, without secrets, for the journal."""
        pointer = redact_ends(self.pointer)
        return {"in": self.place, "pointer": pointer, "message": self.message, "suggestion": self.suggestion}

    def __str__(self) -> str:
        return printable(f"{self.place} {redact_ends(self.pointer)} (did you mean {self.suggestion}?)")


def misspelled(names: Iterable[UndocumentedName]) -> tuple[UndocumentedName, ...]:
    """The names that are similar to a documented one. Of one name in several items of an array, only the first."""
    found: dict[tuple[str, str], UndocumentedName] = {}
    for name in names:
        if name.suggestion is not None and len(found) < MAX_WARNINGS:
            found.setdefault((name.place, _INDEX.sub("/*", name.pointer)), name)
    return tuple(found.values())


class NameSearch:
    """Collects the undocumented names of one request in `found`."""

    def __init__(self) -> None:
        self.found: list[UndocumentedName] = []
        self.budget = StepBudget(MAX_STEPS)
        self._compared = 0

    def search(self, place: str, value: Any, members: Members, path: Path = ()) -> None:
        """Search a value and everything inside it that the contract describes. Raises StepLimitReached."""
        if type(value) is list:
            for index, item in enumerate(value):
                self._search_inner(place, item, members.item, index, path)
            return
        if not members.is_open and not value.keys() <= members.names:
            self._search_names(place, value, members, path)
        if not members.is_flat:
            for name, member in value.items():
                self._search_inner(place, member, members.member, name, path)

    def _search_inner(
        self, place: str, value: Any, describe: Callable[[Any, StepBudget], Members | None], step: str | int, path: Path
    ) -> None:
        if (type(value) is dict or type(value) is list) and len(self.found) < MAX_FOUND:
            members = describe(step, self.budget)
            if members is not None:
                self.search(place, value, members, (*path, step))

    def _search_names(self, place: str, sent: Collection[str], members: Members, path: Path) -> None:
        for name in sent:
            if len(self.found) < MAX_FOUND and not members.documents(name):
                pointer, suggestion = json_pointers.join((*path, name)), self._suggestion(name, sent, members)
                self.found.append(UndocumentedName(place=place, pointer=pointer, suggestion=suggestion))

    def _suggestion(self, name: str, sent: Collection[str], members: Members) -> str | None:
        """The most similar documented name that was not sent."""
        if self._compared == MAX_COMPARED:
            return None
        self._compared += 1
        return next((similar for similar in members.similar(name) if similar not in sent), None)


def _shown(name: str) -> str:
    text = json.dumps(redact_ends(name))
    return text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[:MAX_SHOWN_CHARACTERS]}…"
