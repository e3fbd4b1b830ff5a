"""A shop: it creates a payment session and confirms its setup intent, as a browser would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.mock import Mock

__all__ = ["CARD", "SECRET_KEY", "Setup", "card_data", "flat", "prepared"]

CARD = "4242424242424242"
SECRET_KEY = "sk_test_anything"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """One payment session, and the values that its frontend has."""

    mock: Mock
    token: str
    customer: str
    key: str
    account: str
    secret: str
    http: httpx.Client = field(repr=False)

    @property
    def id(self) -> str:
        """The id of the setup intent."""
        return self.secret.partition("_secret_")[0]

    def retrieve(self, **query: Any) -> httpx.Response:
        """Retrieve the setup intent with the publishable key and the client secret."""
        return self.http.get(f"/v1/setup_intents/{self.id}", params={"client_secret": self.secret} | query)

    def call(self, action: str, fields: Mapping[str, Any], **headers: str) -> httpx.Response:
        """POST an action of the setup intent, as a form."""
        sent = flat({"client_secret": self.secret} | dict(fields))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(f"/v1/setup_intents/{self.id}/{action}", data=sent, headers=named)

    def confirm(self, number: str = CARD, **fields: Any) -> httpx.Response:
        """Confirm with a card."""
        return self.call("confirm", {"payment_method_data": card_data(number)} | fields)

    def confirm_with(self, name: str, **fields: Any) -> httpx.Response:
        """Confirm with the id or the name of a payment method."""
        return self.call("confirm", {"payment_method": name} | fields)

    def at(self, mock: Mock) -> Setup:
        """The same payment session, at another server."""
        values = {"token": self.token, "customer": self.customer, "key": self.key, "account": self.account}
        return Setup(mock=mock, secret=self.secret, http=mock.browser(dict(self.http.headers)), **values)

    @property
    def status(self) -> str:
        """The status of the payment session, from the control API."""
        reply = self.mock.get(f"payment-sessions/{self.token}")
        return str(reply["payment_session"]["status"])

    def saved(self) -> Any:
        """The customer's saved payment methods, as Wingback lists them."""
        reply = self.mock.http.get(f"/v1/c/customer/{self.customer}/payment/method")
        assert 200 == reply.status_code, reply.text
        return reply.json()


def prepared(mock: Mock, *, customer: str = "Cust_1", scenario: str | None = None, **body: Any) -> Setup:
    """A new payment session of a customer."""
    headers = {"mock-scenario": scenario} if scenario else {}
    reply = mock.http.post(
        f"/v1/c/customer/{customer}/payment/session",
        json={"operation": "add_method", "address": True} | body,
        headers=headers,
    )
    assert 200 == reply.status_code, reply.text
    answer = reply.json()
    stripe = answer["setup_intent"]["stripe"]
    http = mock.browser(
        {"authorization": f"Bearer {stripe['pk_key']}", "stripe-account": stripe["connected_account_id"]}
    )
    return Setup(
        mock=mock,
        token=answer["token"],
        customer=customer,
        key=stripe["pk_key"],
        account=stripe["connected_account_id"],
        secret=stripe["client_secret"],
        http=http,
    )


def card_data(number: str = CARD, **card: Any) -> dict[str, Any]:
    """The values that a payment form collects."""
    return {"type": "card", "card": {"number": number, "exp_month": "12", "exp_year": "2034", "cvc": "123"} | card}


def flat(fields: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested fields as Stripe's clients write them in a form."""
    found: dict[str, str] = {}
    for name, value in fields.items():
        full = f"{prefix}[{name}]" if prefix else name
        if isinstance(value, Mapping):
            found |= flat(value, full)
        elif isinstance(value, list):
            found |= flat({str(index): each for index, each in enumerate(value)}, full)
        else:
            found[full] = str(value)
    return found
