"""docs/stripe-api.md: the tables of test cards and test IBANs, compared with the code."""

from __future__ import annotations

from mockserver.payments.outcomes import ConfirmOutcome
from mockserver.payments.test_cards import CARDS, Card
from mockserver.payments.test_ibans import IBANS
from tests.support.markdown import rows

DOCUMENT = "docs/stripe-api.md"


def words(outcome: ConfirmOutcome) -> str:
    """An outcome in the words of the tables."""
    return {
        "succeed": "succeeds",
        "decline": f"declined: {outcome.detail}",
        "authenticate": "3-D Secure challenge",
        "unknown": "unknown",
    }[outcome.kind]


def row(card: Card) -> tuple[str, ...]:
    """The row of a card."""
    names = ", ".join(f"`{name}`" for name in card.names) or "-"
    networks = "" if len(card.networks) == 1 else f" ({', '.join(card.networks)})"
    requested = f"; if requested: {words(card.on_request)}" if card.on_request else ""
    details = f"{card.brand}{networks}, {card.country}, {card.funding}"
    return card.number, names, details, f"{words(card.on_confirm)}{requested}", card.source


def test_the_cards_are_those_of_the_code() -> None:
    """The table has each card once, with its names, its details, its outcome and the source."""
    assert [row(card) for card in CARDS.values()] == [tuple(cells) for cells in rows(DOCUMENT, "Test cards")]


def test_the_kinds_of_accounts_are_those_of_the_code() -> None:
    """The table has each kind of account, with the German one and its outcome."""
    german = [account for account in IBANS.values() if account.iban.startswith("DE")]

    assert {account.kind for account in IBANS.values()} == {account.kind for account in german}
    assert [
        (f"`{each.kind}`", each.iban, f"refused: {each.refusal}" if each.refusal else words(each.on_confirm))
        for each in german
    ] == [tuple(cells) for cells in rows(DOCUMENT, "Test IBANs")]
