"""Outcomes: what Stripe answers when a client confirms a setup intent."""

from dataclasses import dataclass
from typing import Final

from mockserver.delivery.plans import NO_DELAY, Delay, PlannedFault

PLAIN_OUTCOMES: Final = ("test_card", "succeed", "processing", "expired")
"""The outcomes without parameters."""

AUTHENTICATIONS: Final = ("challenge", "pass", "fail")
"""What a 3-D Secure authentication does: ask the customer, or pass or fail without asking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmOutcome:
    """The outcome of a confirmation.

    `kind` is one of PLAIN_OUTCOMES; or `decline`, with Stripe's decline code as `detail`; or `authenticate`, with one
    of AUTHENTICATIONS as `detail`; or `fault`, with a `fault`; or `unknown`, which only a test card can have: nobody
    has published what a setup with it does.
    """

    kind: str
    detail: str | None = None
    fault: PlannedFault | None = None
    delay: Delay = NO_DELAY


SUCCEED: Final = ConfirmOutcome(kind="succeed")

UNKNOWN: Final = ConfirmOutcome(kind="unknown")
"""Not public: the mock refuses a confirmation, unless the scenario decides the outcome."""

TEST_CARD: Final = ConfirmOutcome(kind="test_card")
"""The number of the test card decides, as in Stripe's test mode."""


def parsed_outcome(text: str) -> ConfirmOutcome:
    """The outcome that `test_methods.json` writes as a kind and its detail, such as `decline lost_card`."""
    kind, _, detail = text.partition(" ")
    return ConfirmOutcome(kind=kind, detail=detail or None)
