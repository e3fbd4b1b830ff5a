"""A caller of Stripe's side."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.payments.random_ids import RandomIds
from mockserver.stripe.api_keys import ApiKey

__all__ = ["Caller"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: `key` is None where none is needed, `account` where none is named.

    `owner` is the key of the namespace that what is made belongs to, `draw` what it is made of; `base` is the URL under
    which the mock was reached.
    """

    key: ApiKey | None
    account: str | None
    owner: str
    ids: RandomIds
    base: str

    @property
    def is_publishable(self) -> bool:
        """Whether only a part may be seen."""
        return self.key is None or self.key.is_publishable
