"""The caller of an operation of Stripe's API."""

from dataclasses import dataclass

from mockserver.payments.random_ids import RandomIds
from mockserver.stripe.api_keys import ApiKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls. `key` is None for an operation without a key, `account` if the request names none.

    `owner` is the key of the namespace that new objects belong to. `ids` makes up their ids. `base` is the URL of
    the mock as the client reached it.
    """

    key: ApiKey | None
    account: str | None
    owner: str
    ids: RandomIds
    base: str

    @property
    def is_publishable(self) -> bool:
        """Whether the caller may see only a part of the objects."""
        return self.key is None or self.key.is_publishable
