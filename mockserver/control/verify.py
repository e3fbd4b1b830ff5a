"""What `POST /__mock/verify` asks, read and answered; an answer of no shows what came instead, the nearest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from mockserver.control.expectations import Bounds, Expectation, VerifyResult, parse_expectation, verify, verify_order
from mockserver.engine.engine import Engine
from mockserver.engine.journal import Entry
from mockserver.engine.namespaces import Namespace
from mockserver.errors import Refusal, Violation
from mockserver.parsing import json_pointers
from mockserver.redaction import REDACTED, is_secret_name, redact_value
from mockserver.scenarios import Miss
from mockserver.scenarios.format.flaws import Flaw, FlawsError, below
from mockserver.scenarios.suggestions import did_you_mean

__all__ = ["verified"]

BOUNDS: Final = ("count", "at_least", "at_most")
SHOWN_NAMESPACES: Final = 5


def verified(engine: Engine, asked: Mapping[str, Any], namespace: Namespace | None) -> dict[str, Any]:
    """The answer of yes. Raises Refusal: not-verified, and contract-violation where the question makes no sense."""
    try:
        expectations, bounds = _read(engine, asked)
    except FlawsError as error:
        raise _senseless(error) from None
    entries = engine.journal.of(namespace.key if namespace else None)
    if bounds is None:
        verdict = verify_order(expectations, entries, engine.contract)
    else:
        verdict = verify(expectations[0], bounds, entries, engine.contract)
    if verdict.holds:
        return {"found": [entry.id for entry in verdict.found]}
    raise Refusal(
        "not-verified",
        verdict.detail if entries or namespace is None else f"{verdict.detail} {_elsewhere(engine, namespace)}".strip(),
        extra={
            "expected": _veiled(asked),
            "found": [entry.id for entry in verdict.found],
            "nearest": _shown(verdict),
        },
    )


def _read(engine: Engine, asked: Mapping[str, Any]) -> tuple[list[Expectation], Bounds | None]:
    """The expectations, and how often the only one should have come; None where they should have come in order."""
    if "in_order" not in asked:
        return [_expectation(engine, asked)], _bounds(asked)
    others = [name for name in asked if name != "in_order"]
    if others:
        raise FlawsError([Flaw((name,), "in_order stands alone: say this of its calls") for name in others])
    expectations = []
    for index, each in enumerate(asked["in_order"]):
        with below("in_order", index):
            expectations.append(_expectation(engine, each))
    return expectations, None


def _expectation(engine: Engine, asked: Mapping[str, Any]) -> Expectation:
    """An expectation; a name that nothing has would else be called in vain, and `count: 0` always hold."""
    # Imported here: a health check needs nothing of Stripe's side.
    from mockserver.saved_methods import OPERATIONS as SAVED_METHODS_OPERATIONS
    from mockserver.stripe.stripe_operations import OPERATIONS as STRIPE_OPERATIONS

    known: dict[str, Collection[str]] = {
        "operation": (*engine.contract.operations, *SAVED_METHODS_OPERATIONS, *STRIPE_OPERATIONS),
        "scenario": engine.scenarios or (),
    }
    for what, names in known.items():
        name = asked.get(what)
        if name is not None and name not in names:
            with below(what):
                raise FlawsError.one(f"there is no {what} {name[:100]!r}{did_you_mean(name, names)}")
    return parse_expectation({name: value for name, value in asked.items() if name not in BOUNDS})


def _bounds(asked: Mapping[str, Any]) -> Bounds:
    besides = [name for name in ("at_least", "at_most") if name in asked]
    if "count" in asked and besides:
        raise FlawsError([Flaw((name,), "count says exactly how often: leave this out") for name in besides])
    return Bounds.of(asked)


def _senseless(error: FlawsError) -> Refusal:
    violations = tuple(
        Violation(
            place="body",
            pointer=json_pointers.join(flaw.path),
            message=flaw.problem,
            keyword="verify",
        )
        for flaw in error.flaws
    )
    detail = "; ".join(f"{each.pointer or '/'}: {each.message}" for each in violations)
    return Refusal("contract-violation", f"What is to be verified makes no sense: {detail}", violations=violations)


def _elsewhere(engine: Engine, namespace: Namespace) -> str:
    """Where calls came instead: whoever sends another key than it verifies by waits in vain."""
    others = Counter(entry.namespace for entry in engine.journal)
    if not others:
        return ""
    told = ", ".join(f"{name} ({count})" for name, count in others.most_common(SHOWN_NAMESPACES))
    return f"This is about the namespace {namespace.shown}; calls came in others: {told}."


def _veiled(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The question without its secrets: the answer goes into reports."""
    return {name: _veiled_part(name, value) for name, value in asked.items()}


def _veiled_part(name: str, value: Any) -> Any:
    match name:
        case "in_order":
            return [_veiled(each) for each in value]
        case "query" | "header" | "cookie":
            return _without_named(value, cookies=name == "cookie")
        case _:
            return redact_value(value)


def _without_named(matchers: Mapping[str, Any], *, cookies: bool) -> dict[str, Any]:
    """Matchers of named fields, without those of which the name says that they hold a secret, as any cookie may."""
    return {
        name: REDACTED if cookies or is_secret_name(name) else redact_value(each) for name, each in matchers.items()
    }


def _shown(verdict: VerifyResult) -> list[dict[str, Any]]:
    return [_near(entry, misses) for entry, misses in verdict.nearest]


def _near(entry: Entry, misses: Sequence[Miss]) -> dict[str, Any]:
    told = entry.as_json()
    return {
        "entry": entry.id,
        "request": told["request"],
        "operation": entry.operation,
        "scenario": entry.scenario,
        "refused": entry.refused,
        "misses": [miss.as_json() for miss in misses],
    }
