"""The Prefer header (RFC 7240), as users of Prism know it: `code=404, example=none, dynamic=true`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mockserver.errors import Refusal
from mockserver.messages import Headers

__all__ = ["NO_PREFERENCE", "Preference", "parse_preference"]

WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
TOKEN = re.compile(rf'(?:^|(?<=[,;]))\s*({WORD})\s*(?:=\s*(?:"([^"]*)"|([^\s,;"]*)))?\s*(?:[,;]|$)')
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What a client prefers: a documented status, a documented example by its name, values made from the schema."""

    code: int | None = None
    example: str | None = None
    dynamic: bool | None = None

    @property
    def applied(self) -> str:
        """The value of Preference-Applied; empty when nothing was preferred."""
        # A published example is not made up: who prefers both gets the example, as with Prism.
        dynamic = None if self.dynamic is None or self.example is not None else str(self.dynamic).lower()
        code = None if self.code is None else str(self.code)
        said = {"code": code, "example": self.example, "dynamic": dynamic}
        return ", ".join(f"{name}={_word(value)}" for name, value in said.items() if value is not None)


NO_PREFERENCE = Preference()


def parse_preference(headers: Headers) -> Preference:
    """The preferences of a request; what the mock does not know is passed over, as RFC 7240 wants it.

    Raises Refusal unknown-preference: a code that is no status, a dynamic that is neither true nor false.
    """
    header = headers.get("prefer")
    if not header:
        return NO_PREFERENCE
    said: dict[str, str] = {}
    for name, quoted, bare in TOKEN.findall(header):
        # RFC 7240, section 2: of a preference that is said twice, the first counts.
        said.setdefault(name.lower(), quoted or bare)
    code, dynamic = said.get("code"), said.get("dynamic")
    if code is not None and not re.fullmatch("[2-5][0-9][0-9]", code):
        raise Refusal("unknown-preference", f"Prefer: code={code[:20]!r} is not the status of a reply, such as 404.")
    if dynamic is not None and dynamic not in BOOLEANS:
        raise Refusal("unknown-preference", f"Prefer: dynamic={dynamic[:20]!r} must be true or false.")
    return Preference(
        code=None if code is None else int(code),
        example=said.get("example"),
        dynamic=None if dynamic is None else BOOLEANS[dynamic],
    )


def _word(value: str) -> str:
    """A value as RFC 7240 writes it: in quotes unless it is a token."""
    return value if re.fullmatch(WORD, value) else f'"{value}"'
