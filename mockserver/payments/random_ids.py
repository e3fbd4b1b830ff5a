"""Made-up ids and secrets: the same seed, namespace and count give the same ones, in any process."""

from __future__ import annotations

from hashlib import shake_256

__all__ = ["RandomIds", "account_id", "fingerprint", "publishable_key", "stripe_customer_id", "tenant_id"]

BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Bytes to digits; that some digits come slightly more often does not matter for values that only look random.
_TO_BASE62 = bytes(BASE62[byte % 62] for byte in range(256))

SETUP_INTENT_CHARACTERS = 24
CLIENT_SECRET_CHARACTERS = 31
# 1 January 2026, in seconds since the epoch: where made-up moments begin.
FIRST_MOMENT = 1_767_225_600


class RandomIds:
    """The random material of one exchange: a token, a setup intent and its client secret, ids of Stripe's.

    `moment` is when what it makes was created, in seconds since the epoch; made up too, for a clock never repeats.
    """

    __slots__ = ("_bytes", "moment")

    def __init__(self, seed: int, namespace: str, count: int) -> None:
        self.moment = FIRST_MOMENT + count
        self._bytes = _digest(f"{seed}\0{count}\0{namespace}", 80)

    def identifier(self, prefix: str) -> str:
        """An id as Wingback documents them: object-class prefix, underscore, UUID (version 4)."""
        return f"{prefix}_{_uuid(self._bytes[:16])}"

    def setup_intent_id(self) -> str:
        """`seti_` and 24 base62 characters (Stripe's API reference)."""
        return f"seti_{self._digits()[:SETUP_INTENT_CHARACTERS]}"

    def client_secret(self) -> str:
        """`seti_<the same 24>_secret_<31 base62>`, with no other underscore, as Stripe.js demands."""
        digits = self._digits()
        return f"seti_{digits[:SETUP_INTENT_CHARACTERS]}_secret_{digits[SETUP_INTENT_CHARACTERS:]}"

    def stripe_id(self, prefix: str, characters: int = 24) -> str:
        """An id of another object of Stripe's: prefix, underscore, base62."""
        return f"{prefix}_{_base62(shake_256(prefix.encode() + self._bytes).digest(characters))}"

    def number(self) -> int:
        """A seed for whatever else is to be made up for the same request."""
        return int.from_bytes(self._bytes[72:80])

    def _digits(self) -> str:
        return _base62(self._bytes[16 : 16 + SETUP_INTENT_CHARACTERS + CLIENT_SECRET_CHARACTERS])


def publishable_key(credential: str) -> str:
    """Stripe's shape of a test publishable key, stable for one API key and not to be turned back into it."""
    return "pk_test_" + _base62(_digest(f"publishable key\0{credential}", 24))


def account_id(credential: str) -> str:
    """Stripe's shape of a connected account, stable for one API key."""
    return "acct_" + _base62(_digest(f"connected account\0{credential}", 16))


def stripe_customer_id(customer_id: str) -> str:
    """Stripe's shape of a customer, stable for one customer at Wingback."""
    return "cus_" + _base62(_digest(f"customer\0{customer_id}", 14))


def fingerprint(text: str) -> str:
    """Stripe's shape of a fingerprint: the same for the same card or account."""
    return _base62(_digest(f"fingerprint\0{text}", 16))


def tenant_id(credential: str) -> str:
    """The Wingback tenant's id; that it is stable for one API key is the mock's own choice."""
    material = _digest(f"tenant\0{credential}", 16)
    return f"Cust_{_uuid(material)}"


def _digest(text: str, length: int) -> bytes:
    return shake_256(text.encode("utf-8", "surrogatepass")).digest(length)


def _uuid(material: bytes) -> str:
    """A UUID of version 4 (RFC 9562, section 5.4), as `uuid.UUID` would write it, which takes four times as long."""
    digits = material.hex()
    variant = "89ab"[material[8] >> 4 & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _base62(material: bytes) -> str:
    return material.translate(_TO_BASE62).decode("ascii")
