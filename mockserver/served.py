"""What is served: a contract and the scenarios that go with it, loaded together."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from mockserver.contract import Contract
from mockserver.scenarios import Choice
from mockserver.settings import Settings
from mockserver.vetting import load_choice

__all__ = ["Reload", "Served", "load_contract"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What answers requests: each is answered by one of these, from its beginning to its end.

    `choice` is None for a contract that came without scenarios. `read_at` is when its files began to be read,
    in seconds since the epoch.
    """

    contract: Contract
    choice: Choice | None = None
    read_at: float = 0.0

    @classmethod
    def load(cls, settings: Settings, *, contract: Contract | None = None) -> Self:
        """Read what the settings name, but for a contract that is at hand. Raises SpecError, ScenarioError."""
        read_at = time.time()
        if contract is None:
            contract = load_contract(settings)
        return cls(contract=contract, choice=load_choice(settings, contract), read_at=read_at)

    @property
    def lost(self) -> set[str]:
        """The names of scenarios that are activated and not there."""
        return self.choice.lost if self.choice else set()

    def changes(self, before: Served) -> list[str]:
        """What is not as it was before: names of scenarios, and the contract."""
        names = self.choice.scenarios.differing(before.choice.scenarios) if self.choice and before.choice else []
        return names if self.contract is before.contract else [*names, "the contract"]

    def take_over(self, before: Served) -> None:
        """Go on with the state of what was served before."""
        if self.choice and before.choice:
            self.choice.take_over(before.choice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """How the files were found when they changed last: fit to be served, or with these problems.

    `since` is when that was, in seconds since the epoch.
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


def load_contract(settings: Settings) -> Contract:
    """Read the contract that the settings name. Raises SpecError."""
    return Contract.load(
        settings.spec_file,
        overlay=settings.overlay_file,
        accepted_keys=frozenset(settings.api_keys) if settings.api_keys else None,
        max_body=settings.max_body,
        compiled=settings.validation == "compiled",
    )
