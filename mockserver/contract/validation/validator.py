"""openapi-core's verdict on a message, as violations."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from jsonschema.exceptions import ValidationError
from jsonschema_path import SchemaPath
from openapi_core.casting.schemas.exceptions import CastError
from openapi_core.datatypes import RequestParameters
from openapi_core.deserializing.exceptions import DeserializeError
from openapi_core.deserializing.media_types.exceptions import MediaTypeDeserializeError
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.validation.request.exceptions import MissingRequestBody
from openapi_core.validation.response.exceptions import MissingData

from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation
from mockserver.contract.validation import openapi_core
from mockserver.contract.validation.core_errors import body_violations, parameter_violations, reply_violations, unjudged
from mockserver.contract.validation.schema_errors import schema_violations
from mockserver.errors import Violation
from mockserver.messages import BODILESS, Headers, Reply, Request
from mockserver.parsing import json_pointers

__all__ = ["ReadBody", "Validator"]

MAX_FRAMES = 5_000

# openapi-core logs that no alternative of a oneOf fits; here that is a violation or nothing at all.
logging.getLogger("openapi_core").setLevel(logging.ERROR)


@dataclass(slots=True)
class _CoreRequest:
    """A request as openapi-core's protocol wants it."""

    parameters: RequestParameters
    body: bytes
    content_type: str | None


class _QueryValues(dict[str, Any]):
    """A query as openapi-core reads it: an item is the first value of its name, `getlist` gives all."""

    def __init__(self, values: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__({name: all_values[0] for name, all_values in values.items()})
        self._values = values

    def getlist(self, name: str) -> list[str]:
        """Every value of a parameter."""
        return list(self._values.get(name, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBody:
    """A body that openapi-core could read, or why it could not: `documented` types, or what is `malformed`."""

    value: Any = None
    documented: tuple[str, ...] | None = None
    malformed: str | None = None


class Validator:
    """Asks openapi-core; what is judged is always one operation that routing has found."""

    def __init__(self, document: Document) -> None:
        # No handlers: the document is one piece, and nothing may be fetched.
        self._spec = SchemaPath.from_dict(document.data, handlers={}, resolved_cache_maxsize=1024)
        self._requests = openapi_core.requests(self._spec, is_31=document.is_31)
        self._replies = openapi_core.replies(self._spec, is_31=document.is_31)

    def security(self, operation: Operation, request: Request) -> list[Violation]:
        """Which credentials are missing; empty when one of the operation's requirements is met."""
        if not operation.security:
            return []
        node = self._node(operation)
        errors = self._ask(self._requests.security_errors, _parameters(request, {}), node)
        if not errors:
            return []
        names = [" and ".join(requirement) for requirement in operation.security if requirement]
        message = f"no valid credential; the contract wants {' or '.join(names)}"
        return [Violation(place="security", pointer="", message=message, keyword="security")]

    def parameters(self, operation: Operation, request: Request, path: Mapping[str, str]) -> list[Violation]:
        """What is wrong with path, query, header and cookie parameters."""
        node = self._node(operation)
        message = _parameters(request, path)
        errors = self._ask(self._requests.parameter_errors, message, node, self._path_node(operation))
        found = [violation for error in errors for violation in parameter_violations(error)]
        for name, value in path.items():
            pointer = json_pointers.join([name])
            if not value:
                text = f"the path parameter {name!r} is empty"
                found.append(Violation(place="path", pointer=pointer, message=text, keyword="required"))
            elif not value.isprintable() and not _is_text(value):
                text = f"the path parameter {name!r} is not valid UTF-8 once decoded"
                found.append(Violation(place="path", pointer=pointer, message=text, keyword="type"))
        return found

    def read_body(self, operation: Operation, request: Request) -> ReadBody:
        """The body as openapi-core reads it: by its media type."""
        content = self._node(operation) / "requestBody" / "content"
        media_type = request.headers.get("content-type")
        try:
            self._requests.media_type(content, media_type)
            return ReadBody(value=self._requests.read_body(content, media_type or "", request.body))
        except MediaTypeNotFound as error:
            return ReadBody(documented=tuple(error.availableMimetypes))
        except MediaTypeDeserializeError as error:
            return ReadBody(malformed=str(error.__context__ or error))
        except (CastError, DeserializeError):
            # It can be read, but not as its schema says: that is a violation, found by `body`.
            return ReadBody()
        except Exception as error:  # noqa: BLE001  # a body that makes openapi-core fall over is malformed, never a 500
            return ReadBody(malformed=f"it cannot be read as {media_type} ({type(error).__name__})")

    def body(self, operation: Operation, request: Request) -> list[Violation]:
        """What is wrong with the body."""
        message = _CoreRequest(RequestParameters(), request.body, request.headers.get("content-type"))
        errors = self._ask(self._requests.body_errors, message, self._node(operation))
        found = [error for error in errors if type(error) is not MissingRequestBody]
        return [violation for error in found for violation in body_violations(error)]

    def reply(self, operation: Operation, reply: Reply) -> list[Violation]:
        """What is wrong with a reply: its status, media type, headers and body."""
        if not operation.spec.get("responses"):
            return []
        headers = Headers(reply.headers)
        errors = self._ask(
            self._replies.errors,
            reply.status,
            reply.body,
            headers,
            headers.get("content-type", ""),
            self._node(operation),
        )
        if reply.status in BODILESS and not reply.body:
            # HTTP forbids what the document asks for here (RFC 9110, 15.3.5): no body is what must come.
            errors = [error for error in errors if not isinstance(error, MissingData)]
        return [violation for error in errors for violation in reply_violations(error)]

    def schema(self, schema: Mapping[str, Any], value: Any) -> list[Violation]:
        """What is wrong with a value of a reply under a schema of the document."""
        errors: list[ValidationError] = self._ask(self._replies.schema_errors, schema, value)
        if any(not isinstance(error, ValidationError) for error in errors):
            return [unjudged("body", error) for error in errors]
        return schema_violations(errors, "body")

    def _ask(self, question: Any, *arguments: Any) -> list[Any]:
        """The errors; or the one that openapi-core fell over, for such a message cannot be judged, which is no 500."""
        try:
            return list(question(*arguments))
        except BaseException as error:
            if not _is_failure(error):
                raise
            if isinstance(error, Exception) and not isinstance(error, RecursionError):
                return [error]
        return self._ask_deeply(question, *arguments)

    def _ask_deeply(self, question: Any, *arguments: Any) -> list[Any]:
        """Ask once more, with room: jsonschema takes a dozen frames for each level of a body, which has up to 64."""
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, MAX_FRAMES))
        try:
            return list(question(*arguments))
        except BaseException as error:
            if not _is_failure(error):
                raise
            return [error if isinstance(error, Exception) else RecursionError()]
        finally:
            sys.setrecursionlimit(limit)

    def _path_node(self, operation: Operation) -> SchemaPath:
        # Not `/`: it would split a template at "#", which some APIs have in their paths.
        return cast("SchemaPath", (self._spec / "paths")[operation.template])

    def _node(self, operation: Operation) -> SchemaPath:
        return self._path_node(operation) / operation.method.lower()


def _parameters(request: Request, path: Mapping[str, str]) -> _CoreRequest:
    parameters = RequestParameters(
        query=_QueryValues(request.query_values), header=request.headers, cookie=request.cookies, path=path
    )
    return _CoreRequest(parameters, b"", None)


def _is_failure(error: BaseException) -> bool:
    # The maps of jsonschema's registry are written in Rust and panic where Python's stack ends; that is no Exception.
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
