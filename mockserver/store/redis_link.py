"""The connection to Redis or Valkey: URLs, time limits, and what to do when a call fails."""

import asyncio
import itertools
import os
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final, TypeVar

from redis import exceptions

from mockserver.engine.metrics import StoreCalls
from mockserver.errors import StoreUnavailableError
from mockserver.parsing.json_writer import write_json
from mockserver.store.clients import client_of, has_slots

Result = TypeVar("Result")
Value = TypeVar("Value")

PREFIX: Final = "{mockserver}:"
"""The prefix of the shared keys. The braces are a hash tag: a cluster keeps all these keys in one slot."""

CALL_SECONDS: Final = 2.0
"""How long a call may take."""
MOST_ATTEMPTS: Final = 4
"""The maximum number of attempts to send a call."""

AT_ONCE: Final = 200
"""The number of values or calls in a batch. Large batches block the store and this process for a long time."""

# The maximum of the second part of an entry id in a Redis stream.
_LAST: Final = 2**64 - 1
# The files that make up each script.
_SCRIPTS: Final[Mapping[str, tuple[str, ...]]] = {
    "begin": ("common", "begin"),
    "commit": ("common", "namespaces", "index", "commit"),
    "commit_reads": ("unchanged", "common", "namespaces", "index", "commit"),
    "cluster_namespace": ("common", "namespaces", "cluster_namespace"),
    "cluster_shared": ("common", "index", "cluster_shared"),
    "expired": ("common", "index", "expired"),
    "page": ("common", "page"),
    "read": ("common", "read"),
}

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
    # uvloop raises this if a connection closes while the client writes to it.
    RuntimeError,
)


class _RefusedError(StoreUnavailableError):
    """The store has refused a call, and would refuse it again. A script may have stopped before its end."""


class Texts(list[str]):
    """The arguments of a script that follow the message. All are texts."""

    def number(self, text: str) -> int:
        """Add a text. Returns its argument number, which the message uses to refer to it. The message is argument 1."""
        self.append(text)
        return len(self) + 1

    def text(self, number: int) -> str:
        """The text with this argument number."""
        return self[number - 2]


class RedisLink:
    """Runs scripts and commands. Every call ends within CALL_SECONDS, or raises StoreUnavailableError.

    `has_slots` says whether each namespace has a slot of its own, so that no script can use all keys.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self.has_slots = has_slots(url)
        self._client: Any = None
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

    def key_of(self, kind: str, namespace: str) -> str:
        """The name of a key of a namespace, given its id. On a cluster, all keys of a namespace have one slot."""
        return f"{{mockserver:{namespace}}}:{kind}" if self.has_slots else f"{PREFIX}{kind}:{namespace}"

    async def run(
        self, script: str, message: Mapping[str, Any], texts: Sequence[str] = (), *, namespace: str | None = None
    ) -> Any:
        """Run a script on the keys of a namespace, or on the shared keys without one. Returns its reply.

        `texts` are further arguments, which the script or the message refers to. A failed attempt is repeated with
        `repeated` set to true: a script then checks first whether it has already applied the message. Raises
        StoreUnavailableError.
        """
        key = f"{PREFIX}server" if namespace is None else self.key_of("n", namespace)
        common = {"prefix": PREFIX, "slots": self.has_slots, **message}

        async def evaluate(client: Any, attempt: int) -> Any:
            message_text = write_json({**common, "repeated": attempt > 0})
            return await self._evaluate(client, script, key, message_text, *texts)

        return await self._answer(evaluate)

    async def execute(self, name: str, key: str, *arguments: Any) -> Any:
        """Run a command that reads a shared key, given without the prefix. Raises StoreUnavailableError."""
        return await self._answer(lambda client, _: client.execute_command(name, PREFIX + key, *arguments))

    async def execute_of(self, namespace: str, name: str, kind: str, *arguments: Any) -> Any:
        """Run a command that reads a key of a namespace. Raises StoreUnavailableError."""
        key = self.key_of(kind, namespace)
        return await self._answer(lambda client, _: client.execute_command(name, key, *arguments))

    async def new_entries(self, after: int, *, seconds: float) -> list[tuple[int, str]]:
        """Return the journal entries with numbers above `after`, as pairs of number and text.

        Waits up to `seconds` until there is one. Raises StoreUnavailableError.
        """
        client = self._connected()
        try:
            async with asyncio.timeout(seconds + CALL_SECONDS):
                found = await client.execute_command(
                    *("XREAD", "COUNT", 500, "BLOCK", round(seconds * 1000)),
                    *("STREAMS", f"{PREFIX}journal", f"{after}-{_LAST}"),
                )
        except (*_PASSING, exceptions.RedisError) as error:
            raise StoreUnavailableError(_reason(error)) from None
        # An object in the third version of the protocol, and a list of pairs in the second one.
        streams = list(found.values()) if isinstance(found, dict) else [entries for _, entries in found or ()]
        entries = [each for stream in streams for each in stream]
        if entries and isinstance(entries[0][0], list | tuple):
            # redis-py adds a list if the URL chooses the third version.
            entries = [each for some in entries for each in some]
        return await self.entries([int(each[0].partition("-")[0]) for each in entries])

    async def entries(self, numbers: Sequence[int]) -> list[tuple[int, str]]:
        """Return the journal entries with these numbers that still exist, as pairs of number and text."""
        texts = await self.execute("HMGET", "entries", *numbers) if numbers else ()
        return [(number, text) for number, text in zip(numbers, texts, strict=True) if text is not None]

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()
            # It leaves the connections to Sentinels open.
            manager = getattr(getattr(client, "connection_pool", None), "sentinel_manager", None)
            for sentinel in manager.sentinels if manager else ():
                await sentinel.aclose()

    async def _evaluate(self, client: Any, script: str, key: str, *arguments: str | bytes) -> Any:
        sha = self._shas.get(script)
        if sha is not None:
            try:
                return await client.execute_command("EVALSHA", sha, 1, key, *arguments)
            except exceptions.NoScriptError:
                # The store was restarted, or another replica of it answers now.
                pass
        folder = files("mockserver.store").joinpath("scripts")
        source = "\n".join(folder.joinpath(f"{part}.lua").read_text("utf-8") for part in _SCRIPTS[script])
        result = await client.execute_command("EVAL", source, 1, key, *arguments)
        self._shas[script] = _sha1(source)
        return result

    async def _answer(self, call: Callable[[Any, int], Awaitable[Result]]) -> Result:
        """Try a call until it succeeds; its arguments are the client and the number of earlier attempts.

        Raises StoreUnavailableError.
        """
        end = time.monotonic() + CALL_SECONDS
        for attempt in range(MOST_ATTEMPTS - 1):
            try:
                return await self._within_time(call, attempt, end)
            except _RefusedError:
                raise
            except StoreUnavailableError:
                if time.monotonic() >= end:
                    raise
                await _pause_before_retry(attempt)
        return await self._within_time(call, MOST_ATTEMPTS - 1, end)

    async def _within_time(self, call: Callable[[Any, int], Awaitable[Result]], attempt: int, end: float) -> Result:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(end - time.monotonic()):
                result = await call(self._connected(), attempt)
        except (*_PASSING, exceptions.RedisError) as error:
            self.calls.record(time.perf_counter() - started, failed=True)
            kind = StoreUnavailableError if isinstance(error, _PASSING) else _RefusedError
            raise kind(_reason(error)) from None
        self.calls.record(time.perf_counter() - started, failed=False)
        return result

    def _connected(self) -> Any:
        """The client for the running event loop."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._client, self._loop = client_of(self._url, seconds=CALL_SECONDS), loop
        return self._client


def in_batches(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Split values into batches of at most AT_ONCE."""
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


async def _pause_before_retry(attempt: int) -> None:
    """Wait before another try: longer each time, and never as long as other servers do."""
    await asyncio.sleep(min(0.5, 0.01 * 2**attempt) * random.uniform(0.5, 1.0))  # noqa: S311  # not a secret


def _reason(error: BaseException) -> str:
    """Why a call failed, without the address, which can have a password."""
    if isinstance(error, TimeoutError | exceptions.TimeoutError):
        return f"it did not answer within {CALL_SECONDS:g} s"
    # redis-py adds a description of its Sentinel clients to this error.
    text = str(error).partition(" : <")[0] if "No master found" in str(error) else str(error)
    text = text.splitlines()[0] if text else type(error).__name__
    return text[:200].removesuffix(".")


def _sha1(source: str) -> str:
    from hashlib import sha1

    # The name of a script in Redis; not for security.
    return sha1(source.encode(), usedforsecurity=False).hexdigest()
