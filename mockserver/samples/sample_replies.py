"""Makes a documented reply for an operation without a scenario: from published examples, or from the schemas."""

import random
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from mockserver.contract import Contract
from mockserver.contract.document.operations import Operation
from mockserver.errors import Refusal, SpecError, Violation
from mockserver.limits.step_budget import StepBudget, StepLimitReached
from mockserver.messages import Call, Reply
from mockserver.samples import NoSample, SchemaSamples
from mockserver.samples.reply_plans import PlannedReply, ReplyPlan
from mockserver.samples.reply_search import ChosenResponse, ReplySearch
from mockserver.samples.sample_bodies import SampleBodies
from mockserver.samples.sample_headers import SampleHeaders
from mockserver.samples.schema_samples import MAX_TOTAL_STEPS
from mockserver.samples.value_plans import ValuePlan

MAX_PLANS = 2_000
"""How many plans are kept. One for a large schema takes about 100 KB."""
TRIALS = 5
MAX_TRIALS = 25


class SampleReplies:
    """Makes replies that the contract documents, and validates each before it is sent.

    A valid reply is searched once for each documented response. Later replies follow the plan of the one that was
    found, which always is the same: the replies depend on the random generator, and not on earlier requests.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        # For the reply that is being made, with all its headers.
        self._budget = StepBudget(MAX_TOTAL_STEPS)
        self._samples = SchemaSamples(
            contract.document.data,
            openapi_31=contract.document.is_31,
            problems=self._problems,
            budget=lambda: self._budget,
        )
        self._headers = SampleHeaders(self._samples, contract.document.resolve)
        self._bodies = SampleBodies(contract.document, self._samples)
        self._search = ReplySearch(contract, self._headers, self._bodies)
        self._plans: dict[tuple[object, ...], ReplyPlan | None] = {}

    def make(self, call: Call, rng: random.Random) -> Reply:
        """A reply to a call, as the headers Prefer and Accept of the request choose it.

        If no valid body can be made for a media type, the next one that the client accepts is tried.
        Raises Refusal, in this order: not-acceptable, unknown-preference; reply-violates-contract, with the reason,
        when no valid reply can be made.
        """
        operation = self._contract.operations[call.operation]
        chosen = self._search.choose(operation, call.request.headers)
        plan = self._plan(operation, chosen)
        self._budget = StepBudget(MAX_TOTAL_STEPS)
        if plan is not None:
            with suppress(NoSample, SpecError, StepLimitReached):
                planned = plan.make(rng)
                if not self._violations(operation, planned):
                    return planned.reply
        return self._search.find(operation, chosen, rng, self._budget).reply

    def check_accept(self, call: Call) -> None:
        """Raises Refusal not-acceptable: Accept allows no media type of the reply that is sent without Prefer."""
        self._search.check_accept(self._contract.operations[call.operation], call.request.headers)

    def _plan(self, operation: Operation, chosen: ChosenResponse) -> ReplyPlan | None:
        """The plan for a response in its first media type; None if each reply has to be searched."""
        key = (operation.id, chosen.status, chosen.media_types[0], chosen.preference)
        if key not in self._plans:
            self._budget = StepBudget(MAX_TOTAL_STEPS)
            plan = self._new_plan(operation, chosen._replace(media_types=chosen.media_types[:1]))
            while len(self._plans) >= MAX_PLANS:
                del self._plans[next(iter(self._plans))]
            self._plans[key] = plan
        return self._plans[key]

    def _new_plan(self, operation: Operation, chosen: ChosenResponse) -> ReplyPlan | None:
        try:
            # Not the generator of the request: another request of another caller may come first.
            found = self._search.find(operation, chosen, random.Random(0), self._budget)  # noqa: S311  # repeatable
            headers = self._headers.planned(chosen.response, chosen.preference.applied)
            source = found.body.source
            values = ValuePlan(self._samples, source.value, source.made) if source is not None else None
        except (Refusal, NoSample, SpecError, StepLimitReached):
            return None
        write = partial(self._bodies.written, described=found.described, media_type=found.media_type)
        plan = ReplyPlan(status=chosen.status, headers=headers, body=found.body, values=values, write=write)
        return self._tried(operation, plan)

    def _tried(self, operation: Operation, plan: ReplyPlan | None) -> ReplyPlan | None:
        """The plan, with a search for the parts whose drawn values are not valid in some of the trials."""
        valid = 0
        for trial in range(MAX_TRIALS):
            if plan is None or valid == TRIALS:
                return plan
            try:
                violations = self._violations(operation, plan.make(random.Random(trial)))  # noqa: S311  # repeatable
            except (NoSample, SpecError, StepLimitReached):
                return None
            valid = 0 if violations else valid + 1
            if violations:
                plan = plan.searching(each.pointer if each.place == "body" else "" for each in violations)
        return None

    def _violations(self, operation: Operation, planned: PlannedReply) -> list[Violation]:
        if planned.unchecked is None:
            return []
        return self._contract.reply_violations(
            operation.id, planned.unchecked, written=planned.body.value, budget=self._budget
        )

    def _problems(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        found = self._contract.schema_violations(schema, value, self._budget)
        return [f"{each.pointer}: {each.message}" for each in found]
