"""Switches the search for garbage off where many objects are created and none of them is garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage_collection(*, freezing: bool = False) -> Iterator[None]:
    """Collect no garbage in this context. Imports and loading create hundreds of thousands of objects and no garbage.

    With `freezing`, later collections do not look at these objects either. For a server that is already serving, the
    first of them would stop all threads for 60 ms. If collections are off already, this changes nothing.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if freezing:
            gc.freeze()
        gc.enable()
