"""Backends: the mock behind a MockServer, in this process or on a running server. Both answer control calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from mockserver.errors import UsageError
from mockserver.settings import Settings
from mockserver.testing.running_server import RunningServer

if TYPE_CHECKING:
    from mockserver.testing.local_backend import LocalBackend

Backend: TypeAlias = "LocalBackend | RunningServer"


class Options(TypedDict, total=False):
    """The settings that MockServer accepts as keyword arguments. Paths can be strings."""

    spec: Path | str | None
    scenarios: Path | str | None
    scenario: str | None
    host: str
    port: int
    seed: int | None
    api_keys: tuple[str, ...]
    on_violation: Literal["refuse", "report"]
    stripe_account: Literal["required", "optional"]
    strict: bool
    cors_origins: tuple[str, ...]
    allow_hosts: tuple[str, ...]
    max_body: int
    validation: Literal["compiled", "openapi-core"]


def backend_of(
    settings: Settings | None, url: str | None, admin_token: str | None, options: Mapping[str, Any]
) -> Backend:
    """The backend for the arguments of MockServer. Raises UsageError if they cannot be used together."""
    if url is not None:
        names = [name for name in options if name not in {"scenario", "strict"}]
        if settings is not None or names:
            raise UsageError(f"a running server already has its settings: leave out {_list(names) or 'settings'}")
        return RunningServer(url, admin_token=admin_token)
    from mockserver.testing.local_backend import LocalBackend

    unknown = options.keys() - Options.__annotations__.keys()
    if unknown:
        raise UsageError(f"MockServer has no option {_list(unknown)}; it has {_list(Options.__annotations__)}")
    changes: dict[str, Any] = {**options}
    for name in ("spec", "scenarios"):
        if isinstance(changes.get(name), str):
            changes[name] = Path(changes[name])
    if admin_token is not None:
        changes["admin_token"] = admin_token
    chosen = replace(settings or Settings(port=0), **changes)
    if chosen.has_shared_store:
        raise UsageError("MockServer keeps state in memory: start mockserver with --store, and pass its address as url")
    return LocalBackend(chosen)


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
