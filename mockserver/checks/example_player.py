"""Plays the examples of scenario files: each exchange through the engine, expected beside actual."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from mockserver.checks.example_client import request_of
from mockserver.engine.engine import Engine
from mockserver.messages import ABSENT, Fault, Headers, Reply
from mockserver.parsing import json_pointers
from mockserver.parsing.media_types import is_json
from mockserver.scenarios import Example, Miss, Scenario
from mockserver.scenarios.format import Problem, ReadFile
from mockserver.scenarios.format.flaws import Flaw, Path

__all__ = ["play"]

_REFUSED: Final = "mock-refused"


def play(engine: Engine, file: ReadFile) -> list[Problem]:
    """Every way in which the examples of a file do not hold; delays are not waited for."""
    scenario = file.scenario
    if scenario is None:
        return []
    flaws: list[Flaw] = []
    answered_by = set()
    for index, example in enumerate(scenario.example):
        outcome = engine.handle(request_of(example.request, scenario, engine.contract))
        answered_by.add(_headers(outcome).get("mock-scenario"))
        flaws += [flaw.under(("example", index)) for flaw in _flaws(example, outcome, scenario)]
    if scenario.when is not None and scenario.example and not flaws and scenario.name not in answered_by:
        flaws.append(
            Flaw(("when",), "expected to choose this scenario for one of its examples, found that it does not")
        )
    return [file.problem(_as_written(flaw, file)) for flaw in flaws]


def _flaws(example: Example, outcome: Reply | Fault, scenario: Scenario) -> Iterator[Flaw]:
    """How an exchange went otherwise than its example says."""
    sender = _sender(outcome, scenario)
    found = _found(outcome, sender)
    if example.reply is None:
        if not isinstance(outcome, Fault) or outcome.kind != example.fault:
            yield Flaw(("fault",), f"expected the fault {example.fault}, found {found}")
        return
    # Whoever waits long enough gets a dribbled reply whole.
    reply = outcome.reply if isinstance(outcome, Fault) and outcome.kind == "dribble" else outcome
    if isinstance(reply, Fault):
        yield Flaw(("reply",), f"expected a reply with status {example.reply.status}, found {found}")
        return
    headers = Headers(reply.headers)
    if _REFUSED in headers and _REFUSED not in example.reply.headers:
        # Else a mistake in the example would pass for the error that it is about.
        yield Flaw(("reply", "status"), f"expected {example.reply.status}, found {found}")
        return
    for miss in example.reply.misses(reply.status, headers, _body(reply, headers)):
        yield Flaw(("reply", *_path(miss)), f"expected {miss.expected}, found {miss.actual}, from {sender}")


def _found(outcome: Reply | Fault, sender: str) -> str:
    """What the client got, in words."""
    if isinstance(outcome, Fault):
        return f"the fault {outcome.kind} from {sender}"
    refused = _headers(outcome).get(_REFUSED)
    if refused is None:
        return f"a reply with status {outcome.status} from {sender}"
    problem = json.loads(outcome.body)
    said = [f"{each['in']} {each['pointer']}: {each['message']}" for each in problem.get("violations", ())]
    return f"the refusal {refused}: {' '.join([problem['detail'], '; '.join(said)]).strip()}"


def _sender(outcome: Reply | Fault, scenario: Scenario) -> str:
    """Who answered: a stub, of this scenario or another one, or nobody but the contract."""
    headers = _headers(outcome)
    name, stub = headers.get("mock-scenario"), headers.get("mock-stub")
    if name is None or stub is None:
        return "the contract's schema"
    return f"stub {stub!r}{'' if name == scenario.name else f' of {name}'}"


def _headers(outcome: Reply | Fault) -> Headers:
    return Headers(outcome.reply.headers if isinstance(outcome, Fault) else outcome.headers)


def _body(reply: Reply, headers: Headers) -> Any:
    """The body as a client reads it."""
    if not reply.body:
        return ABSENT
    text = reply.body.decode("utf-8", "replace")
    if not is_json(headers.get("content-type", "")):
        return text
    return json.loads(text)


def _path(miss: Miss) -> Path:
    """Which matcher of the example has missed: its `where` is `status`, `header name` or `body /pointer`."""
    part, _, rest = miss.where.partition(" ")
    if part == "header":
        return ("headers", rest)
    return (part, *json_pointers.split(rest))


def _as_written(flaw: Flaw, file: ReadFile) -> Flaw:
    """The flaw at the header's name as the file has it, where the matchers have it in lower case."""
    match flaw.path:
        case ("example", index, "reply", "headers", str(name)) if file.positions is not None:
            written = file.positions.data["example"][index]["reply"]["headers"]
            return Flaw((*flaw.path[:-1], next(key for key in written if key.lower() == name)), flaw.problem)
    return flaw
