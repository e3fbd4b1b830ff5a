"""openapi-core's errors, made into violations."""

from __future__ import annotations

from jsonschema.exceptions import ValidationError
from openapi_core.casting.schemas.exceptions import CastError
from openapi_core.deserializing.exceptions import DeserializeError
from openapi_core.deserializing.media_types.exceptions import MediaTypeDeserializeError
from openapi_core.deserializing.styles.exceptions import EmptyQueryParameterValue
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.request.exceptions import (
    MissingRequestBodyError,
    MissingRequiredParameter,
    ParameterValidationError,
)
from openapi_core.validation.response.exceptions import HeaderValidationError, MissingData, MissingRequiredHeader
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

from mockserver.contract.validation.schema_errors import schema_violations
from mockserver.errors import Violation
from mockserver.parsing import json_pointers

__all__ = ["body_violations", "parameter_violations", "reply_violations", "unjudged"]


def parameter_violations(error: Exception) -> list[Violation]:
    """What an error of a parameter says."""
    if not isinstance(error, ParameterValidationError):
        return [unjudged("query", error)]
    return _value_violations(error, error.location, error.name, missing=isinstance(error, MissingRequiredParameter))


def _value_violations(error: Exception, place: str, name: str, *, missing: bool) -> list[Violation]:
    """Violations of one parameter or header."""
    pointer = json_pointers.join([name])
    if missing:
        message = f"the {place} parameter {name!r} is required"
        return [Violation(place=place, pointer=pointer, message=message, keyword="required")]
    match error.__cause__:
        case InvalidSchemaValue() as cause:
            return schema_violations(_schema_errors(cause), place, pointer)
        case CastError() as cause:
            message, keyword = f"it cannot be read as {cause.type}", "type"
        case EmptyQueryParameterValue():
            message, keyword = "it is empty", "allowEmptyValue"
        case MediaTypeDeserializeError() as cause:
            message, keyword = f"it cannot be read as {cause.mimetype}: {cause.__context__ or 'malformed'}", "content"
        case DeserializeError() as cause:
            message, keyword = f"it is not written as its style says ({cause.__cause__})", "style"
        case cause:
            return [unjudged(place, cause or error, pointer)]
    return [Violation(place=place, pointer=pointer, message=message, keyword=keyword)]


def _schema_errors(error: InvalidSchemaValue) -> list[ValidationError]:
    return [inner for inner in error.schema_errors if isinstance(inner, ValidationError)]


def body_violations(error: Exception) -> list[Violation]:
    """What an error of a body says."""
    if isinstance(error, MissingRequestBodyError):
        return [Violation(place="body", pointer="", message="a body is required", keyword="required")]
    match error.__cause__:
        case InvalidSchemaValue() as cause:
            return schema_violations(_schema_errors(cause), "body")
        case MediaTypeNotFound() as cause:
            text = f"the media type {cause.mimetype!r} is not documented; {', '.join(cause.availableMimetypes)} is"
            keyword = "content"
        case MediaTypeDeserializeError() as cause:
            text, keyword = f"it cannot be read as {cause.mimetype}: {cause.__context__ or 'malformed'}", "content"
        case CastError() as cause:
            text, keyword = f"a value cannot be read as {cause.type or 'its schema says'}", "type"
        case DeserializeError() as cause:
            reason = cause.__cause__ or type(cause).__name__
            text, keyword = f"a value is not written as its schema says ({reason})", "type"
        case _:
            return [unjudged("body", error.__cause__ or error)]
    return [Violation(place="body", pointer="", message=text, keyword=keyword)]


def reply_violations(error: Exception) -> list[Violation]:
    """What an error of a reply says: of its status, headers or body."""
    match error:
        case ResponseNotFound():
            documented = ", ".join(error.availableresponses) or "none"
            text = f"the status {error.http_status} is not documented; documented: {documented}"
            return [Violation(place="status", pointer="", message=text, keyword="responses")]
        case HeaderValidationError():
            missing = isinstance(error, MissingRequiredHeader)
            return _value_violations(error, "header", error.name, missing=missing)
        case MissingData():
            return [
                Violation(place="body", pointer="", message="a body is documented, none is sent", keyword="content")
            ]
    return body_violations(error)


def unjudged(place: str, error: BaseException, pointer: str = "") -> Violation:
    """openapi-core fell over: said as a violation, so that nobody takes it for a yes."""
    text = f"openapi-core cannot judge it ({type(error).__name__}); look at this part of the contract"
    return Violation(place=place, pointer=pointer, message=text, keyword="unsupported")
