"""Requests that a contract accepts, generated to compare the contract with another version of it."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from mockserver.checks.body_variants import request_variants, value_variants
from mockserver.checks.documented_members import content_of, documented_members
from mockserver.checks.parameter_fields import parameter_fields
from mockserver.checks.sample_values import SampleValues
from mockserver.contract import Contract, Operation
from mockserver.contract.document.operations import documented_parameters
from mockserver.errors import Refusal
from mockserver.messages import Headers, Request

_KEY: Final = "api_key_example"
_MAX_VARIANTS: Final = 500

Values = list[tuple[Mapping[str, Any], Any]]
"""The values of parameters, each with its parameter."""


class GeneratedRequests(NamedTuple):
    """Valid requests without credentials, and the kinds of requests that could not be generated."""

    requests: list[Request]
    missing: tuple[str, ...]


class RequestGenerator:
    """Generates requests that are valid under one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    @cached_property
    def _samples(self) -> SampleValues:
        """Samples are made for replies. If readOnly and writeOnly are exchanged, they are valid in requests."""
        return SampleValues(self._exchanged)

    @cached_property
    def _exchanged(self) -> Contract:
        return Contract(replace(self._contract.document, data=_exchanged(self._contract.document.data)))

    def requests(self, operation: Operation) -> GeneratedRequests:
        """Requests with the required parameters and members, with all of them, and with single ones changed."""
        described = self._exchanged.operations[operation.id]
        minimal, *others = self._heads(described)
        body = self._samples.document.resolve(described.spec.get("requestBody"))
        content = content_of(body)
        found: list[Request] = []
        missing: list[str] = []
        if not content or not body.get("required"):
            found += self._accepted(operation, iter((minimal, *others)))
            if not found:
                missing.append("request")
        for name, raw in content.items():
            media_type = self._samples.document.resolve(raw)
            made = self._accepted(operation, self._with_bodies(minimal, others, name, media_type))
            if not made:
                missing.append(f"request as {name}")
            found += made
        return GeneratedRequests(found, tuple(missing))

    def _accepted(self, operation: Operation, requests: Iterator[Request]) -> list[Request]:
        return [
            request
            for request in islice(requests, _MAX_VARIANTS)
            if self._accepts(with_credentials(request, self._contract, operation))
        ]

    def _accepts(self, request: Request) -> bool:
        try:
            return not self._contract.understand(request).violations
        except Refusal:
            return False

    def _with_bodies(self, minimal: Request, others: list[Request], name: str, described: Any) -> Iterator[Request]:
        """Requests with a body of one media type, valid or not: each body with one head, each head with one body."""
        schema = described.get("schema", {}) if isinstance(described, dict) else {}
        bodies = list(self._samples.bodies(schema))
        for head in others:
            for body in bodies[-1:]:
                yield from self._with_body(head, body, name, described)
        for body in bodies:
            yield from self._with_body(minimal, body, name, described)
        for body in bodies[-1:]:
            for variant in request_variants(self._samples, schema, body):
                yield from self._with_body(minimal, variant, name, described)

    def _with_body(self, head: Request, body: Any, name: str, described: Any) -> Iterator[Request]:
        written = self._samples.written(body, name, described)
        if written is not None:
            content_type, raw = written
            headers = Headers([*head.headers.pairs, ("content-type", content_type)])
            yield replace(head, headers=headers, body=raw)

    def _heads(self, operation: Operation) -> Iterator[Request]:
        """Requests without a body: with the required parameters, with all, and with single ones added or changed."""
        parameters = documented_parameters(self._samples.document, operation)
        values = [(each, value) for each in parameters for value in self._samples.for_parameter(each)]
        required = [(each, value) for each, value in values if each.get("required")]
        yield _head(operation, required)
        if len(values) > len(required):
            yield _head(operation, values)
        for parameter, value in values:
            others = [pair for pair in required if pair[0] is not parameter]
            parts = documented_members(self._samples.document, parameter.get("schema", {})).get((), [])
            if not parameter.get("required"):
                yield _head(operation, [*others, (parameter, value)])
            for variant in value_variants(self._samples, parts, value):
                # Null and an empty array cannot be sent as text.
                if variant is not None and variant != []:
                    yield _head(operation, [*others, (parameter, variant)])


def with_credentials(
    request: Request, contract: Contract, operation: Operation, requirement: dict[str, Any] | None = None
) -> Request:
    """The request with the credentials of a security requirement; without one, of the operation's first."""
    schemes = next(iter(operation.security), {}) if requirement is None else requirement
    for place in contract.credential_places:
        if place.scheme in schemes:
            request = place.carry(request, _KEY)
    return request


def _head(operation: Operation, values: Values) -> Request:
    path = operation.bases[0] + operation.template
    query, headers, cookies = [], [("host", "127.0.0.1:8080")], []
    for parameter, value in values:
        fields = parameter_fields(parameter, value)
        match parameter["in"]:
            case "path":
                for name, text in fields:
                    path = path.replace("{" + name + "}", quote(text, safe=","))
            case "query":
                query += fields
            case "header":
                headers += fields
            case _:
                cookies += [f"{name}={quote(text)}" for name, text in fields]
    if cookies:
        headers.append(("cookie", "; ".join(cookies)))
    return Request(method=operation.method, path=path, query=urlencode(query), headers=Headers(headers))


def _exchanged(node: Any) -> Any:
    """A copy of a part of a document in which readOnly and writeOnly are exchanged."""
    if isinstance(node, list):
        return [_exchanged(each) for each in node]
    if not isinstance(node, dict):
        return deepcopy(node)
    names = {"readOnly": "writeOnly", "writeOnly": "readOnly"}
    return {names.get(key, key) if isinstance(value, bool) else key: _exchanged(value) for key, value in node.items()}
