"""The caller of an operation of Stripe's API."""

from dataclasses import dataclass
from typing import Final

from mockserver.payments.random_ids import RandomIds
from mockserver.stripe.api_keys import ApiKey

# The date of the first endive release. Versions start with their date.
_ENDIVE: Final = "2026-09-30"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls. `key` is None for an operation without a key, `account` if the request names none.

    `owner` is the key of the namespace that new objects belong to. `ids` makes up their ids. `base` is the URL of
    the mock as the client reached it. `version` is the version of Stripe's API in the request, such as
    `2026-09-30.endive`; empty if the request names none.
    """

    key: ApiKey | None
    account: str | None
    owner: str
    ids: RandomIds
    base: str
    version: str = ""

    @property
    def uses_endive(self) -> bool:
        """Whether the client uses the API version 2026-09-30.endive or a later one."""
        return self.version[:1].isdigit() and self.version >= _ENDIVE

    @property
    def is_publishable(self) -> bool:
        """Whether the caller may see only a part of the objects."""
        return self.key is None or self.key.is_publishable
