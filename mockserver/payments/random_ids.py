"""Made-up ids and secrets. The same seed, namespace and count give the same values in every process."""

from hashlib import shake_256

from mockserver.limits.memo import remembered

BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Maps bytes to digits. Some digits are slightly more frequent, which does not matter for values that only look random.
_TO_BASE62 = bytes(BASE62[byte % 62] for byte in range(256))

SETUP_INTENT_CHARACTERS = 24
CLIENT_SECRET_CHARACTERS = 31
# 1 January 2026, in seconds since the epoch: the first of the made-up times.
FIRST_MOMENT = 1_767_225_600
_LONGEST = 500


class RandomIds:
    """The made-up values of one exchange: a token, a client secret, ids of Stripe's objects.

    `moment` is the creation time of these objects, in seconds since the epoch. It is made up, so that it repeats.
    """

    __slots__ = ("_bytes", "moment")

    def __init__(self, seed: int, namespace: str, count: int) -> None:
        self.moment = FIRST_MOMENT + count
        self._bytes = _digest(f"{seed}\0{count}\0{namespace}", 80)

    def identifier(self, prefix: str) -> str:
        """An id as Wingback documents them: prefix, underscore, UUID version 4."""
        return f"{prefix}_{_uuid(self._bytes[:16])}"

    def client_secret(self) -> tuple[str, str]:
        """`seti_<24 base62>_secret_<31 base62>` with no other underscore, as Stripe.js requires.

        In two parts: the id of the setup intent, and the rest.
        """
        digits = _base62(self._bytes[16 : 16 + SETUP_INTENT_CHARACTERS + CLIENT_SECRET_CHARACTERS])
        return f"seti_{digits[:SETUP_INTENT_CHARACTERS]}", f"_secret_{digits[SETUP_INTENT_CHARACTERS:]}"

    def stripe_id(self, prefix: str, characters: int = 24) -> str:
        """The id of another object of Stripe: prefix, underscore, base62."""
        return f"{prefix}_{_base62(shake_256(prefix.encode() + self._bytes).digest(characters))}"

    def number(self) -> int:
        """A seed for other made-up values of the same exchange."""
        return int.from_bytes(self._bytes[72:80])


@remembered(entries=1024, longest=_LONGEST)
def publishable_key(text: str) -> str:
    """A publishable key of Stripe's test mode: a hash, always the same for the same text."""
    return "pk_test_" + _base62(_digest(f"publishable key\0{text}", 24))


@remembered(entries=1024, longest=_LONGEST)
def account_id(credential: str) -> str:
    """The id of a connected account of Stripe, always the same for the same API key."""
    return "acct_" + _base62(_digest(f"connected account\0{credential}", 16))


def stripe_customer_id(customer_id: str) -> str:
    """The id of a customer at Stripe, always the same for the same customer of Wingback."""
    return "cus_" + _base62(_digest(f"customer\0{customer_id}", 14))


def fingerprint(text: str) -> str:
    """A fingerprint of Stripe: the same for the same card or account."""
    return _base62(_digest(f"fingerprint\0{text}", 16))


@remembered(entries=1024, longest=_LONGEST)
def tenant_id(credential: str) -> str:
    """The id of the Wingback tenant, always the same for the same API key, which is the mock's own choice."""
    return "Cust_" + _uuid(_digest(f"tenant\0{credential}", 16))


def _digest(text: str, length: int) -> bytes:
    return shake_256(text.encode("utf-8", "surrogatepass")).digest(length)


def _uuid(material: bytes) -> str:
    """A UUID version 4 (RFC 9562, section 5.4), the same as `uuid.UUID` writes it, but four times faster."""
    digits = material.hex()
    variant = "89ab"[material[8] >> 4 & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _base62(material: bytes) -> str:
    return material.translate(_TO_BASE62).decode("ascii")
