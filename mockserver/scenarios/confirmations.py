"""Confirmations: what Stripe will say when the client confirms the setup intent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from mockserver.scenarios.durations import NO_DELAY, Delay, parse_delay
from mockserver.scenarios.faults import PlannedFault, parse_fault
from mockserver.scenarios.format.flaws import FlawsError, below, did_you_mean, expected

__all__ = ["AUTHENTICATIONS", "OUTCOMES", "TEST_CARD", "OnConfirm", "parse_on_confirm"]

OUTCOMES: Final = ("test_card", "succeed", "processing", "expired")
"""The outcomes that need no further word."""

AUTHENTICATIONS: Final = ("challenge", "pass", "fail")
_ONE_OF_AUTHENTICATIONS: Final = f"one of {', '.join(AUTHENTICATIONS)}"
_KINDS: Final = (*OUTCOMES, "decline", "authenticate", "fault")
_DECLINE_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnConfirm:
    """One outcome of a confirmation.

    `kind` is one of OUTCOMES, or `decline` with Stripe's decline_code as `detail`, or `authenticate` with one
    of AUTHENTICATIONS as `detail`, or `fault` with a `fault`.
    """

    kind: str
    detail: str | None = None
    fault: PlannedFault | None = None
    delay: Delay = NO_DELAY


TEST_CARD: Final = OnConfirm(kind="test_card")
"""The number of the test card decides, as with Stripe itself."""


def parse_on_confirm(value: Any) -> OnConfirm:
    """An outcome as scenario files write it: a word, or a mapping of one outcome and an optional delay."""
    if isinstance(value, str):
        if value in OUTCOMES:
            return OnConfirm(kind=value)
        if value in _KINDS:
            raise FlawsError.one(f"{value} needs to say which: {{{value}: …}}")
        raise FlawsError.one(f"{expected('an outcome', value)}{did_you_mean(value, _KINDS)}")
    if not isinstance(value, dict):
        raise FlawsError.one(expected(f"one of {', '.join(_KINDS)}", value))
    unknown = [key for key in value if key not in (*_KINDS, "delay")]
    if unknown:
        raise FlawsError.unknown_key(unknown[0], (*_KINDS, "delay"))
    kinds = [key for key in value if key != "delay"]
    if len(kinds) != 1:
        raise FlawsError.one(f"expected exactly one of {', '.join(_KINDS)}, found {len(kinds)}")
    delay: Delay = NO_DELAY
    if "delay" in value:
        with below("delay"):
            delay = parse_delay(value["delay"])
    with below(kinds[0]):
        return _outcome(kinds[0], value[kinds[0]], delay)


def _outcome(kind: str, given: Any, delay: Delay) -> OnConfirm:
    match kind:
        case "decline":
            if not isinstance(given, str) or not _DECLINE_CODE.fullmatch(given):
                raise FlawsError.one(expected("a decline code of Stripe's, such as insufficient_funds", given))
            return OnConfirm(kind=kind, detail=given, delay=delay)
        case "authenticate":
            if given not in AUTHENTICATIONS:
                hint = did_you_mean(given, AUTHENTICATIONS) if isinstance(given, str) else ""
                raise FlawsError.one(f"{expected(_ONE_OF_AUTHENTICATIONS, given)}{hint}")
            return OnConfirm(kind=kind, detail=given, delay=delay)
        case "fault":
            return OnConfirm(kind=kind, fault=parse_fault(given), delay=delay)
        case _:
            if given is not True:
                raise FlawsError.one(expected("true", given))
            return OnConfirm(kind=kind, delay=delay)
