"""The connection to Redis or Valkey: URLs, time limits, and what to do when a call fails."""

import asyncio
import itertools
import os
import random
import time
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs, urlsplit

from redis import exceptions
from redis.asyncio import Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from mockserver.engine.metrics import StoreCalls
from mockserver.errors import StoreUnavailableError, UsageError

Result = TypeVar("Result")

PREFIX: Final = "{mockserver}:"
"""Begins every key. On a cluster the braces put all keys into one slot, so that a script can use them together."""

CALL_SECONDS: Final = 2.0
"""How long a call may take."""

# A dropped connection or a restarting server: another try may succeed.
_PASSING: Final = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.BusyLoadingError,
    exceptions.ReadOnlyError,
    exceptions.ClusterDownError,
    OSError,
    # Not an exceptions.RedisError: the nodes of a cluster do not answer.
    exceptions.RedisClusterException,
)


class RedisLink:
    """Runs scripts and commands. Every call ends within CALL_SECONDS, or raises StoreUnavailableError."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Redis | RedisCluster | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._shas: dict[str, str] = {}
        self._ids = itertools.count(1)
        self._process = 0
        self._name = ""
        self.calls = StoreCalls()

    def new_id(self) -> str:
        """An id that no other call of any server has."""
        if self._process != os.getpid():
            # Workers are forked from one process, and must not continue its ids: all of them would have the same.
            self._process, self._name = os.getpid(), os.urandom(6).hex()
        return f"{self._name}-{next(self._ids)}"

    async def run(self, script: str, argument: str | bytes) -> Any:
        """The reply to a script, given one argument. Raises StoreUnavailableError."""
        return await self._within_time(lambda client: self._evaluate(client, script, argument))

    async def execute(self, *command: Any) -> Any:
        """The reply to a command whose first argument is a key without the prefix. Raises StoreUnavailableError."""
        name, key, *arguments = command
        return await self._within_time(lambda client: client.execute_command(name, PREFIX + key, *arguments))

    async def new_entries(self, after: int, *, seconds: float) -> list[tuple[int, str]]:
        """The journal entries after a number, each with its number and text. Waits up to `seconds` for one."""
        client = self._connected()
        try:
            async with asyncio.timeout(seconds + CALL_SECONDS):
                found = await client.execute_command(
                    "XREAD", "COUNT", 500, "BLOCK", round(seconds * 1000), "STREAMS", f"{PREFIX}journal", f"{after}-0"
                )
        except (*_PASSING, exceptions.RedisError) as error:
            raise StoreUnavailableError(_reason(error)) from None
        # A list before the third version of the protocol.
        streams = list(found.values()) if isinstance(found, dict) else [entries for _, entries in found or ()]
        return [entry_of(each) for entries in streams for each in (entries if streams else ())]

    async def ping(self) -> str | None:
        """Why the store cannot be used; None if it can."""
        try:
            await self.execute("EXISTS", "server")
        except StoreUnavailableError as error:
            return str(error)
        return None

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()
            # It leaves the connections to Sentinels open.
            manager = getattr(getattr(client, "connection_pool", None), "sentinel_manager", None)
            for sentinel in manager.sentinels if manager else ():
                await sentinel.aclose()

    async def _evaluate(self, client: Any, script: str, argument: str | bytes) -> Any:
        key = f"{PREFIX}server"
        sha = self._shas.get(script)
        if sha is not None:
            try:
                return await client.execute_command("EVALSHA", sha, 1, key, argument)
            except exceptions.NoScriptError:
                # The store was restarted, or another replica of it answers now.
                pass
        source = files("mockserver.store").joinpath("scripts", f"{script}.lua").read_text("utf-8")
        result = await client.execute_command("EVAL", source, 1, key, argument)
        self._shas[script] = _sha1(source)
        return result

    async def _within_time(self, call: Callable[[Any], Awaitable[Result]]) -> Result:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(CALL_SECONDS):
                result = await call(self._connected())
        except (*_PASSING, exceptions.RedisError) as error:
            self.calls.record(time.perf_counter() - started, failed=True)
            raise StoreUnavailableError(_reason(error)) from None
        self.calls.record(time.perf_counter() - started, failed=False)
        return result

    def _connected(self) -> Any:
        """The client for the running event loop."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._client, self._loop = _client_of(self._url), loop
        return self._client


async def pause_before_retry(attempt: int) -> None:
    """Wait before another try: longer each time, and never as long as other servers do."""
    await asyncio.sleep(min(0.5, 0.01 * 2**attempt) * random.uniform(0.5, 1.0))  # noqa: S311  # not a secret


def entry_of(stored: Any) -> tuple[int, str]:
    """The number and the text of an entry of the stream."""
    number, fields = stored
    return int(number.partition("-")[0]), fields["data"] if isinstance(fields, dict) else fields[3]


def _client_of(url: str) -> Any:
    options: dict[str, Any] = {
        "decode_responses": True,
        "socket_timeout": None,
        "socket_connect_timeout": CALL_SECONDS,
        "retry": Retry(NoBackoff(), 0),
        "client_name": "mockserver",
    }
    parts = urlsplit(url)
    try:
        if parts.scheme == "redis+cluster":
            return RedisCluster.from_url(url.replace("redis+cluster", "redis", 1), **options)
        if parts.scheme == "redis+sentinel":
            return _sentinel_client(parts.netloc, parts.path, parts.query, options)
        return Redis.from_url(url, **options)
    except (ValueError, exceptions.RedisError) as error:
        raise UsageError(f"--store cannot be used: {error}") from None


def _sentinel_client(netloc: str, path: str, query: str, options: dict[str, Any]) -> Any:
    """The client for `redis+sentinel://[user:password@]host:port,host:port/name[/database]`."""
    credentials, _, hosts = netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    name, _, database = path.strip("/").partition("/")
    if not name:
        raise UsageError("--store redis+sentinel://host:port/name needs the name of the service at its end")
    addresses = []
    for each in hosts.split(","):
        host, _, port = each.rpartition(":") if ":" in each else (each, "", "26379")
        addresses.append((host, int(port)))
    own = parse_qs(query)
    # A sentinel that does not answer must leave time to ask the others.
    sentinel_options: dict[str, Any] = {
        "socket_connect_timeout": CALL_SECONDS / 4,
        "retry": Retry(NoBackoff(), 0),
        **{key.removeprefix("sentinel_"): each[0] for key, each in own.items()},
    }
    sentinel: Any = Sentinel(addresses, sentinel_kwargs=sentinel_options, **options)  # type: ignore[no-untyped-call]  # redis-py has no types here
    return sentinel.master_for(name, db=int(database or 0), username=user or None, password=password or None, **options)


def _reason(error: BaseException) -> str:
    """Why a call failed, without the address, which can have a password."""
    if isinstance(error, TimeoutError | exceptions.TimeoutError):
        return f"it did not answer within {CALL_SECONDS:g} s"
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return text[:200].removesuffix(".")


def _sha1(source: str) -> str:
    from hashlib import sha1

    # The name of a script in Redis; not for security.
    return sha1(source.encode(), usedforsecurity=False).hexdigest()
