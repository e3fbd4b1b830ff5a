"""Makes decisions on shared state. Several are committed together; one that read outdated state is made again."""

import asyncio
import itertools
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Generic, TypeVar

from mockserver.errors import StoreUnavailableError
from mockserver.store.commits import COMMITTED, TOO_EARLY
from mockserver.store.exchange import Exchange, Exchanged, Outcome
from mockserver.store.known_state import KnownState
from mockserver.store.records import NEW_NAMESPACE
from mockserver.store.transaction import Need, NeededError, RunningTransaction, Transaction

Result = TypeVar("Result")

MOST_AT_ONCE: Final = 32
"""How many decisions are committed together. With many, another process is likely to commit in the meantime."""
_PAUSE_FOR_ANOTHER: Final = (0.001, 0.004)
"""How long to wait, in seconds, if another process may commit first."""
_MOST_SECONDS: Final = 5.0
"""How long a decision is made again because other servers change the same state."""
_PATIENCE: Final = 2
"""After this many attempts of a decision, nothing is forgotten until it is made: it needs all of it at once."""


class PendingDecision(Generic[Result]):
    """A decision that is to be made. Those with the same `lane` are likely to change the same namespace.

    `needs` is what it will probably need to know, so that it is asked for once. `attempts` counts how often it needed
    something else. `arrived` is a time of the monotonic clock, in seconds.
    """

    __slots__ = ("arrived", "attempts", "decide", "done", "error", "lane", "needs", "result")

    def __init__(self, decide: Callable[[], Result], lane: str, needs: tuple[Need, ...]) -> None:
        self.decide = decide
        self.lane = lane
        self.needs = needs
        self.done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self.arrived = time.monotonic()
        self.attempts = 0
        self.result: Any = None
        self.error: Exception | None = None


class Turn:
    """Decisions that are made one after another and committed together.

    `again` are those that have to be made again, and `needs` is what they need to know. A namespace that nothing is
    known about counts as new. If it is not, the commit fails and loads it.
    """

    def __init__(self, known: KnownState, running: RunningTransaction) -> None:
        self._known = known
        self._running = running
        self._lanes: dict[str, Transaction] = {}
        self._decided: list[PendingDecision[Any]] = []
        self.again: list[PendingDecision[Any]] = []
        self.needs: dict[Need, None] = {}

    def make(self, decision: PendingDecision[Any]) -> bool:
        """Make a decision on top of the others of its lane. Returns whether other decisions can follow in this turn."""
        if decision.done.done():
            # Its client has gone.
            return True
        for need in decision.needs:
            self._assume_new(need)
        lane = self._lanes.get(decision.lane)
        transaction = Transaction(self._known if lane is None else lane)
        try:
            decision.result, decision.error = self._running.run(decision.decide, transaction), None
        except NeededError as missing:
            if self._assume_new(missing.need):
                return self.make(decision)
            self.needs.update(dict.fromkeys((missing.need, *decision.needs)))
            decision.needs = ()
            decision.attempts += 1
            self.again.append(decision)
            return True
        except Exception as error:  # noqa: BLE001  # the caller gets it
            decision.result, decision.error = None, error
        transaction.since = decision.arrived
        if lane is None:
            self._lanes[decision.lane] = transaction
        else:
            lane.merge(transaction)
        self._decided.append(decision)
        # After a reset, nothing that was known before is valid.
        return not transaction.resets

    def _assume_new(self, need: Need) -> bool:
        """Assume that a namespace is new, if nothing is known about it and none of its items is needed."""
        if need.namespace is None or need.fields or self._known.namespace(need.namespace):
            return False
        self._known.learn_namespace(need.namespace, "", NEW_NAMESPACE)
        return True

    @property
    def parts(self) -> dict[str, Transaction]:
        """The transactions that have read or written something, by lane."""
        return {name: lane for name, lane in self._lanes.items() if lane.writes or lane.reads() or lane.reads_server}

    def settle(self, outcomes: Mapping[str, Outcome]) -> None:
        """Return the results of decisions in committed lanes. Decisions in other lanes are repeated, or fail."""
        undone = []
        for decision in self._decided:
            outcome = outcomes.get(decision.lane, COMMITTED)
            if decision.done.done():
                continue
            if isinstance(outcome, StoreUnavailableError):
                decision.done.set_exception(outcome)
            elif outcome != COMMITTED:
                if time.monotonic() < decision.arrived + _MOST_SECONDS:
                    undone.append(decision)
                else:
                    decision.done.set_exception(
                        StoreUnavailableError("other servers change the same state all the time")
                    )
            elif decision.error is not None:
                decision.done.set_exception(decision.error)
            else:
                decision.done.set_result(decision.result)
        self.again[:0] = undone


class SharedStore:
    """Decides in turns. While a commit is on its way, other decisions wait; then they are committed together.

    Decisions of one lane build on each other. If a lane does not fit what is stored, because another server has changed
    it, its decisions are made again on top of what is stored now.
    """

    def __init__(self, exchange: Exchange, known: KnownState, running: RunningTransaction) -> None:
        self._exchange = exchange
        self._known = known
        self._running = running
        self._waiting: deque[PendingDecision[Any]] = deque()
        self._work: asyncio.Task[None] | None = None
        self._numbers = itertools.count()
        # Whether nothing was written in the last turn. The next one probably reads, too.
        self._only_reads = False

    def submit(
        self, decide: Callable[[], Result], *, lane: str = "", needs: tuple[Need, ...] = ()
    ) -> asyncio.Future[Result]:
        """Return the future result of a decision. When it is done, the effects of the decision are stored.

        Its error can be StoreUnavailableError.
        """
        if not lane and not self._exchange.is_atomic:
            # Its namespace is unknown. A lane of its own keeps it apart from decisions about other namespaces.
            lane = str(next(self._numbers))
        decision = PendingDecision(decide, lane, needs)
        self._waiting.append(decision)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._decide_all())
        return decision.done

    async def _decide_all(self) -> None:
        while self._waiting:
            turn: list[PendingDecision[Any]] = []
            try:
                if self._only_reads:
                    # A call costs more than a read: let other reads join this turn.
                    await asyncio.sleep(0)
                turn += [self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))]
                await self._take_turn(turn)
            except StoreUnavailableError as error:
                # The waiting decisions would only wait for the same timeout.
                self._fail_all(turn, error)
            except BaseException as error:
                self._fail_all(turn, error)
                raise

    def _fail_all(self, turn: Iterable[PendingDecision[Any]], error: BaseException) -> None:
        _fail((*turn, *self._waiting), error)
        self._waiting.clear()

    async def _take_turn(self, decisions: list[PendingDecision[Any]]) -> None:
        """Make these decisions and commit them. Those that have to be made again wait first in the queue."""
        if all(decision.attempts < _PATIENCE for decision in decisions):
            self._known.trim()
        turn = Turn(self._known, self._running)
        for index, decision in enumerate(decisions):
            if not turn.make(decision):
                turn.again += decisions[index + 1 :]
                break
        parts = turn.parts
        self._only_reads = bool(parts) and not any(part.writes for part in parts.values())
        needs = tuple(turn.needs)
        done = await self._exchange.commit(list(parts.values()), needs) if parts or needs else Exchanged([])
        if done.problem is not None:
            _fail(turn.again, done.problem)
        turn.settle(dict(zip(parts, done.outcomes, strict=True)))
        self._waiting.extendleft(reversed(turn.again))
        if TOO_EARLY in done.outcomes:
            await asyncio.sleep(random.uniform(*_PAUSE_FOR_ANOTHER))  # noqa: S311  # not a secret


def _fail(decisions: Iterable[PendingDecision[Any]], error: BaseException) -> None:
    for decision in decisions:
        if not decision.done.done():
            decision.done.set_exception(error)
