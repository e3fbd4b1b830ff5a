"""The backend of a shop that never read the contract to its end."""

from __future__ import annotations

import httpx


def start(
    base_url: str, customer_id: str, *, api_key: str | None, address: object = True, path: str = "session"
) -> int:
    """Create a payment session, or what this shop takes for one; gives the status of the answer."""
    headers = {} if api_key is None else {"wb-key": api_key}
    body = {"operation": "add_method", "address": address}
    return httpx.post(f"{base_url}/v1/c/customer/{customer_id}/payment/{path}", json=body, headers=headers).status_code
