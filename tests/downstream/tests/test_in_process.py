"""The mock as an ASGI app: it needs neither a port nor a thread."""

from __future__ import annotations

import asyncio

import httpx

from mockserver import MockServer, Settings, create_app

BODY = {"operation": "add_method", "address": False}


async def create_session(app, headers: dict[str, str]) -> int:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://mock", headers=headers) as client:
        return (await client.post("/v1/c/customer/Cust_1/payment/session", json=BODY)).status_code


def test_the_fixture(mockserver_app: MockServer) -> None:
    assert 200 == asyncio.run(create_session(mockserver_app, mockserver_app.headers))
    mockserver_app.verify(body={"address": False}, count=1)


def test_an_app_of_its_own() -> None:
    app = create_app(Settings(scenario="server_error"))

    assert 500 == asyncio.run(create_session(app, {"wb-key": "api_key_demo"}))
