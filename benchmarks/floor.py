"""The floor: a bare Starlette app with the mock's uvicorn settings. It returns one JSON document and checks nothing."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

SESSION = {
    "token": "PaySess_c40bea18-c0c9-44b1-bd0c-43f5283e1670",
    "wb_customer_id": "Cust_5283e167-c0c9-44b1-bd0c-43f5283e1670",
    "customer_id": "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670",
    "provider": "stripe",
    "operation": "add_method",
    "status": "created",
    "address": True,
    "detach_previous_on_success": False,
    "setup_intent": {
        "wb_customer_id": "Cust_5283e167-c0c9-44b1-bd0c-43f5283e1670",
        "customer_id": "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670",
        "address": True,
        "stripe": {
            "pk_key": "pk_test_000000000000000000000000",
            "connected_account_id": "acct_0000000000000000",
            "client_secret": "seti_000000000000000000000000_secret_0000000000000000000000000000000",
        },
    },
}


async def create_session(_request: Request) -> JSONResponse:
    """Return the same payment session for every request."""
    return JSONResponse(SESSION)


app = Starlette(routes=[Route("/v1/c/customer/{customer_id}/payment/session", create_session, methods=["POST"])])

if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        ws="none",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
