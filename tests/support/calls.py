"""The request of the documents: one call that creates a payment session, and changes to it."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.support.mock import TLS

__all__ = ["BODY", "CUSTOMER", "PATH", "send", "session"]

CUSTOMER = "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670"
PATH = f"/v1/c/customer/{CUSTOMER}/payment/session"
BODY = '{"operation":"add_method","address":true}'


def send(url: str, *, method: str = "POST", path: str = PATH, body: str = BODY, **headers: str) -> httpx.Response:
    """Send the README's request with these changes. An empty header is left out."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    fields = {"wb-key": "api_key_demo", "content-type": "application/json", **named}
    sent = {name: value for name, value in fields.items() if value}
    with httpx.Client(base_url=url, verify=TLS, trust_env=False, timeout=10) as client:
        return client.request(method, path, content=body.encode(), headers=sent)


def session(url: str, **members: object) -> Any:
    """The payment session for a body with these additional members."""
    reply = send(url, body=json.dumps({"operation": "add_method", "address": True, **members}))
    assert 200 == reply.status_code, reply.text
    return reply.json()
