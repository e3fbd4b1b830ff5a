"""Which documented reply is sent: by preference its status, by Accept its media type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.contract.document.operations import Operation
from mockserver.errors import Refusal
from mockserver.parsing.media_types import accepted_ranges, essence, is_json, quality

__all__ = ["choose_media_type", "choose_response"]

# A reply is final: 100 to 199 are none.
FINAL_STATUS = re.compile("[2-5]([0-9][0-9]|XX)|DEFAULT")

# What a documented range is sent as.
CONCRETE_TYPES = {
    "*": "application/json",
    "application": "application/json",
    "text": "text/plain",
    "image": "image/png",
}


def choose_response(operation: Operation, code: int | None) -> tuple[int, Any]:
    """The status to send and what the document says about it.

    Without a preferred code: the lowest documented 2xx, else `default` as 200, else the lowest status there is.
    Raises Refusal unknown-preference: the preferred code is not documented.
    """
    responses = {
        str(status).upper(): response
        for status, response in operation.spec.get("responses", {}).items()
        if FINAL_STATUS.fullmatch(str(status).upper())
    }
    if code is not None:
        for key in (str(code), f"{code // 100}XX", "DEFAULT"):
            if key in responses:
                return code, responses[key]
        documented = ", ".join(sorted(responses)).replace("DEFAULT", "default") or "none"
        raise Refusal(
            "unknown-preference",
            f"Prefer: code={code} is not documented for {operation.id}; documented: {documented}.",
        )
    if not responses:
        return 200, {}
    successes = sorted(status for status in responses if status.startswith("2"))
    if not successes and "DEFAULT" in responses:
        return 200, responses["DEFAULT"]
    # 200 sorts before 2XX, and 2XX stands for it.
    key = successes[0] if successes else min(responses)
    return int(key.replace("X", "0")) if key[:1].isdigit() else 200, responses[key]


def choose_media_type(content: Mapping[str, Any], accept: str | None) -> tuple[str, str]:
    """The documented media type that a client accepts, JSON before others; and what it is sent as.

    Raises Refusal not-acceptable.
    """
    documented = sorted(content, key=_rank)
    sent_as = {_concrete(media_type): media_type for media_type in reversed(documented)}
    offered = [media_type for media_type in map(_concrete, documented) if media_type in sent_as]
    ranges = accepted_ranges(accept)
    if not ranges:
        return sent_as[offered[0]], offered[0]
    wanted = {media_type: quality(media_type, ranges) for media_type in offered}
    # Of those that are wanted equally, max takes the first.
    chosen = max(wanted, key=wanted.__getitem__)
    if not wanted[chosen]:
        raise Refusal(
            "not-acceptable",
            f"Accept: {(accept or '')[:200]} allows none of the documented types: {', '.join(documented)}.",
        )
    return sent_as[chosen], chosen


def _rank(media_type: str) -> tuple[bool, bool]:
    """JSON before others, and plain JSON before its kin."""
    return not is_json(media_type), essence(media_type) != "application/json"


def _concrete(media_type: str) -> str:
    kind, _, subtype = media_type.partition("/")
    return CONCRETE_TYPES.get(kind, f"{kind}/octet-stream") if "*" in subtype or kind == "*" else media_type
