"""Accepts valid messages of an operation fast. Messages that are not accepted go to openapi-core."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from mockserver.contract.compiled.compiled_parameters import CompiledParameters
from mockserver.contract.compiled.schema_compiler import CompiledSchema, compile_schema
from mockserver.contract.document.credentials import credential_check
from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation, response_key
from mockserver.contract.document.transport_headers import is_transport_header
from mockserver.limits.memo import Memo, length_of_fields
from mockserver.messages import ABSENT, Reply, Request
from mockserver.parsing.json_reader import JsonError, parse_json
from mockserver.parsing.media_types import URLENCODED, essence, is_json, is_xml

Pairs = tuple[tuple[str, str], ...]

# Longer bodies go to openapi-core, where the work of a pattern is limited by the length of the text.
MAX_BODY_LENGTH = 1_000_000

# Beside JSON and XML.
_PARSED: Final = (URLENCODED, "multipart/")

# Of a Content-Type, empty without one.
_UTF_8: Final = ("", "utf-8", '"utf-8"')

NOT_ACCEPTED: Final = object()
"""Stands for the body of a request that openapi-core has to decide about."""


@dataclass(frozen=True, slots=True)
class _CompiledResponse:
    """A documented response without required headers: its schemas by JSON media type, and media types of any text.

    `media_type` returns the media type in the header fields of a reply; None if only openapi-core can check them.
    """

    schemas: Mapping[str, CompiledSchema]
    texts: frozenset[str]
    is_bodiless: bool
    media_type: Callable[[Pairs], str | None]


class CompiledOperation:
    """The compiled schemas of one operation. True means valid; False means that openapi-core has to decide.

    `weight` is the number of schemas compiled so far: those of a response are compiled by `complete`, or when it is
    first sent. `gaps` names the parts that only openapi-core can check. `may_be_empty` is True if no request body is
    required. `is_success_compiled` says whether every documented response to a successful call is compiled, once the
    operation `is_complete`. Refusals are rarely checked.
    """

    def __init__(self, document: Document, operation: Operation) -> None:
        self._document = document
        self._operation = operation
        self._requirements = [self._requirement(names) for names in operation.security]
        parameters = CompiledParameters(document, operation)
        self.parameters = parameters.accept
        self.weight = 1
        self.gaps = [f"the parameter {name}" for name in parameters.gaps]
        self._takes_body = "requestBody" in operation.spec
        body = document.resolve(operation.spec.get("requestBody"))
        self.may_be_empty = isinstance(body, dict) and body.get("required", False) is False
        self._bodies = self._json_schemas(body, "request")
        self._responses: dict[int, _CompiledResponse | None] = {}
        # By the key in the document, which can stand for many statuses.
        self._documented: dict[str, _CompiledResponse | None] = {}
        self.is_complete = False
        self.is_success_compiled = False

    def complete(self) -> None:
        """Compile every response now."""
        for key in self._operation.spec.get("responses", ()):
            if not key.startswith("x-"):
                self._response(key)
        self.is_success_compiled = all(self._documented[key] for key in self._documented if key.startswith("2"))
        self.is_complete = True

    def accepted_body(self, request: Request, path: Mapping[str, str]) -> Any:
        """The JSON body of a request of which every part is valid, ABSENT if it needs none, else NOT_ACCEPTED."""
        if not request.body or not self._takes_body:
            is_read = not request.oversized and request.unreadable is None
            may_be_absent = is_read and (self.may_be_empty or not self._takes_body)
            is_valid = may_be_absent and self.security(request) and self.parameters(request, path)
            return ABSENT if is_valid else NOT_ACCEPTED
        media_type = self._accepted_media_type(request, path)
        if media_type is None:
            return NOT_ACCEPTED
        try:
            value = parse_json(request.body)
        except JsonError:
            return NOT_ACCEPTED
        return value if self.body(media_type, value, len(request.body)) else NOT_ACCEPTED

    def _accepted_media_type(self, request: Request, path: Mapping[str, str]) -> str | None:
        """The media type of the body if it is compiled, and if credentials and parameters are valid; else None."""
        known = request.headers.accepted
        # The last request with these header fields was accepted, and this one differs in its body at most.
        if known is not None and known[0] is self and known[1] == request.path and known[2] == request.query:
            return known[3]
        media_type = essence(request.headers.get("content-type", ""))
        if media_type not in self._bodies or not self.security(request) or not self.parameters(request, path):
            return None
        request.headers.accepted = self, request.path, request.query, media_type
        return media_type

    def security(self, request: Request) -> bool:
        """Whether the request has the credentials of one security requirement."""
        for requirement in self._requirements:
            for check in requirement:
                if not check(request):
                    break
            else:
                return True
        return not self._requirements

    def media_type(self, name: str) -> bool:
        """Whether this media type is JSON, documented and compiled."""
        return name in self._bodies

    def body(self, name: str, value: Any, length: int) -> bool:
        """Whether a JSON body of this media type, with this length in bytes, is valid."""
        return length <= MAX_BODY_LENGTH and self._bodies[name].accepts(value, length)

    def reply(self, reply: Reply, written: Any = ABSENT) -> bool:
        """Whether status, media type, headers and body are valid. `written` is the value that the body contains."""
        status = reply.status
        response = self._responses[status] if status in self._responses else self._compile_response(status)
        # A known value was written by the mock, so its length is no risk.
        if response is None or (written is ABSENT and len(reply.body) > MAX_BODY_LENGTH):
            return False
        media_type = response.media_type(reply.headers)
        if media_type is None:
            return False
        if not reply.body:
            return response.is_bodiless
        schema = response.schemas.get(media_type)
        if schema is None:
            return media_type in response.texts and reply.body.isascii()
        if written is ABSENT:
            try:
                written = parse_json(reply.body)
            except JsonError:
                return False
        return schema.accepts(written, len(reply.body))

    def _compile_response(self, status: int) -> _CompiledResponse | None:
        key = response_key(self._operation, str(status))
        compiled = self._responses[status] = self._response(key) if key else None
        return compiled

    def _response(self, key: str) -> _CompiledResponse | None:
        """The response with this key in the document."""
        if key in self._documented:
            return self._documented[key]
        response = self._document.resolve(self._operation.spec["responses"][key])
        compiled = None
        if isinstance(response, dict):
            schemas = self._json_schemas(response, "reply")
            texts = self._texts(response)
            headers = self._optional_headers(response.get("headers", {}))
            is_bodiless = "content" not in response
            if headers is not None and (schemas or texts or is_bodiless):
                # Most replies have the same headers.
                media_types = Memo(partial(_media_type, headers), entries=64, longest=1000, size=length_of_fields)
                compiled = _CompiledResponse(schemas, texts, is_bodiless, media_types.__getitem__)
        self._documented[key] = compiled
        return compiled

    def _optional_headers(self, documented: Any) -> frozenset[str] | None:
        """The names of the documented headers if no reply needs one of them, else None."""
        if not isinstance(documented, dict):
            return None
        for name, raw in documented.items():
            header = self._document.resolve(raw)
            schema = self._document.resolve(header.get("schema")) if isinstance(header, dict) else None
            if name.lower() == "content-type":
                continue
            if not isinstance(schema, dict) or (header.get("required") and not is_transport_header(name)):
                return None
        return frozenset(map(str.lower, documented)) - {"content-type"}

    def _json_schemas(self, owner: Any, direction: str) -> dict[str, CompiledSchema]:
        """The schemas of a request body or response, by JSON media type."""
        schemas: dict[str, CompiledSchema] = {}
        for media_type, schema in self._unambiguous(owner):
            if not is_json(media_type):
                continue
            compiled = compile_schema(self._document, schema, direction=direction)
            if compiled is not None:
                schemas[media_type] = compiled
                self.weight += compiled.weight
            else:
                self.gaps.append(f"the {direction} {media_type}")
        return schemas

    def _texts(self, response: Any) -> frozenset[str]:
        """The media types of a response that stand for any text: their bodies are not parsed, only decoded."""
        return frozenset(
            media_type
            for media_type, schema in self._unambiguous(response)
            if not (is_json(media_type) or is_xml(media_type) or media_type.startswith(_PARSED))
            and self._document.resolve(schema) == {"type": "string"}
        )

    def _unambiguous(self, owner: Any) -> Iterator[tuple[str, Any]]:
        """The media types of a request body or response, each with its schema."""
        content = owner.get("content") if isinstance(owner, dict) else None
        media_types = content if isinstance(content, dict) else {}
        for media_type in media_types:
            # Of application/json and application/json;v=2, only openapi-core knows which one applies.
            is_unique = [essence(other) for other in media_types].count(media_type) == 1
            described = self._document.resolve(media_types[media_type])
            if is_unique and isinstance(described, dict) and "schema" in described:
                yield media_type, described["schema"]

    def _requirement(self, names: Mapping[str, Any]) -> list[Callable[[Request], bool]]:
        schemes = self._document.security_schemes
        return [credential_check(self._document.resolve(schemes.get(name))) for name in names]


def _media_type(documented_headers: frozenset[str], headers: Pairs) -> str | None:
    """The media type in header fields, empty without one.

    None if it is repeated or has another charset than UTF-8, or if a documented header is sent.
    """
    media_type = None
    for name, value in headers:
        lowered = name.lower()
        if lowered in documented_headers or (lowered == "content-type" and media_type is not None):
            return None
        if lowered == "content-type":
            charset = value.lower().partition("charset=")[2].partition(";")[0].strip()
            if charset not in _UTF_8:
                return None
            media_type = essence(value)
    return media_type or ""
