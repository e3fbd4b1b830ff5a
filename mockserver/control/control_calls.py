"""The calls of the control API. Each function has the name of its operationId in spec/admin.yaml."""

import os
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from socket import gethostname
from typing import Any, Final

from mockserver.control.event_stream import EventRequest, id_in_namespace
from mockserver.control.listing import Listing
from mockserver.control.metric_values import Counted, MetricValues, StoreUse
from mockserver.control.namespace_filter import NamespaceFilter
from mockserver.control.page import ListingPage, page_query
from mockserver.control.verify import verify_calls
from mockserver.engine.coverage import as_report, expected_cells
from mockserver.engine.engine import Engine
from mockserver.engine.journal import Entry, Journal
from mockserver.engine.namespaces import ANONYMOUS, Namespace, namespace_of, shown
from mockserver.errors import Refusal, StoreUnavailableError
from mockserver.limits.slices import Pauses, Sliced
from mockserver.messages import Call
from mockserver.payments import PaymentSession
from mockserver.redaction.redact import redact_except_tokens, redact_value
from mockserver.redaction.session_tokens import short_token
from mockserver.storage.value_pages import PageQuery, Positions
from mockserver.version import __version__

ITEMS_FILTERED_IN_A_SLICE: Final = 2000
MAX_DIGITS: Final = 20
_FILTERS: Final = frozenset({"namespace", "operation", "scenario", "refused"})
"""The parameters that choose some of the journal entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """The result of a call: a status, and a JSON value or no body (None)."""

    status: int = 200
    body: Any = None


def get_health(engine: Engine, _: Call) -> Sliced[CallResult]:
    """That the mock is ready, and what it serves."""
    yield from _check_state(engine)
    return CallResult(body={"status": "ok", "version": __version__, **engine.health()})


def get_liveness(_: Engine, __: Call) -> CallResult:
    """That the process runs."""
    return CallResult(body={"status": "ok"})


def get_readiness(engine: Engine, _: Call) -> Sliced[CallResult]:
    """That the mock answers requests. It does not listen before the contract and the scenarios are loaded."""
    yield from _check_state(engine)
    return CallResult(body={"status": "ok"})


def list_scenarios(engine: Engine, call: Call) -> CallResult:
    """The scenarios, and which of them are activated."""
    namespace, selector = _namespace(engine, call), engine.snapshot.selector
    scenarios = [
        {
            "name": scenario.name,
            "about": scenario.about,
            "operations": list(dict.fromkeys(stub.operation for stub in scenario.stubs)),
            "outcomes": list(dict.fromkeys(stub.ending for stub in scenario.stubs)),
        }
        for scenario in (engine.scenarios or {}).values()
    ]
    activated = {
        "server": selector.activated() if selector else None,
        "namespace": selector.activated(namespace.key) if selector and namespace else None,
    }
    return CallResult(body={"scenarios": scenarios, "activated": activated})


def activate_scenario(engine: Engine, call: Call) -> CallResult:
    """Activate a scenario, or deactivate it."""
    namespace, name = _namespace(engine, call), call.body["name"]
    engine.activate(name, namespace)
    return CallResult(body={"name": name, "namespace": namespace.shown if namespace else None})


def set_strict(engine: Engine, call: Call) -> CallResult:
    """Set whether names that the contract does not document are violations."""
    namespace, strict = _namespace(engine, call), call.body["strict"]
    engine.strictness.set(strict, namespace.key if namespace else None)
    in_force = engine.strictness.of(namespace.key if namespace else ANONYMOUS)
    return CallResult(body={"strict": in_force, "namespace": namespace.shown if namespace else None})


def get_journal(engine: Engine, call: Call) -> Sliced[Listing]:
    """The entries of the journal that match the filter."""
    key, query = _key(engine, call), page_query(call.request)
    if _FILTERS.isdisjoint(call.request.query_values):
        found, journal = yield from engine.state.page_of_journal(key, query)
    else:
        journal = yield from engine.state.journal_of(key)
        positions = journal.positions(key)
        wanted = _filter(call, journal, key)
        if wanted is not None:
            positions = yield from _matching(positions, lambda number: (entry := journal.get(number)) and wanted(entry))
        found = positions.page(query)
    page = ListingPage.of(call.request, found)
    return Listing(operation="get_journal", member="entries", page=page, item=journal.get)


def verify(engine: Engine, call: Call) -> Sliced[CallResult]:
    """Whether the expected calls were made."""
    return CallResult(body=(yield from verify_calls(engine, call.body, _namespace(engine, call))))


def list_payment_sessions(engine: Engine, call: Call) -> Sliced[Listing]:
    """The payment sessions."""
    key = _key(engine, call)
    found, sessions = yield from engine.state.page_of_sessions(key, page_query(call.request))
    # A caller knows its own tokens already. A listing for the whole server shows short forms.
    show = _session if key is not None else _session_with_short_token

    def item(number: int) -> dict[str, Any] | None:
        session = sessions.at(number)
        return None if session is None else show(session)

    page = ListingPage.of(call.request, found)
    return Listing(operation="list_payment_sessions", member="payment_sessions", page=page, item=item)


def get_payment_session(engine: Engine, call: Call) -> CallResult:
    """One payment session."""
    key, token = _key(engine, call), call.path["token"]
    found = engine.ledger.sessions.get(key, token)
    if found is None:
        where = "" if key is None else f" in the namespace {shown(key)}"
        raise Refusal(
            "unknown-payment-session",
            f"There is no payment session {short_token(token)[:100]!r}{where}; it may have been reset or dropped.",
        )
    return CallResult(body=_session(found))


def reset(engine: Engine, call: Call) -> CallResult:
    """Return to the initial state."""
    engine.reset(_namespace(engine, call), seed=call.body.get("seed") if isinstance(call.body, dict) else None)
    return CallResult(status=204)


def get_coverage(engine: Engine, call: Call) -> Sliced[CallResult]:
    """Which outcomes were exercised, and which were not."""
    counts = yield from engine.state.coverage_of(_key(engine, call))
    cells = expected_cells(engine.contract, (engine.scenarios or {}).values())
    return CallResult(body=as_report(cells, counts))


def get_metrics(engine: Engine, _: Call) -> Sliced[MetricValues]:
    """The metrics for Prometheus. If the store does not answer, they are what this process knows."""
    counted, is_up = None, False
    try:
        counted = yield from _counted(engine)
        is_up = (yield from engine.state.problem()) is None
    except StoreUnavailableError:
        pass
    document, calls = engine.contract.document, engine.state.store_calls
    return MetricValues(
        build={"version": __version__, "contract": document.title, "contract_version": document.version},
        counted=counted,
        store=None if calls is None else StoreUse(process=_process_name(), calls=calls.copy(), is_up=is_up),
    )


def stream_events(engine: Engine, call: Call) -> Sliced[EventRequest]:
    """New entries of the journal as events."""
    key, last = _key(engine, call), call.request.headers.get("last-event-id")
    if last is None and "namespace" not in call.request.query_values:
        # Only the newest entry is needed: it tells how many there were.
        _, journal = yield from engine.state.page_of_journal(key, PageQuery(limit=1))
    else:
        journal = yield from engine.state.journal_of(key)
    wanted, since = _filter(call, journal, key), journal.last
    earlier: Sequence[int] = ()
    if last is not None:
        positions = yield from _after_event(journal, key, last)
        if wanted is not None:
            positions = yield from _matching(positions, lambda number: (entry := journal.get(number)) and wanted(entry))
        earlier = positions.numbers
    limit = page_query(call.request).limit
    return EventRequest(
        journal=journal,
        owner=key,
        wanted=wanted or (lambda _: True),
        earlier=earlier[-limit:],
        omitted=max(0, len(earlier) - limit),
        since=since,
    )


def get_openapi(engine: Engine, _: Call) -> CallResult:
    """The contract as it is served."""
    return CallResult(body=engine.contract.document.data)


CallOutcome = CallResult | Listing | EventRequest | MetricValues

CALLS: Final[Mapping[str, Callable[[Engine, Call], CallOutcome | Sliced[CallOutcome]]]] = {
    call.__name__: call
    for call in (
        get_health,
        get_liveness,
        get_readiness,
        list_scenarios,
        activate_scenario,
        set_strict,
        get_journal,
        verify,
        list_payment_sessions,
        get_payment_session,
        reset,
        get_coverage,
        get_metrics,
        stream_events,
        get_openapi,
    )
}


def _counted(engine: Engine) -> Sliced[Counted]:
    """What the state has counted. Raises StoreUnavailableError."""
    metrics = yield from engine.state.metrics_of_all()
    coverage = yield from engine.state.coverage_of(None)
    sizes = yield from engine.state.sizes()
    return Counted(metrics=metrics.copy(), coverage=coverage, sizes=sizes)


def _process_name() -> str:
    """The host name and the process id. On Kubernetes, the host name is the name of the Pod."""
    return f"{gethostname()}:{os.getpid()}"


def _check_state(engine: Engine) -> Sliced[None]:
    """Raises StoreUnavailableError: state cannot be read or changed."""
    problem = yield from engine.state.problem()
    if problem is not None:
        raise StoreUnavailableError(problem)


def _namespace(engine: Engine, call: Call) -> Namespace | None:
    """The namespace that a call acts on; None for the whole server."""
    found = namespace_of(call.request, engine.contract.credential_places)
    return found if found.key else None


def _key(engine: Engine, call: Call) -> str | None:
    namespace = _namespace(engine, call)
    return namespace.key if namespace else None


def _filter(call: Call, journal: Journal, key: str | None) -> Callable[[Entry], bool] | None:
    """The filter that the query of a call describes, None without one. Raises Refusal ambiguous-namespace."""
    query = {name: values[-1] for name, values in call.request.query_values.items()}
    conditions: list[Callable[[Entry], bool]] = []
    if "namespace" in query:
        of_namespace = NamespaceFilter(query["namespace"])
        # A caller with a namespace sees no entries of others, and learns nothing about them.
        of_namespace.check(journal.of(key))
        conditions.append(of_namespace)
    if "operation" in query:
        conditions.append(lambda entry: entry.operation == query["operation"])
    if "scenario" in query:
        conditions.append(lambda entry: entry.scenario == query["scenario"])
    if "refused" in query:
        refused = query["refused"]
        conditions.append(
            (lambda entry: (entry.refused is not None) is (refused == "true"))
            if refused in {"true", "false"}
            else lambda entry: entry.refused == refused
        )
    return (lambda entry: all(condition(entry) for condition in conditions)) if conditions else None


def _matching(positions: Positions, is_wanted: Callable[[int], object]) -> Sliced[Positions]:
    """The positions of the wanted items."""
    numbers, places, pauses = [], [], Pauses(steps=ITEMS_FILTERED_IN_A_SLICE)
    for number, place in zip(*positions, strict=True):
        if is_wanted(number):
            numbers.append(number)
            places.append(place)
        yield from pauses.after_step()
    return Positions(numbers, places)


def _after_event(journal: Journal, key: str | None, last: str) -> Sliced[Positions]:
    """The positions of the entries after the event with an id; of all if the journal does not have it."""
    numbers, places = journal.positions(key)
    start = 0
    if key is None:
        start = bisect_right(numbers, int(last) if last.isdecimal() and len(last) < MAX_DIGITS else journal.last)
    else:
        pauses = Pauses(steps=ITEMS_FILTERED_IN_A_SLICE)
        for index in reversed(range(len(numbers))):
            entry = journal.get(numbers[index])
            if entry is not None and id_in_namespace(entry) == last:
                start = index + 1
                break
            yield from pauses.after_step()
    return Positions(numbers[start:], places[start:])


def _session(session: PaymentSession) -> dict[str, Any]:
    """A payment session as its client received it, without the secret half of the client secret."""
    return {"namespace": shown(session.owner), "payment_session": redact_value(session.as_body(), redact_except_tokens)}


def _session_with_short_token(session: PaymentSession) -> dict[str, Any]:
    body = redact_value(session.as_body())
    if isinstance(body.get("token"), str):
        body["token"] = short_token(body["token"])
    return {"namespace": shown(session.owner), "payment_session": body}
