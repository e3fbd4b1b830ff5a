"""Lets other servers act, or fails calls, between two calls of the store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import redis

from mockserver.errors import StoreUnavailableError
from mockserver.store.redis_link import RedisLink
from tests.store.replicas import link_of
from tests.support.mock import Mock


def before_first(
    mock: Mock, monkeypatch: pytest.MonkeyPatch, member: str, act: Callable[[], httpx.Response]
) -> list[int]:
    """Act before a server sends its first message with this member. Returns a list that gets the status of the act."""
    link, statuses = link_of(mock), list[int]()
    run = link.run

    async def acted(script: str, message: Any, *texts: Any, **options: Any) -> Any:
        if message.get(member) and not statuses:
            statuses.append((await asyncio.to_thread(act)).status_code)
        return await run(script, message, *texts, **options)

    monkeypatch.setattr(link, "run", acted)
    return statuses


def lose_reply_to(
    mock: Mock, monkeypatch: pytest.MonkeyPatch, member: str, act: Callable[[], object] = lambda: None
) -> None:
    """Lose the first reply to a message with this member, after acting. The server sends the message again."""
    link, evaluate = link_of(mock), RedisLink._evaluate
    lost: list[str] = []

    async def lose(own: RedisLink, client: Any, script: str, key: str, message: Any, *texts: Any) -> Any:
        reply = await evaluate(own, client, script, key, message, *texts)
        if own is link and not lost and member in json.loads(message):
            lost.append(script)
            await asyncio.to_thread(act)
            raise redis.ConnectionError("the reply was lost")
        return reply

    monkeypatch.setattr(RedisLink, "_evaluate", lose)


def fail_with(mock: Mock, monkeypatch: pytest.MonkeyPatch, member: str) -> None:
    """Make all messages that have this member fail before they are sent."""
    link = link_of(mock)
    run = link.run

    async def fail(script: str, message: Any, *texts: Any, **options: Any) -> Any:
        if message.get(member):
            raise StoreUnavailableError("the server ends here")
        return await run(script, message, *texts, **options)

    monkeypatch.setattr(link, "run", fail)
