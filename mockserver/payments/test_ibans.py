"""Stripe's test IBANs whose setup succeeds (https://docs.stripe.com/payments/sepa-debit/set-up-payment)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from mockserver.payments.random_ids import fingerprint

_SHORTEST, _LONGEST = 15, 34

IBANS: Final = frozenset(
    {
        "AT611904300234573201",
        "BE62510007547061",
        "CH9300762011623852957",
        "DE89370400440532013000",
        "EE382200221020145685",
        "ES0700120345030000067890",
        "FI2112345600000785",
        "FR1420041010050500013M02606",
        "GB82WEST12345698765432",
        "HR7624020064583467589",
        "IE29AIBK93115212345678",
        "LI0508800636123378777",
        "LT121000011101001000",
        "LU280019400644750000",
        "NL39RABO0300065264",
        "NO9386011117947",
        "PT50000201231234567890154",
        "SE3550000000054910000003",
    }
)
"""All other IBANs are refused."""

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


def is_iban(text: str) -> bool:
    """Whether a text in capitals without spaces is a valid IBAN: its length and check digits (ISO 13616)."""
    if not (text.isascii() and text.isalnum() and text[:2].isalpha() and _SHORTEST <= len(text) <= _LONGEST):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1
