"""Stripe's test IBANs (https://docs.stripe.com/testing), and the outcome of a setup with each.

Stripe describes what happens to a *debit* of each account. Public sources agree that a setup with the first account of
a country succeeds. What a setup with the others does is not public, unless Stripe refuses to make a payment method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from mockserver.payments.outcomes import SUCCEED, UNKNOWN, ConfirmOutcome
from mockserver.payments.random_ids import fingerprint
from mockserver.payments.test_methods import published_methods

_SHORTEST, _LONGEST = 15, 34

# For these kinds of accounts Stripe makes no payment method, with this error code.
_REFUSED: Final = {
    "bankNotSupported": "sepa_debit_bank_not_supported",
    "debitsNotSupported": "sepa_debit_debits_not_supported",
}
# Stripe publishes both spellings of the names.
_PREFIXES: Final = ("pm_sepaDebit_", "pm_")

# Countries of SEPA outside of the European Economic Area: Stripe needs the billing address of their accounts.
_OUTSIDE_EEA: Final = frozenset({"AD", "CH", "GB", "GG", "GI", "IM", "JE", "MC", "PM", "SM", "VA"})

# Where the bank code ends. It begins after the country and the check digits.
_BANK_CODE_ENDS: Final = {"AT": 9, "BE": 7, "DE": 12, "ES": 8, "FR": 9, "GB": 8, "IE": 8, "NL": 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Iban:
    """What is stored of a test IBAN. `bank_code` is empty for a country that _BANK_CODE_ENDS does not list."""

    country: str
    bank_code: str
    last4: str

    @classmethod
    def of(cls, text: str) -> Iban:
        """The parts of an IBAN without spaces."""
        end = _BANK_CODE_ENDS.get(text[:2], 4)
        return cls(country=text[:2], bank_code=text[4:end], last4=text[-4:])

    def as_body(self) -> dict[str, Any]:
        """The member `sepa_debit` of Stripe's payment method."""
        return {
            "bank_code": self.bank_code,
            "branch_code": "",
            "country": self.country,
            "fingerprint": fingerprint(self.country + self.last4),
            "generated_from": {"charge": None, "setup_attempt": None},
            "last4": self.last4,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One test account. `kind` is Stripe's word for what a debit of it does, such as `insufficientFunds`."""

    iban: str
    kind: str

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of payment methods that Stripe publishes for the account."""
        if self.refusal is not None:
            return ()
        return tuple(f"{prefix}{self.kind}_{self.iban[:2].lower()}" for prefix in _PREFIXES)

    @property
    def refusal(self) -> str | None:
        """The error code with which Stripe refuses to make a payment method; None if it makes one."""
        return _REFUSED.get(self.kind)

    @property
    def needs_address(self) -> bool:
        """Whether a payment method for the account needs a billing address."""
        return self.iban[:2] in _OUTSIDE_EEA

    @property
    def on_confirm(self) -> ConfirmOutcome:
        """The outcome of a setup."""
        return SUCCEED if self.kind == "success" else UNKNOWN


IBANS: Final[Mapping[str, Account]] = MappingProxyType(
    {
        iban: Account(iban=iban, kind=kind)
        for kinds in published_methods()["ibans"].values()
        for kind, iban in kinds.items()
    }
)
"""The test accounts by IBAN. All other IBANs are refused."""

IBAN_NAMES: Final[Mapping[str, Account]] = MappingProxyType(
    {name: account for account in IBANS.values() for name in account.names}
)
"""The test accounts by the names that Stripe accepts as the id of a payment method."""


def is_iban(text: str) -> bool:
    """Whether a text in capitals without spaces is a valid IBAN: its length and check digits (ISO 13616)."""
    if not (text.isascii() and text.isalnum() and text[:2].isalpha() and _SHORTEST <= len(text) <= _LONGEST):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1
