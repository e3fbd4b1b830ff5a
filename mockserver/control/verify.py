"""Answers `POST /__mock/verify`. If the expectation does not hold, the refusal shows the nearest calls."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from mockserver.control.caller_patterns import CallerPatterns
from mockserver.control.expectation_limits import check_size
from mockserver.control.expectations import CallCount, Expectation, calls
from mockserver.control.verifier import NearCall, Verifier
from mockserver.engine.engine import Engine
from mockserver.engine.namespaces import Namespace
from mockserver.errors import Refusal, Violation
from mockserver.limits.slices import Sliced
from mockserver.limits.step_budget import StepBudget, StepLimitReached
from mockserver.parsing import json_pointers
from mockserver.redaction.card_numbers import REDACTED
from mockserver.redaction.credential_names import CredentialNames
from mockserver.redaction.redact import redact_value
from mockserver.scenarios import Condition
from mockserver.scenarios.format.flaws import Flaw, FlawsError, below
from mockserver.scenarios.format.formats import ValueFormat
from mockserver.scenarios.format.matcher_formats import MatcherFormats
from mockserver.scenarios.format.scenario_format import condition_format
from mockserver.scenarios.suggestions import did_you_mean

COUNTS: Final = ("count", "at_least", "at_most")
MAX_STEPS: Final = 5_000_000
"""How much may be compared in one call. A step takes about a microsecond."""
MAX_SHOWN_BODY: Final = 10_000
"""How many characters of the body of a near call are shown. The journal has all of it."""

Body = Mapping[str, Any]


def verify_calls(engine: Engine, body: Body, namespace: Namespace | None) -> Sliced[dict[str, Any]]:
    """The reply if the expectation holds.

    Raises Refusal: contract-violation if the body is invalid or has too many matchers; too-much-to-compare;
    not-verified.
    """
    budget = StepBudget(MAX_STEPS)
    try:
        check_size(body)
        expectations, count = _parse(engine, body, condition_format(MatcherFormats(CallerPatterns(budget).compile)))
    except FlawsError as error:
        raise _invalid(error) from None
    yield None
    key = namespace.key if namespace else None
    entries = (yield from engine.state.journal_of(key)).of(key)
    verifier = Verifier(engine.contract, budget)
    try:
        if count is None:
            result = yield from verifier.verify_order(expectations, entries)
        else:
            result = yield from verifier.verify(expectations[0], count, entries)
    except StepLimitReached:
        raise Refusal(
            "too-much-to-compare",
            f"Too much to compare: it takes too long to compare {calls(len(entries))} with this expectation. "
            "Name the operation, use fewer or simpler matchers, or reset before the calls of interest.",
        ) from None
    found = [entry.id for entry in result.found]
    if result.holds:
        return {"found": found}
    hint = ""
    if body.get("hint") and namespace is not None and not entries:
        hint = _hint((yield from engine.state.sizes()).journal_entries, namespace)
    nearest = []
    for call in result.nearest:
        nearest.append(_near_call(call))
        yield None
    extra: dict[str, object] = {"expected": _redacted(body, engine.redactor.names), "found": found, "nearest": nearest}
    raise Refusal("not-verified", f"{result.detail}{hint}", extra=extra)


def _parse(engine: Engine, body: Body, condition: ValueFormat[Condition]) -> tuple[list[Expectation], CallCount | None]:
    """The expectations; and how often a call should have been made, None if calls are expected in order."""
    if "in_order" not in body:
        return [_expectation(engine, body, condition)], _count(body)
    others = [name for name in body if name not in {"in_order", "hint"}]
    if others:
        raise FlawsError([Flaw((name,), "not allowed beside in_order: put it into its calls") for name in others])
    expectations = []
    for index, each in enumerate(body["in_order"]):
        with below("in_order", index):
            expectations.append(_expectation(engine, each, condition))
    return expectations, None


def _expectation(engine: Engine, body: Body, condition: ValueFormat[Condition]) -> Expectation:
    """One expectation. A name that does not exist is an error: with `count: 0` it would always hold."""
    # Imported here: a health check does not need Stripe's API.
    from mockserver.saved_methods import OPERATIONS as SAVED_METHODS_OPERATIONS
    from mockserver.stripe.stripe_operations import OPERATIONS as STRIPE_OPERATIONS

    known: dict[str, Collection[str]] = {
        "operation": (*engine.contract.operations, *SAVED_METHODS_OPERATIONS, *STRIPE_OPERATIONS),
        "scenario": engine.scenarios or (),
    }
    for member, names in known.items():
        name = body.get(member)
        if name is not None and name not in names:
            with below(member):
                raise FlawsError.one(f"there is no {member} {name[:100]!r}{did_you_mean(name[:100], names)}")
    return Expectation.parse(body, condition)


def _count(body: Body) -> CallCount:
    limits = [name for name in ("at_least", "at_most") if name in body]
    if "count" in body and limits:
        raise FlawsError([Flaw((name,), "not allowed beside count, which is exact") for name in limits])
    return CallCount.parse(body)


def _invalid(error: FlawsError) -> Refusal:
    violations = tuple(
        Violation(place="body", pointer=json_pointers.join(flaw.path), message=flaw.problem, keyword="verify")
        for flaw in error.flaws
    )
    detail = "; ".join(f"{each.pointer or '/'}: {each.message}" for each in violations)
    return Refusal("contract-violation", f"The expectation is invalid: {detail}", violations=violations)


def _hint(number: int, namespace: Namespace) -> str:
    """How many calls others made, and never who: a client that sends one key and verifies with another finds none."""
    calls = f"{number} call{'' if number == 1 else 's'}"
    hint = f" This is about the namespace {namespace.shown}; {calls} came with other credentials or without any."
    return hint if number else ""


def _redacted(body: Body, names: CredentialNames) -> dict[str, Any]:
    """The request body without secrets: the refusal appears in reports."""
    return {name: _redacted_member(name, value, names) for name, value in body.items() if name != "hint"}


def _redacted_member(name: str, value: Any, names: CredentialNames) -> Any:
    if name == "in_order":
        return [_redacted(each, names) for each in value]
    if name in {"query", "header", "cookie"}:
        return {
            field: REDACTED if names.hide(name, field) else redact_value(matcher) for field, matcher in value.items()
        }
    return redact_value(value)


def _near_call(call: NearCall) -> dict[str, Any]:
    entry = call.entry
    shown = entry.redactor.of_exchange(entry.request.headers.pairs, entry.request.query)
    return {
        "entry": entry.id,
        "request": entry.request_as_json(max_body=MAX_SHOWN_BODY),
        "operation": entry.operation,
        "scenario": entry.scenario,
        "refused": entry.refused,
        "misses": [shown.texts(miss.as_json()) for miss in call.misses],
        **({"misses_omitted": call.omitted} if call.omitted else {}),
    }
