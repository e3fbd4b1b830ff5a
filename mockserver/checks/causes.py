"""Causes: why a message breaks under another version of a contract."""

from typing import Final, NamedTuple

from mockserver.checks.body_variants import UNDOCUMENTED
from mockserver.checks.documented_members import ITEM
from mockserver.errors import Violation
from mockserver.parsing import json_pointers

GONE: Final = "is no longer documented"


class Cause(NamedTuple):
    """Why a message breaks. Causes with the same `key` are the same, although their texts quote other values."""

    key: tuple[str, ...]
    message: str


def violation_cause(side: str, violation: Violation) -> Cause:
    """The cause that a violation shows. `side` is `request`, or `reply` with the status."""
    place, pointer, keyword = violation.place, violation.pointer, violation.keyword
    steps = json_pointers.split(pointer)
    if place == "body" and steps[-1:] == [UNDOCUMENTED]:
        pointer = json_pointers.join(steps[:-1])
        where = f"{side}: body {pointer}".rstrip()
        message = f"{where}: members that the contract does not document are no longer accepted"
        return Cause((side, place, pointer, "undocumented"), message)
    where = f"{side}: {place} {pointer}".rstrip()
    # Every item of an array can break for the same cause.
    item = json_pointers.join(ITEM if step.isdigit() else step for step in steps)
    # A long value fills the message, so the reason at its end is cut off.
    reason = f" ({keyword})" if violation.message.endswith("…") else ""
    return Cause((side, place, item, keyword), f"{where}: {violation.message}{reason}")


def media_type_cause(side: str, media_type: str) -> Cause:
    """The cause for a media type that is no longer documented."""
    return Cause((side, "media-type", media_type), f"{side}: the media type {media_type} {GONE}")
