"""A property whose value is made once, by the first thread that needs it."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any, Generic, Self, TypeVar, overload

Value = TypeVar("Value")


class made_once(Generic[Value]):  # noqa: N801  # a decorator, named like `cached_property`
    """A `cached_property` that two threads never make twice: from Python 3.12 on, `cached_property` has no lock."""

    def __init__(self, make: Callable[[Any], Value]) -> None:
        self.__doc__ = make.__doc__
        self._make = make
        self._name = ""
        self._lock = RLock()

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def is_made(self, instance: object) -> bool:
        """Whether the value of an object is made."""
        return self._name in instance.__dict__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...
    def __get__(self, instance: object | None, owner: type) -> Self | Value:
        """Make the value, unless another thread has just done so; later the object has it as an attribute."""
        if instance is None:
            return self
        members = instance.__dict__
        with self._lock:
            if self._name not in members:
                members[self._name] = self._make(instance)
        value: Value = members[self._name]
        return value
