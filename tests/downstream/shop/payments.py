"""The backend of the shop: it creates payment sessions and retries when Wingback fails."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx


class PaymentError(Exception):
    """No payment session was created."""


class Payments:
    """Creates payment sessions. It retries after a 5xx or a broken connection, but not after a 4xx."""

    def __init__(self, *, base_url: str, api_key: str, attempts: int = 3) -> None:
        self._http = httpx.Client(base_url=base_url, headers={"wb-key": api_key}, timeout=5)
        self._attempts = attempts

    def start(self, customer_id: str, *, provider: str | None = None) -> dict[str, Any]:
        """Create a payment session for a customer. Its token is for the frontend."""
        body: dict[str, Any] = {"operation": "add_method", "address": True}
        if provider is not None:
            body["provider"] = provider
        problem = "no attempt was made"
        for _ in range(self._attempts):
            try:
                reply = self._http.post(f"/v1/c/customer/{quote(customer_id, safe='')}/payment/session", json=body)
            except httpx.TransportError as error:
                problem = str(error)
                continue
            if reply.status_code == 200:
                session: dict[str, Any] = reply.json()
                return session
            problem = f"the status was {reply.status_code}"
            if reply.status_code < 500:
                break
        raise PaymentError(problem)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
