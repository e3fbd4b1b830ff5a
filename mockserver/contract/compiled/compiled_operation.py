"""The compiled accept path: says yes fast, or nothing; whatever it does not accept goes to openapi-core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.compiled.compiled_parameters import CompiledParameters
from mockserver.contract.compiled.schema_compiler import compile_schema
from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation
from mockserver.messages import ABSENT, Reply, Request
from mockserver.parsing.json_reader import JsonError, parse_json
from mockserver.parsing.media_types import essence, is_json

__all__ = ["CompiledOperation"]

Check = Callable[[Any], bool]

# Longer bodies go to openapi-core, whose patterns are bounded by the length of the text (see `patterns`); what the mock
# has written itself was not made to hang it.
LONGEST_BODY = 1_000_000


@dataclass(frozen=True, slots=True)
class _CompiledResponse:
    """What is documented for a status: the schemas of its JSON, whether it has no content, optional headers."""

    schemas: Mapping[str, Check]
    is_bodiless: bool
    headers: frozenset[str]


class CompiledOperation:
    """What an operation accepts, compiled once. Each method may only be believed when it says True.

    `weight` says of how many schemas it is made so far: a reply's are compiled when the first such reply is sent.
    `gaps` names the parts that cannot be translated with certainty, so that openapi-core judges each of them.
    """

    def __init__(self, document: Document, operation: Operation) -> None:
        self.weight = 1
        self.gaps: list[str] = []
        self._document = document
        self._operation = operation
        self._requirements = [self._requirement(names) for names in operation.security]
        parameters = CompiledParameters(document, operation)
        self.parameters = parameters.accept
        self.gaps += [f"the parameter {name}" for name in parameters.gaps]
        body = document.resolve(operation.spec.get("requestBody"))
        self._bodies = self._json_schemas(body, "request")
        self.may_be_empty = isinstance(body, dict) and body.get("required", False) is False
        """True when a request may have no body."""
        self._responses: dict[int, _CompiledResponse | None] = {}

    def security(self, request: Request) -> bool:
        """True when the credentials of one requirement are there."""
        for requirement in self._requirements:
            for check in requirement:
                if not check(request):
                    break
            else:
                return True
        return not self._requirements

    def media_type(self, name: str) -> bool:
        """True when a JSON body of this type is documented and its schema is compiled."""
        return name in self._bodies

    def body(self, name: str, value: Any, length: int) -> bool:
        """True when a JSON body, which was so many bytes long, satisfies the schema of its type."""
        return length <= LONGEST_BODY and _says_yes(self._bodies[name], value)

    def reply(self, reply: Reply, written: Any = ABSENT) -> bool:
        """True when status, media type, headers and body are as documented; `written` is what the body was written from."""
        status = reply.status
        response = self._responses[status] if status in self._responses else self._compile(status)
        if response is None or (written is ABSENT and len(reply.body) > LONGEST_BODY):
            return False
        media_type = _media_type(reply, response.headers)
        if media_type is None:
            return False
        if not reply.body:
            return response.is_bodiless
        check = response.schemas.get(media_type)
        if check is None:
            return False
        if written is ABSENT:
            try:
                written = parse_json(reply.body)
            except JsonError:
                return False
        return _says_yes(check, written)

    def _compile(self, status: int) -> _CompiledResponse | None:
        responses = self._operation.spec.get("responses", {})
        key = next((key for key in (str(status), f"{str(status)[0]}XX", "default") if key in responses), None)
        response = self._document.resolve(responses[key]) if key else None
        compiled = None
        if isinstance(response, dict):
            schemas = self._json_schemas(response, "reply")
            headers = self._optional_headers(response.get("headers", {}))
            is_bodiless = "content" not in response
            if headers is not None and (schemas or is_bodiless):
                compiled = _CompiledResponse(schemas, is_bodiless, headers)
        self._responses[status] = compiled
        return compiled

    def _optional_headers(self, described: Any) -> frozenset[str] | None:
        """The names of the headers when a reply may do without every one of them, else None."""
        if not isinstance(described, dict):
            return None
        for name, raw in described.items():
            header = self._document.resolve(raw)
            schema = self._document.resolve(header.get("schema")) if isinstance(header, dict) else None
            if name.lower() == "content-type":
                continue
            if not isinstance(schema, dict) or header.get("required") or "default" in schema:
                return None
        return frozenset(map(str.lower, described)) - {"content-type"}

    def _json_schemas(self, owner: Any, direction: str) -> dict[str, Check]:
        schemas: dict[str, Check] = {}
        content = owner.get("content") if isinstance(owner, dict) else None
        types = content if isinstance(content, dict) else {}
        for media_type in types:
            # Of application/json and application/json;v=2 only openapi-core knows which is meant.
            alone = [essence(other) for other in types].count(media_type) == 1
            described = self._document.resolve(types[media_type])
            if not (alone and is_json(media_type) and isinstance(described, dict) and "schema" in described):
                continue
            compiled = compile_schema(self._document, described["schema"], direction=direction)
            if compiled is not None:
                schemas[media_type] = compiled.check
                self.weight += compiled.weight
            else:
                self.gaps.append(f"the {direction} {media_type}")
        return schemas

    def _requirement(self, names: Mapping[str, Any]) -> list[Check]:
        schemes = self._document.security_schemes
        return [_credential(self._document.resolve(schemes.get(name))) for name in names]


def _media_type(reply: Reply, judged: frozenset[str]) -> str | None:
    """The media type of a reply, empty if it names none; None where a header has to be judged, or the type is repeated."""
    media_type = None
    for name, value in reply.headers:
        lowered = name.lower()
        if lowered in judged or (lowered == "content-type" and media_type is not None):
            return None
        if lowered == "content-type":
            media_type = essence(value)
    return media_type or ""


def _credential(scheme: Any) -> Check:
    """What openapi-core demands of one security scheme."""
    match scheme:
        case {"type": "apiKey", "in": "header", "name": str(name)}:
            return lambda request: name in request.headers
        case {"type": "apiKey", "in": "cookie", "name": str(name)}:
            return lambda request: name in request.cookies
        case {"type": "apiKey", "in": "query", "name": str(name)}:
            return lambda request: name in request.query_values
        case {"type": "http", "scheme": str(name)}:
            prefix = f"{name.lower()} "
            return lambda request: request.headers.get("authorization", "").lower().startswith(prefix)
        case {"type": str(other)} if other not in {"apiKey", "http"}:
            return _always
    return _never


def _always(_: Any) -> bool:
    return True


def _never(_: Any) -> bool:
    return False


def _says_yes(check: Check, value: Any) -> bool:
    try:
        return check(value)
    except Exception:  # noqa: BLE001  # what jsonschema-rs or a format of openapi-core's cannot take is for openapi-core
        return False
