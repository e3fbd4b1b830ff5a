"""Builds the request of an example, with the headers that a client sends by itself."""

from __future__ import annotations

from typing import Final

from mockserver.contract import Contract
from mockserver.engine.namespaces import HEADER as NAMESPACE
from mockserver.messages import ABSENT, Headers, Request
from mockserver.parsing.json_writer import write_json
from mockserver.parsing.media_types import is_json
from mockserver.scenarios import ExampleRequest, Scenario
from mockserver.scenarios.scenario_selector import HEADER as SCENARIO

__all__ = ["request_of"]

_KEY: Final = "api_key_example"


def request_of(example: ExampleRequest, scenario: Scenario, contract: Contract) -> Request:
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
    request = Request(
        method=example.method,
        path=path,
        query=query,
        headers=Headers(headers.items()),
        body=_body(example, headers.get("content-type", "")),
    )
    if any(place.find(request) is not None for place in contract.credential_places):
        return request
    # The first security requirement of each operation that the scenario has stubs for.
    operations = [
        contract.operations[stub.operation] for stub in scenario.stubs if stub.operation in contract.operations
    ]
    schemes = {scheme for operation in operations for scheme in next(iter(operation.security), {})}
    for place in contract.credential_places:
        if place.scheme in schemes:
            request = place.carry(request, _KEY)
    return request


def _body(example: ExampleRequest, media_type: str) -> bytes:
    if example.body is ABSENT:
        return b""
    if isinstance(example.body, str) and not is_json(media_type):
        return example.body.encode()
    return write_json(example.body)
