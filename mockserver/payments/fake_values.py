"""Made-up values from Faker, such as names, addresses and account numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Imported on first use: it takes 0.2 s, and most servers never make such a value.
    from faker import Faker

LOCALE = "en_US"
# Faker needs another package for these.
UNUSABLE = frozenset({"xml"})


class FakeValues:
    """The made-up values of one reply. The same seed gives the same values; it is only taken if there is a value."""

    def __init__(self, seed: Callable[[], int]) -> None:
        self._seed = seed
        self._faker: Faker | None = None

    def __call__(self, name: str) -> str:
        """The value of a method of Faker, as text."""
        if self._faker is None:
            from faker import Faker

            self._faker = Faker(LOCALE)
            self._faker.seed_instance(self._seed())
        return str(getattr(self._faker, name)())


def knows_fake(name: str) -> bool:
    """Whether Faker has a value of this name that needs no arguments."""
    return name in _names()


@cache
def _names() -> frozenset[str]:
    from faker import Faker

    return frozenset(
        name
        for provider in Faker(LOCALE).get_providers()
        for name, method in inspect.getmembers(provider, inspect.ismethod)
        if not name.startswith("_") and name not in UNUSABLE and _makes_text(method)
    )


def _makes_text(method: object) -> bool:
    """Whether a method needs no arguments and returns text or a number, according to its annotations."""
    signature = inspect.signature(method)  # type: ignore[arg-type]  # every member is a bound method
    needs = [
        each for each in signature.parameters.values() if each.default is each.empty and each.kind != each.VAR_KEYWORD
    ]
    return not needs and signature.return_annotation in {"str", "int", "float", str, int, float}
