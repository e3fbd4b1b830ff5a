"""Reads large requests in a thread, so that other requests are answered meanwhile."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from mockserver.contract import Contract, Understood
from mockserver.errors import Refusal
from mockserver.messages import Request
from mockserver.storage.made_once import made_once
from mockserver.web.request_head import RequestHead

LARGE: Final = 32 * 1024
"""A request with more characters than this is large. openapi-core checks about 1,000 characters in a millisecond."""


def is_large(head: RequestHead, body: bytes) -> bool:
    """Whether reading a request can delay other requests noticeably."""
    return len(body) + head.size > LARGE


class LargeRequests:
    """Reads one large request after the other. Between two instructions, Python lets the event loop continue.

    Only what depends on nothing but the contract and the request is done in the thread.
    """

    async def read(self, contract: Contract, request: Request) -> Understood | Refusal:
        """What the contract says about a request."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, contract.read_ahead, request)

    @made_once
    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, thread_name_prefix="large requests")
