"""The snapshot: the contract and the scenarios that answer requests, loaded together and replaced together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mockserver.contract import Contract
from mockserver.engine.namespaces import namespace_of
from mockserver.errors import Refusal
from mockserver.messages import Request
from mockserver.scenarios import ScenarioSelector
from mockserver.scenarios.scenario_selector import DEFAULT
from mockserver.storage.made_once import made_once

if TYPE_CHECKING:
    # Imported on first use: it needs openapi-core, which takes half a second to import.
    from mockserver.samples.sample_replies import SampleReplies


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What answers requests. One snapshot answers a request from beginning to end.

    `selector` is None for a contract without scenarios. `read_at` is when the loader began to read the files, in
    seconds since the epoch.
    """

    contract: Contract
    selector: ScenarioSelector | None = None
    read_at: float = 0.0

    @made_once
    def samples(self) -> SampleReplies:
        """Makes replies from the schemas of the contract."""
        from mockserver.samples.sample_replies import SampleReplies

        return SampleReplies(self.contract)

    @property
    def is_prepared(self) -> bool:
        """Whether everything is imported that a request can need."""
        return self.contract.is_prepared and Snapshot.samples.is_made(self)

    def prepare(self) -> None:
        """Import now what a request can need. Otherwise the first request that needs it waits for it."""
        self.contract.prepare()
        _ = self.samples

    def missing(self, request: Request) -> Callable[[], object] | None:
        """The next slow step before a request can be answered; None if nothing is missing. Any thread can run it."""
        missing = self.contract.missing(request)
        if missing is not None or Snapshot.samples.is_made(self) or not self._leaves_to_samples(request):
            return missing
        return lambda: self.samples

    def _leaves_to_samples(self, request: Request) -> bool:
        """Whether the reply to a request is made from its schema, unless the request is refused."""
        known = self.contract.known(request)
        if known is not None and known.call.operation in self._default_operations:
            return False
        try:
            route = self.contract.route(request)
            if self.selector is None or route.operation.id not in self.selector.scenarios.operations:
                return True
            if route.operation.id in self._default_operations:
                return False
            call = self.contract.understand(request, route).call
            return self.selector.nearest(call, namespace_of(request, self.contract.credential_places).key) is None
        except Refusal:
            return False

    @made_once
    def _default_operations(self) -> frozenset[str]:
        """The operations for which the default scenario has stubs."""
        default = self.selector.scenarios.get(DEFAULT) if self.selector else None
        return frozenset(stub.operation for stub in default.stubs) if default else frozenset()

    @property
    def lost(self) -> set[str]:
        """The names of scenarios that are activated and no longer exist."""
        return self.selector.lost if self.selector else set()

    def changes(self, before: Snapshot) -> list[str]:
        """What differs from an earlier snapshot: names of scenarios, and "the contract"."""
        if self.selector and before.selector:
            names = self.selector.scenarios.differing(before.selector.scenarios)
        else:
            names = []
        return names if self.contract is before.contract else [*names, "the contract"]

    def take_over(self, before: Snapshot) -> None:
        """Continue with the state of an earlier snapshot: activated scenarios and usage counts."""
        if self.selector and before.selector:
            self.selector.take_over(before.selector)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadStatus:
    """Whether the files could be loaded when they last changed.

    `since` is the time of that change, in seconds since the epoch. `problems` is empty when the files were loaded.
    """

    since: float
    problems: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The member `reload` of `GET /__mock/health`."""
        return {
            "state": "rejected" if self.problems else "current",
            "since": datetime.fromtimestamp(self.since, UTC).isoformat(timespec="milliseconds"),
            "problems": list(self.problems),
        }
