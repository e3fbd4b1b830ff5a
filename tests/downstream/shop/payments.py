"""The shop's backend: it creates payment sessions, and tries again when Wingback has a bad moment."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx


class PaymentError(Exception):
    """No payment session came of it."""


class Payments:
    """Creates payment sessions. A 5xx and a broken connection are tried again, a 4xx is not."""

    def __init__(self, *, base_url: str, api_key: str, attempts: int = 3) -> None:
        self._http = httpx.Client(base_url=base_url, headers={"wb-key": api_key}, timeout=5)
        self._attempts = attempts

    def start(self, customer_id: str, *, provider: str | None = None) -> dict[str, Any]:
        """A payment session for a customer; its token is for the frontend."""
        body: dict[str, Any] = {"operation": "add_method", "address": True}
        if provider is not None:
            body["provider"] = provider
        problem = "it was never tried"
        for _ in range(self._attempts):
            try:
                reply = self._http.post(f"/v1/c/customer/{quote(customer_id, safe='')}/payment/session", json=body)
            except httpx.TransportError as error:
                problem = str(error)
                continue
            if reply.status_code == 200:
                session: dict[str, Any] = reply.json()
                return session
            problem = f"the answer was {reply.status_code}"
            if reply.status_code < 500:
                break
        raise PaymentError(problem)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()
