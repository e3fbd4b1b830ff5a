"""docs/stripe-api.md: the table of test cards, compared with the code."""

from __future__ import annotations

from mockserver.payments.test_cards import CARD_TOKENS, CARDS
from tests.support.markdown import rows


def outcome(number: str) -> str:
    """The outcome of a setup, in the words of the table."""
    on_confirm = CARDS[number].on_confirm
    return {
        "succeed": "succeeds",
        "decline": f"declined: {on_confirm.detail}",
        "authenticate": "3-D Secure challenge",
    }[on_confirm.kind]


def test_the_cards_are_those_of_the_code() -> None:
    """The table has each number once, with its name, its outcome and the source."""
    shown = [tuple(cells) for cells in rows("docs/stripe-api.md", "Test cards")]
    names = {CARD_TOKENS[f"pm_card_{name.strip('`')}"].number: name for _, name, _, _ in shown}

    assert sorted((each.number, names[each.number], outcome(each.number), each.source) for each in CARDS.values()) == (
        sorted(shown)
    )
