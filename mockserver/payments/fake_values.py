"""Values that a person would read, made by Faker: names, addresses, account numbers."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Imported on first use: most servers never make such a value, and it costs a fifth of a second.
    from faker import Faker

__all__ = ["FakeValues", "knows_fake"]

LOCALE = "en_US"
# Faker needs another package for this one.
UNUSABLE = frozenset({"xml"})


class FakeValues:
    """Made-up values of one reply: the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._faker: Faker | None = None

    def __call__(self, name: str) -> str:
        """A value by the name of Faker's provider method, as text."""
        if self._faker is None:
            from faker import Faker

            self._faker = Faker(LOCALE)
            self._faker.seed_instance(self._seed)
        return str(getattr(self._faker, name)())


def knows_fake(name: str) -> bool:
    """Whether Faker makes a value of this name without being told more."""
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
    """Faker documents what a method makes by its return type: text and numbers are wanted, files and objects are not."""
    signature = inspect.signature(method)  # type: ignore[arg-type]  # every member is a bound method
    needs = [
        each for each in signature.parameters.values() if each.default is each.empty and each.kind != each.VAR_KEYWORD
    ]
    return not needs and signature.return_annotation in {"str", "int", "float", str, int, float}
