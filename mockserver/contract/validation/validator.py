"""Validates messages with openapi-core, and reports its errors as violations."""

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from jsonschema.exceptions import ValidationError
from jsonschema_path import SchemaPath
from openapi_core.datatypes import RequestParameters
from openapi_core.deserializing.media_types.exceptions import MediaTypeDeserializeError
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.validation.request.exceptions import MissingRequestBody
from openapi_core.validation.response.exceptions import MissingData
from referencing.exceptions import NoSuchResource

from mockserver.contract.document.credentials import credential_places
from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation
from mockserver.contract.validation.deep_stack import DeepStack
from mockserver.contract.validation.openapi_core import ReplyValidator, RequestValidator
from mockserver.contract.validation.schema_check import MAX_STEPS, PreparedSchemas, SchemaCheck, budget_for
from mockserver.contract.validation.violations import schema_violations, uncheckable, violations
from mockserver.errors import Refusal, Violation
from mockserver.limits.step_budget import StepBudget, StepLimitReached
from mockserver.messages import BODILESS, Headers, Reply, Request
from mockserver.parsing import json_pointers
from mockserver.parsing.media_types import URLENCODED, essence

# openapi-core treats an urlencoded form without bytes as a missing body. This is the same form with bytes.
EMPTY_FORM = b"&"
# The router decodes bytes that are not UTF-8 into surrogates.
SURROGATE = re.compile("[\ud800-\udfff]")

# openapi-core logs a warning if no alternative of a `oneOf` matches. Here this is a violation, or nothing at all.
logging.getLogger("openapi_core").setLevel(logging.ERROR)


@dataclass(slots=True)
class _CoreRequest:
    """A request in the form that openapi-core's protocol requires. Credentials are checked with a Request itself."""

    parameters: RequestParameters | Request
    body: bytes = b""
    content_type: str | None = None


class _Values(dict[str, Any]):
    """A query or cookies in the form that openapi-core reads: an item is the first value, `getlist` returns all."""

    def __init__(self, values: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__({name: all_values[0] for name, all_values in values.items()})
        self._values = values

    def getlist(self, name: str) -> list[str]:
        """Every value of a parameter."""
        return list(self._values.get(name, ()))


class _NoRetrieval(dict[str, Any]):
    """A handler for each scheme that retrieves nothing. For other schemes jsonschema-path would call urlopen.

    A loaded document has only local references, so this is a second barrier.
    """

    def __contains__(self, scheme: object) -> bool:
        return True

    def __missing__(self, scheme: str) -> Any:
        return _refuse_to_retrieve


def _refuse_to_retrieve(uri: str) -> Any:
    raise NoSuchResource(uri)


class Validator:
    """Finds the violations of a message. The router has already found the operation."""

    def __init__(self, document: Document) -> None:
        self._spec = SchemaPath.from_dict(document.data, handlers=_NoRetrieval(), resolved_cache_maxsize=1024)
        self._prepared: PreparedSchemas = {}
        self._body_schemas: dict[tuple[str, str], SchemaPath] = {}
        self._credential_places = credential_places(document)
        self._requests = RequestValidator(self._spec, document.discriminators, is_31=document.is_31)
        self._replies = ReplyValidator(self._spec, document.discriminators, is_31=document.is_31)

    def security(self, operation: Operation, request: Request) -> list[Violation]:
        """The violation for missing credentials; empty if one of the operation's security requirements is met."""
        node = self._node(operation)
        if not operation.security or not self._errors(self._requests.security_errors, _CoreRequest(request), node):
            return []
        names = {name for requirement in operation.security for name in requirement}
        places = [place for place in self._credential_places if place.scheme in names]
        problems = dict.fromkeys(problem for place in places if (problem := place.problem(request)))
        reason = f" ({'; '.join(problems)})" if problems else ""
        wanted = " or ".join(" and ".join(requirement) for requirement in operation.security if requirement)
        text = f"no valid credential{reason}; the contract wants {wanted}"
        return [Violation(place="security", pointer="", message=text, keyword="security")]

    def parameters(self, operation: Operation, request: Request, path: Mapping[str, str]) -> list[Violation]:
        """The violations of path, query, header and cookie parameters."""
        message = _parameters(request, path)
        path_node = self._path_node(operation)
        errors = self._errors(self._requests.parameter_errors, message, self._node(operation), path_node)
        found = [violation for error in errors for violation in violations(error, "query")]
        for name, value in path.items():
            if value and not SURROGATE.search(value):
                continue
            problem, keyword = ("is not valid UTF-8 after decoding", "type") if value else ("is empty", "required")
            text = f"the path parameter {name!r} {problem}"
            found.append(Violation(place="path", pointer=json_pointers.join([name]), message=text, keyword=keyword))
        return found

    def read_body(self, operation: Operation, request: Request) -> Any:
        """The body as openapi-core reads it by its media type.

        Raises Refusal: unsupported-media-type, malformed-body.
        """
        content = self._node(operation) / "requestBody" / "content"
        media_type = request.headers.get("content-type")
        outcome = self._errors(
            self._requests.body_values, content, media_type, request.body, budget=budget_for(request.body)
        )[0]
        match outcome:
            case MediaTypeNotFound():
                documented = outcome.availableMimetypes
                sent = f"The media type {media_type!r}" if media_type else "A body without Content-Type"
                raise Refusal(
                    "unsupported-media-type",
                    f"{sent} is not documented for this operation; send {' or '.join(documented) or 'no body'}.",
                    headers=(("Accept-Post", ", ".join(documented)),) if request.method == "POST" else (),
                )
            case MediaTypeDeserializeError():
                raise _malformed(outcome.__context__ or outcome)
            case StepLimitReached():
                # `body` reports this as a violation.
                return None
            case Exception():
                # A body that makes openapi-core crash is malformed.
                raise _malformed(f"it cannot be read as {media_type} ({type(outcome).__name__})")
        return outcome

    def body(self, operation: Operation, request: Request) -> list[Violation]:
        """The violations of the body."""
        node, body, media_type = self._node(operation), request.body, request.headers.get("content-type")
        is_form = essence(media_type or "") == URLENCODED
        if not body and is_form and (node / "requestBody" / "required").read_bool(default=False):
            body = EMPTY_FORM
        message = _CoreRequest(RequestParameters(), body, media_type)
        errors = self._errors(self._requests.body_errors, message, node, budget=budget_for(body))
        # MissingRequestBody itself means that an optional body is missing; its subclass is about a required body.
        found = [error for error in errors if type(error) is not MissingRequestBody]
        return [violation for error in found for violation in violations(error, "body")]

    def json_body(self, operation: Operation, media_type: str, value: Any, body: bytes) -> list[Violation]:
        """The violations of the value of a JSON body. They are the same as those of `body`.

        `media_type` is the only documented media type of this name. Only the schema is left to be checked: finding the
        media type and reading the body again takes openapi-core twice as long.
        """
        key = (operation.id, media_type)
        schema = self._body_schemas.get(key)
        if schema is None:
            content = self._node(operation) / "requestBody" / "content"
            schema = self._body_schemas[key] = cast("SchemaPath", content[media_type]) / "schema"
        errors = self._errors(self._requests.value_errors, schema, value, budget=budget_for(body))
        found = schema_violations((error for error in errors if isinstance(error, ValidationError)), "body")
        return found + [uncheckable("body", error) for error in errors if not isinstance(error, ValidationError)]

    def reply(self, operation: Operation, reply: Reply, budget: StepBudget | None = None) -> list[Violation]:
        """The violations of a reply: its status, media type, headers and body."""
        if not operation.spec.get("responses"):
            return []
        headers = Headers(reply.headers)
        media_type, node = headers.get("content-type", ""), self._node(operation)
        errors = self._errors(self._replies.errors, reply.status, reply.body, headers, media_type, node, budget=budget)
        if reply.status in BODILESS and not reply.body:
            # HTTP forbids the body that the document describes (RFC 9110, section 15.3.5).
            errors = [error for error in errors if not isinstance(error, MissingData)]
        return [violation for error in errors for violation in violations(error, "body")]

    def schema(self, schema: Mapping[str, Any], value: Any, budget: StepBudget | None = None) -> list[Violation]:
        """The violations of a value in a reply under a schema of the document."""
        errors = self._errors(self._replies.schema_errors, schema, value, budget=budget)
        if any(not isinstance(error, ValidationError) for error in errors):
            return [uncheckable("body", error) for error in errors]
        return schema_violations(errors, "body")

    def _errors(
        self, validate: Callable[..., Iterable[Any]], *arguments: Any, budget: StepBudget | None = None
    ) -> list[Any]:
        """The errors that openapi-core finds. If it crashes, the exception is the error: a violation, not a status 500.

        Without a budget, the usual number of steps may be taken.
        """
        budget = budget or StepBudget(MAX_STEPS)
        try:
            return self._call_within(budget, validate, *arguments)
        except RecursionError:
            # jsonschema needs a dozen frames for each level of a body, which may have 64 levels.
            try:
                with DeepStack():
                    return self._call_within(budget, validate, *arguments)
            except RecursionError as error:
                return [error]

    def _call_within(self, budget: StepBudget, validate: Callable[..., Iterable[Any]], *arguments: Any) -> list[Any]:
        with SchemaCheck(budget, self._prepared):
            errors = _call(validate, *arguments)
        for error in errors:
            _forget_frames(error)
        if budget.left < 0 and not any(isinstance(error, StepLimitReached) for error in errors):
            # openapi-core catches every exception while it tries the types of a form's part.
            errors.append(StepLimitReached())
        return errors

    def _path_node(self, operation: Operation) -> SchemaPath:
        # Not with `/`, which would split a template that contains "#".
        return cast("SchemaPath", (self._spec / "paths")[operation.template])

    def _node(self, operation: Operation) -> SchemaPath:
        return self._path_node(operation) / operation.method.lower()


def _malformed(reason: object) -> Refusal:
    return Refusal("malformed-body", f"The body is malformed: {reason}.")


def _call(validate: Callable[..., Iterable[Any]], *arguments: Any) -> list[Any]:
    try:
        return list(validate(*arguments))
    except RecursionError:
        raise
    except Exception as error:  # noqa: BLE001  # see `_errors`
        return [error]
    except BaseException as error:
        # jsonschema's registry uses maps written in Rust, which panic at the end of Python's stack.
        if type(error).__name__ != "PanicException":
            raise
        raise RecursionError from None


def _forget_frames(error: object) -> None:
    """Remove the tracebacks of an error and of its causes, which are data from now on.

    The frames of a traceback refer to the request, the connection and the error itself.
    """
    waiting, known = [error], set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, BaseException) and id(each) not in known:
            known.add(id(each))
            each.__traceback__ = None
            waiting += [each.__cause__, each.__context__]


def _parameters(request: Request, path: Mapping[str, str]) -> _CoreRequest:
    query, cookies = _Values(request.query_values), _Values(request.cookie_values)
    return _CoreRequest(RequestParameters(query=query, header=request.headers, cookie=cookies, path=path))
