"""Chooses the documented reply to send: the headers Prefer (RFC 7240, as Prism reads it) and Accept decide."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mockserver.contract.document.operations import Operation
from mockserver.errors import Refusal
from mockserver.messages import Headers
from mockserver.parsing.accept_header import qualities
from mockserver.parsing.media_types import essence, is_json

WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
# Quantifiers are possessive: without this, a long run of spaces would be searched again from each of its spaces.
TOKEN = re.compile(
    rf'(?:^|(?<=[,;]))\s*+(?P<name>{WORD}+)\s*+(?:=\s*+(?:"(?P<quoted>[^"]*+)"|(?P<bare>[^\s,;"]*+))\s*+)?(?:[,;]|$)'
)
MAX_PREFERENCES = 100
"""How many preferences of a header count. A header of 64 KiB can have thousands."""
BOOLEANS = {"true": True, "false": False}

# 100 to 199 announce a reply, they are not the reply itself.
FINAL_STATUS = re.compile("[2-5]([0-9][0-9]|XX)|DEFAULT")

# The media type that is sent for a documented range.
CONCRETE_TYPES = {
    "*": "application/json",
    "application": "application/json",
    "text": "text/plain",
    "image": "image/png",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What a client prefers: a documented status, a documented example, or a value made from the schema."""

    code: int | None = None
    example: str | None = None
    dynamic: bool | None = None

    @property
    def applied(self) -> str:
        """The value of Preference-Applied; empty without a preference."""
        # As with Prism, an example wins over `dynamic`: a published example is not generated.
        dynamic = None if self.dynamic is None or self.example is not None else str(self.dynamic).lower()
        values = {"code": None if self.code is None else str(self.code), "example": self.example, "dynamic": dynamic}
        return ", ".join(f"{name}={_quoted(value)}" for name, value in values.items() if value is not None)


def parse_preference(headers: Headers) -> Preference:
    """The preferences of a request. Unknown preferences are ignored, as RFC 7240 requires.

    Raises Refusal unknown-preference: a code that is not a status, a `dynamic` that is not true or false.
    """
    found: dict[str, str] = {}
    for each in islice(TOKEN.finditer(headers.get("prefer", "")), MAX_PREFERENCES):
        # RFC 7240, section 2: if a preference is repeated, the first one counts.
        found.setdefault(each["name"].lower(), each["quoted"] or each["bare"] or "")
    code, dynamic = found.get("code"), found.get("dynamic")
    if code is not None and not re.fullmatch("[2-5][0-9][0-9]", code):
        raise Refusal("unknown-preference", f"Prefer: code={code[:20]!r} must be the status of a reply, such as 404.")
    if dynamic is not None and dynamic not in BOOLEANS:
        raise Refusal("unknown-preference", f"Prefer: dynamic={dynamic[:20]!r} must be true or false.")
    return Preference(
        code=int(code) if code else None, example=found.get("example"), dynamic=BOOLEANS.get(dynamic or "")
    )


def choose_response(operation: Operation, code: int | None) -> tuple[int, Any]:
    """The status to send, and what the document says about it.

    Without a preferred code: the lowest documented 2xx, else `default` as 200, else the lowest documented status.
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
            "unknown-preference", f"Prefer: code={code} is not documented for {operation.id}; documented: {documented}."
        )
    if not responses:
        return 200, {}
    successes = [status for status in responses if status.startswith("2")]
    if not successes and "DEFAULT" in responses:
        return 200, responses["DEFAULT"]
    # 200 sorts before 2XX. 2XX is sent as 200.
    key = min(successes or responses)
    return int(key.replace("X", "0")), responses[key]


def acceptable_media_types(content: Mapping[str, Any], accept: str | None) -> list[tuple[str, str]]:
    """The documented media types that the client accepts, each with the media type it is sent as.

    The one that the client wants most is the first, and JSON comes before others. Raises Refusal not-acceptable.
    """
    documented = sorted(content, key=lambda name: (not is_json(name), essence(name) != "application/json"))
    # Maps each media type that can be sent to the documented one. If two are sent as the same type, the first counts.
    offered = {_concrete(media_type): media_type for media_type in reversed(documented)}
    wanted = qualities(map(_concrete, documented), accept)
    acceptable = sorted((each for each in wanted if wanted[each]), key=wanted.__getitem__, reverse=True)
    if not acceptable:
        raise Refusal(
            "not-acceptable",
            f"Accept: {(accept or '')[:200]} allows none of the documented types: {', '.join(documented)}.",
        )
    return [(offered[each], each) for each in acceptable]


def _quoted(value: str) -> str:
    """A value as RFC 7240 writes it: in quotes unless it is a token."""
    return value if re.fullmatch(WORD, value) else f'"{value}"'


def _concrete(media_type: str) -> str:
    kind, _, subtype = media_type.partition("/")
    return CONCRETE_TYPES.get(kind, f"{kind}/octet-stream") if "*" in subtype or kind == "*" else media_type
