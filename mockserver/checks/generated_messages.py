"""Messages that a contract allows, generated to compare the contract with another version of it."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Any, Final
from urllib.parse import quote, urlencode

from mockserver.checks.body_variants import with_undocumented_members, with_values
from mockserver.contract import Contract, Operation
from mockserver.errors import Refusal
from mockserver.messages import Headers, Reply, Request
from mockserver.parsing.json_writer import write_json
from mockserver.parsing.media_types import is_json
from mockserver.samples import NoSample, SchemaSamples

_KEY: Final = "api_key_example"
_MAX_VARIANTS: Final = 500


class MessageGenerator:
    """Generates requests and replies that are valid under one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    @cached_property
    def _exchanged(self) -> Contract:
        """The contract with readOnly and writeOnly exchanged: samples are made for replies, and then fit requests."""
        return Contract(replace(self._contract.document, data=_exchanged(self._contract.document.data)))

    def requests(self, operation: Operation) -> list[Request]:
        """Requests with the required members, with all documented members, and with single members changed.

        They are valid with a credential, and have none.
        """
        made = islice(self._requests(self._exchanged.operations[operation.id]), _MAX_VARIANTS)
        return [request for request in made if self._accepts(with_credentials(request, self._contract, operation))]

    def replies(self, operation: Operation, status: str) -> list[Reply]:
        """The same for the replies of a documented status. Empty if their bodies are not JSON."""
        response = self._contract.document.resolve(operation.spec.get("responses", {}).get(status))
        described = json_media_type(self._contract, response)
        if described is None or not status.isdigit():
            return []
        name, schema = described
        bodies = islice(_bodies(self._contract, schema), _MAX_VARIANTS)
        head = Reply(status=int(status), headers=(("content-type", name),))
        made = [replace(head, body=write_json(body)) for body in bodies]
        return [reply for reply in made if not self._contract.reply_violations(operation.id, reply)]

    def _requests(self, operation: Operation) -> Iterator[Request]:
        """Requests for an operation of the exchanged contract, valid or not."""
        head = self._head(operation, optional=False)
        body = self._contract.document.resolve(operation.spec.get("requestBody"))
        described = json_media_type(self._exchanged, body)
        if described is None or not body.get("required"):
            yield head
            yield self._head(operation, optional=True)
        if described is not None:
            name, schema = described
            for optional in (False, True):
                head = self._head(operation, optional=optional)
                typed = replace(head, headers=Headers([*head.headers.pairs, ("content-type", name)]))
                bodies = [*_bodies(self._exchanged, schema)]
                bodies += with_undocumented_members(self._exchanged.document, schema, bodies[-1:])
                for each in bodies:
                    yield replace(typed, body=write_json(each))

    def _head(self, operation: Operation, *, optional: bool) -> Request:
        """A request without a body. Parameters that no text can be made for are left out."""
        resolve = self._exchanged.document.resolve
        described = [*operation.path_item.get("parameters", ()), *operation.spec.get("parameters", ())]
        parameters = {(each["in"], each["name"]): each for each in map(resolve, described)}
        path = operation.bases[0] + operation.template
        query, headers, cookies = [], [("host", "127.0.0.1:8080")], []
        for (place, name), parameter in parameters.items():
            value = _text(self._exchanged, parameter) if parameter.get("required") or optional else None
            if value is None:
                continue
            match place:
                case "path":
                    path = path.replace("{" + name + "}", quote(value, safe=""))
                case "query":
                    query.append((name, value))
                case "header":
                    headers.append((name, value))
                case "cookie":
                    cookies.append(f"{name}={quote(value)}")
        if cookies:
            headers.append(("cookie", "; ".join(cookies)))
        return Request(method=operation.method, path=path, query=urlencode(query), headers=Headers(headers))

    def _accepts(self, request: Request) -> bool:
        try:
            return not self._contract.understand(request).violations
        except Refusal:
            return False


def json_media_type(contract: Contract, described: Any) -> tuple[str, Any] | None:
    """The first JSON media type of a request body or a response, and its schema; None without one."""
    content = described.get("content") if isinstance(described, dict) else None
    for name, raw in content.items() if isinstance(content, dict) else ():
        media_type = contract.document.resolve(raw)
        if is_json(name) and "*" not in name and isinstance(media_type, dict) and "schema" in media_type:
            return name, media_type["schema"]
    return None


def with_credentials(
    request: Request, contract: Contract, operation: Operation, requirement: dict[str, Any] | None = None
) -> Request:
    """The request with the credentials of a security requirement; without one, of the operation's first."""
    schemes = next(iter(operation.security), {}) if requirement is None else requirement
    for place in contract.credential_places:
        if place.scheme in schemes:
            request = place.carry(request, _KEY)
    return request


def _bodies(contract: Contract, schema: Any) -> Iterator[Any]:
    """A body with the required members, one with all documented members, and that one with single members changed."""
    samples = SchemaSamples(
        contract.document.data,
        openapi_31=contract.document.is_31,
        problems=lambda part, value: [each.message for each in contract.schema_violations(part, value)],
    )
    made: list[Any] = []
    for optional in (False, True):
        try:
            made.append(samples.value(schema, _rng(), examples=False, optional=optional))
        except NoSample:
            continue
    yield from made
    yield from with_values(contract.document, schema, made)


def _text(contract: Contract, parameter: dict[str, Any]) -> str | None:
    """A value for a parameter as text; None for objects and arrays, whose text depends on the style."""
    samples = SchemaSamples(
        contract.document.data,
        openapi_31=contract.document.is_31,
        problems=lambda part, value: [each.message for each in contract.schema_violations(part, value)],
    )
    try:
        value = samples.media_type_value(parameter, _rng())
    except NoSample:
        return None
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, bool | int | float) else None


def _rng() -> random.Random:
    return random.Random(1)  # noqa: S311  # the same messages in every run


def _exchanged(node: Any) -> Any:
    """A copy of a part of a document in which readOnly and writeOnly are exchanged."""
    if isinstance(node, list):
        return [_exchanged(each) for each in node]
    if not isinstance(node, dict):
        return deepcopy(node)
    names = {"readOnly": "writeOnly", "writeOnly": "readOnly"}
    return {names.get(key, key) if isinstance(value, bool) else key: _exchanged(value) for key, value in node.items()}
