"""Reads requests to Stripe's API: clients can send the same request in several ways, spec/stripe.yaml describes one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation
from mockserver.errors import Refusal, Violation
from mockserver.messages import Headers, Request, UnreadableBody
from mockserver.parsing.json_reader import JsonError, parse_json
from mockserver.parsing.media_types import essence
from mockserver.stripe.api_keys import find_account, find_key, sent_key
from mockserver.stripe.form_encoding import FormError, read_form

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeRequest:
    """A request as spec/stripe.yaml describes it: the API key is in a header, and the body is JSON.

    `query` has the names of the query parameters. `key` and `account` are None if the request has none. `keys` are all
    keys that were sent; `key` is the one that counts.
    """

    request: Request
    query: frozenset[str]
    key: str | None
    account: str | None
    keys: tuple[str, ...] = ()


def read_request(request: Request, operation: Operation) -> StripeRequest:
    """Read a request for an operation.

    If its query or body is malformed, the request is unreadable: the contract refuses it after earlier checks.
    """
    if request.oversized or request.unreadable:
        return _unread(request)
    try:
        return _read_request(request, operation)
    except Refusal as refusal:
        return _unread(replace(request, unreadable=UnreadableBody(refusal.kind, refusal.detail)))


def _read_request(request: Request, operation: Operation) -> StripeRequest:
    """Read a request. Raises Refusal malformed-body."""
    query = _form(request.query)
    if "requestBody" not in operation.spec:
        return _stripe_request(request, query, urlencode(query, doseq=True), names=frozenset(query))
    media_type = _media_type(request)
    if request.body and media_type not in {FORM, JSON}:
        # The contract refuses it.
        return _stripe_request(request, query, request.query)
    parameters = _read(request.body, media_type)
    if not isinstance(parameters, dict):
        return _stripe_request(request, query, request.query)
    # Stripe reads the query and the body alike.
    fields = {**query, **parameters}
    return _stripe_request(request, fields, "", body=json.dumps(fields).encode())


def _unread(request: Request) -> StripeRequest:
    """A request whose parameters cannot be read. The contract refuses it."""
    is_known = _media_type(request) in {FORM, JSON}
    return _stripe_request(request, {"key": sent_key(request)}, request.query, body=b"" if is_known else None)


def _stripe_request(
    request: Request,
    fields: Mapping[str, Any],
    query: str,
    *,
    names: frozenset[str] = frozenset(),
    body: bytes | None = None,
) -> StripeRequest:
    """The request with its parameters in `query`, or in `body` as JSON."""
    key, account = find_key(request, fields), find_account(request, fields)
    changes: dict[str, str] = {}
    if key and "authorization" not in request.headers:
        changes["authorization"] = f"Bearer {key}"
    if body is not None:
        changes["content-type"] = JSON
    kept = [pair for pair in request.headers.pairs if pair[0] not in changes]
    rewritten = replace(
        request,
        query=query,
        headers=Headers([*kept, *changes.items()]) if changes else request.headers,
        body=request.body if body is None else body,
    )
    return StripeRequest(request=rewritten, query=names, key=key, account=account, keys=_keys(key, fields.get("key")))


def _media_type(request: Request) -> str:
    return essence(request.headers.get("content-type", FORM))


def _keys(*found: Any) -> tuple[str, ...]:
    return tuple(key for key in found if isinstance(key, str))


def unknown_parameters(request: StripeRequest, operation: Operation, document: Document) -> list[Violation]:
    """Violations for query parameters that the operation does not have. OpenAPI allows them, Stripe does not."""
    described = [document.resolve(each) for each in operation.spec.get("parameters", ())] if request.query else []
    unknown = request.query - {each["name"] for each in described if each["in"] == "query"}
    message = "the query has a parameter that the operation does not have"
    return [
        Violation(place="query", pointer=f"/{name}", message=message, keyword="additionalProperties")
        for name in sorted(unknown)
    ]


def _read(body: bytes, media_type: str) -> Any:
    if not body:
        return {}
    if media_type == JSON:
        try:
            return parse_json(body)
        except JsonError as error:
            raise Refusal("malformed-body", f"The body is malformed: {error}.") from None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Refusal("malformed-body", "The body is malformed: it is not UTF-8.") from None
    return _form(text)


def _form(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        return read_form(text)
    except FormError as error:
        raise Refusal("malformed-body", f"The form is malformed: {error}.") from None
