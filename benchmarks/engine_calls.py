"""Calls of an engine without HTTP: several cases in turn, so that a slow second affects all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from time import process_time

from mockserver.engine.engine import Engine
from mockserver.messages import Reply, Request

__all__ = ["Case", "Rounds", "measure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """The number of rounds, and of requests per round."""

    count: int
    requests: int


@dataclass(slots=True, kw_only=True)
class Case:
    """An engine, a request to it, the status of the reply and a header that it must have, and its times.

    `times` are the microseconds of CPU time per request, in each round.
    """

    engine: Engine
    request: Request
    status: int = 200
    header: tuple[str, str] | None = None
    times: list[float] = field(default_factory=list)

    @property
    def microseconds(self) -> float:
        """The CPU time per request: the median of the rounds."""
        return median(self.times)


def measure(cases: list[Case], rounds: Rounds) -> None:
    """Measure the cases in alternating rounds, after one round of warm-up."""
    for _ in range(rounds.count + 1):
        for case in cases:
            start = process_time()
            for _ in range(rounds.requests):
                reply = case.engine.handle(case.request)
            case.times.append((process_time() - start) / rounds.requests * 1e6)
            assert isinstance(reply, Reply), reply
            assert reply.status == case.status, reply
            assert case.header is None or case.header in reply.headers, reply
    for case in cases:
        del case.times[0]
