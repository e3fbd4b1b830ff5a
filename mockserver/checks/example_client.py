"""The client of the examples: it sends what they say, and what every client sends besides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.contract import Contract
from mockserver.contract.credentials import CredentialPlace
from mockserver.engine.namespaces import HEADER as NAMESPACE
from mockserver.messages import ABSENT, Headers, Request
from mockserver.parsing.json_writer import write_json
from mockserver.parsing.media_types import is_json
from mockserver.scenarios import ExampleRequest, Scenario
from mockserver.scenarios.scenario_selector import HEADER as SCENARIO

__all__ = ["request_of"]

_KEY: Final = "api_key_example"
_JSON: Final = "application/json"


def request_of(example: ExampleRequest, scenario: Scenario, contract: Contract) -> Request:
    """The request of an example: in a namespace of its scenario, and with a credential if it brings none.

    A scenario that chooses itself, by its `when`, is not asked for by name.
    """
    own = [(name.lower(), value) for name, value in example.headers.items()]
    named = {name for name, _ in own}
    usual = [(name, value) for name, value in _usual(example, scenario) if name not in named]
    path, _, query = example.path.partition("?")
    request = Request(
        method=example.method, path=path, query=query, headers=Headers([*own, *usual]), body=_body(example)
    )
    if any(place.find(request) is not None for place in contract.credential_places):
        return request
    for place in _credentials(scenario, contract):
        request = place.carry(request, _KEY)
    return request


def _usual(example: ExampleRequest, scenario: Scenario) -> Iterator[tuple[str, str]]:
    yield "host", "127.0.0.1:8080"
    yield "accept", "*/*"
    yield NAMESPACE, f"example of {scenario.name}"
    if example.body is not ABSENT:
        yield "content-type", _JSON
    if scenario.when is None:
        yield SCENARIO, scenario.name


def _body(example: ExampleRequest) -> bytes:
    if example.body is ABSENT:
        return b""
    media_type = next((value for name, value in example.headers.items() if name.lower() == "content-type"), _JSON)
    if isinstance(example.body, str) and not is_json(media_type):
        return example.body.encode()
    return write_json(example.body)


def _credentials(scenario: Scenario, contract: Contract) -> list[CredentialPlace]:
    """Where the first way to authenticate, of each operation that the scenario is about, wants its credentials."""
    operations = [
        contract.operations[stub.operation] for stub in scenario.stubs if stub.operation in contract.operations
    ]
    wanted = {scheme for operation in operations for scheme in next(iter(operation.security), {})}
    return [place for place in contract.credential_places if place.scheme in wanted]
