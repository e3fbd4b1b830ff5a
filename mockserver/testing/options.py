"""Options: what a mock for tests can be told, and where it runs then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypedDict

from mockserver.errors import UsageError
from mockserver.settings import Settings
from mockserver.testing.backends import Backend, LocalBackend, RemoteBackend

__all__ = ["Options", "backend_of"]


class Options(TypedDict, total=False):
    """The settings of a mock of this process, as on the command line; paths may be text."""

    spec: Path | str | None
    scenarios: Path | str | None
    scenario: str | None
    host: str
    port: int
    seed: int | None
    api_keys: tuple[str, ...]
    on_violation: Literal["refuse", "report"]
    cors_origins: tuple[str, ...]
    allow_hosts: tuple[str, ...]
    max_body: int
    validation: Literal["compiled", "openapi-core"]


def backend_of(settings: Settings | None, url: str | None, admin_token: str | None, options: Options) -> Backend:
    """Where the mock runs that these name. Raises UsageError."""
    if url is None:
        return LocalBackend(_settings(settings, admin_token, options))
    given = [name for name in options if name != "scenario"]
    if settings is not None or given:
        raise UsageError(f"a server that runs already has its settings: leave out {_listed(given) or 'settings'}")
    return RemoteBackend(url, admin_token=admin_token)


def _settings(settings: Settings | None, admin_token: str | None, options: Options) -> Settings:
    given: dict[str, Any] = {**options}
    unknown = given.keys() - Options.__annotations__.keys()
    if unknown:
        raise UsageError(f"MockServer has no option {_listed(unknown)}; it has {_listed(Options.__annotations__)}")
    for name in ("spec", "scenarios"):
        if isinstance(given.get(name), str):
            given[name] = Path(given[name])
    if admin_token is not None:
        given["admin_token"] = admin_token
    return replace(settings or Settings(port=0), **given)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
