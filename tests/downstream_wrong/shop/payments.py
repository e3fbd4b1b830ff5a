"""The backend of a shop that does not follow the contract."""

from __future__ import annotations

import httpx


def start(
    base_url: str, customer_id: str, *, api_key: str | None, address: object = True, path: str = "session"
) -> int:
    """Send a request for a payment session, which can be invalid. Returns the status of the reply."""
    headers = {} if api_key is None else {"wb-key": api_key}
    body = {"operation": "add_method", "address": address}
    return httpx.post(f"{base_url}/v1/c/customer/{customer_id}/payment/{path}", json=body, headers=headers).status_code
