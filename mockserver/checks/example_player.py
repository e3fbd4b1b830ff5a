"""Plays the examples of scenario files with an engine, and compares the expected with the actual replies."""

import json
from collections.abc import Iterator
from typing import Any, Final

from mockserver.contract import Contract
from mockserver.engine.engine import Engine
from mockserver.engine.namespaces import HEADER as NAMESPACE
from mockserver.messages import ABSENT, Fault, Headers, Reply, Request
from mockserver.parsing import json_pointers
from mockserver.parsing.json_writer import write_json
from mockserver.parsing.media_types import is_json
from mockserver.scenarios import Example, ExampleRequest, Miss, Scenario
from mockserver.scenarios.format import Problem, ReadFile
from mockserver.scenarios.format.flaws import Flaw, Path
from mockserver.scenarios.scenario_selector import HEADER as SCENARIO

_REFUSED: Final = "mock-refused"
_KEY: Final = "api_key_example"


def play(engine: Engine, file: ReadFile) -> list[Problem]:
    """Every difference between the examples of a file and what the engine answers. Delays are skipped."""
    scenario = file.scenario
    if scenario is None:
        return []
    flaws: list[Flaw] = []
    answered_by = set()
    for index, example in enumerate(scenario.example):
        outcome = engine.handle(example_request(example.request, scenario, engine.contract))
        answered_by.add(_headers(outcome).get("mock-scenario"))
        flaws += [flaw.under(("example", index)) for flaw in _flaws(example, outcome, scenario)]
    if scenario.when is not None and scenario.example and not flaws and scenario.name not in answered_by:
        flaws.append(Flaw(("when",), "expected to select this scenario for an example, found that it does not"))
    return [file.problem(_with_written_name(flaw, file)) for flaw in flaws]


def example_request(example: ExampleRequest, scenario: Scenario, contract: Contract) -> Request:
    """The request of an example, in a namespace of its scenario, and with a credential if the example has none.

    A scenario with a `when` must be selected by it, so its name is not sent.
    """
    headers = {"host": "127.0.0.1:8080", "accept": "*/*", NAMESPACE: f"example of {scenario.name}"}
    if example.body is not ABSENT:
        headers["content-type"] = "application/json"
    if scenario.when is None:
        headers[SCENARIO] = scenario.name
    headers |= {name.lower(): value for name, value in example.headers.items()}
    path, _, query = example.path.partition("?")
    body = _request_body(example, headers.get("content-type", ""))
    request = Request(method=example.method, path=path, query=query, headers=Headers(headers.items()), body=body)
    if any(place.is_used(request) for place in contract.credential_places):
        return request
    # The first security requirement of each operation that the scenario has stubs for.
    known = contract.operations
    requirements = [
        next(iter(known[stub.operation].security), {}) for stub in scenario.stubs if stub.operation in known
    ]
    schemes = {scheme for requirement in requirements for scheme in requirement}
    for place in contract.credential_places:
        if place.scheme in schemes:
            request = place.carry(request, _KEY)
    return request


def _request_body(example: ExampleRequest, media_type: str) -> bytes:
    if example.body is ABSENT:
        return b""
    if isinstance(example.body, str) and not is_json(media_type):
        return example.body.encode()
    return write_json(example.body)


def _flaws(example: Example, outcome: Reply | Fault, scenario: Scenario) -> Iterator[Flaw]:
    """How the outcome of an exchange differs from its example."""
    source = _source(outcome, scenario)
    actual = _description(outcome, source)
    if example.reply is None:
        if not isinstance(outcome, Fault) or outcome.kind != example.fault:
            yield Flaw(("fault",), f"expected the fault {example.fault}, found {actual}")
        return
    # A client that waits receives the whole of a dribbled reply.
    reply = outcome.reply if isinstance(outcome, Fault) and outcome.kind == "dribble" else outcome
    if isinstance(reply, Fault):
        yield Flaw(("reply",), f"expected a reply with status {example.reply.status}, found {actual}")
        return
    headers = Headers(reply.all_headers)
    if _REFUSED in headers and _REFUSED not in example.reply.headers:
        # The example may expect an error of the API with the same status. A refusal by the mock must not pass for it.
        yield Flaw(("reply", "status"), f"expected {example.reply.status}, found {actual}")
        return
    for miss in example.reply.misses(reply.status, headers, _body(reply, headers)):
        yield Flaw(("reply", *_path(miss)), f"expected {miss.expected}, found {miss.actual}, from {source}")


def _description(outcome: Reply | Fault, source: str) -> str:
    """What the client received, in words."""
    if isinstance(outcome, Fault):
        return f"the fault {outcome.kind} from {source}"
    refused = _headers(outcome).get(_REFUSED)
    if refused is None:
        return f"a reply with status {outcome.status} from {source}"
    problem = json.loads(outcome.body)
    violations = [f"{each['in']} {each['pointer']}: {each['message']}" for each in problem.get("violations", ())]
    return f"the refusal {refused}: {' '.join([problem['detail'], '; '.join(violations)]).strip()}"


def _source(outcome: Reply | Fault, scenario: Scenario) -> str:
    """What answered: a stub of this or of another scenario, or the contract's schema."""
    headers = _headers(outcome)
    name, stub = headers.get("mock-scenario"), headers.get("mock-stub")
    if name is None or stub is None:
        return "the contract's schema"
    return f"stub {stub!r}{'' if name == scenario.name else f' of {name}'}"


def _headers(outcome: Reply | Fault) -> Headers:
    return Headers((outcome.reply if isinstance(outcome, Fault) else outcome).all_headers)


def _body(reply: Reply, headers: Headers) -> Any:
    """The body as a client reads it."""
    if not reply.body:
        return ABSENT
    text = reply.body.decode("utf-8", "replace")
    return json.loads(text) if is_json(headers.get("content-type", "")) else text


def _path(miss: Miss) -> Path:
    """The path of the matcher that missed. `where` is `status`, `header name` or `body /pointer`."""
    part, _, rest = miss.where.partition(" ")
    return ("headers", rest) if part == "header" else (part, *json_pointers.split(rest))


def _with_written_name(flaw: Flaw, file: ReadFile) -> Flaw:
    """The flaw with the name of a header as it is written in the file; matchers have it in lower case."""
    match flaw.path:
        case ("example", index, "reply", "headers", str(name)) if file.positions is not None:
            written = file.positions.data["example"][index]["reply"]["headers"]
            return Flaw((*flaw.path[:-1], next(key for key in written if key.lower() == name)), flaw.problem)
    return flaw
