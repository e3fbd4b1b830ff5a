"""The mock as an ASGI app: no port, no thread."""

from __future__ import annotations

import asyncio

import httpx

from mockserver.testing import MockServer


def test_without_a_port(mockserver_app: MockServer) -> None:
    async def create() -> int:
        transport = httpx.ASGITransport(app=mockserver_app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://mock", headers=mockserver_app.headers
        ) as client:
            body = {"operation": "add_method", "address": False}
            return (await client.post("/v1/c/customer/Cust_1/payment/session", json=body)).status_code

    assert 200 == asyncio.run(create())
    mockserver_app.verify(body={"address": False}, count=1)
