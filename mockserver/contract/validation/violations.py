"""Translates the errors of openapi-core and jsonschema into violations. Their messages are written here only."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from jsonschema.exceptions import ValidationError
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

from mockserver.contract.document.adjustments import NULL_ONLY
from mockserver.contract.formats.number_formats import INTEGER_RANGES, SF_DECIMAL
from mockserver.contract.formats.string_formats import EXAMPLES
from mockserver.contract.validation.casters import UnreadText
from mockserver.contract.validation.converted_body import ConversionError
from mockserver.contract.validation.discriminator_keywords import Undecided
from mockserver.contract.validation.schema_validators import described_members
from mockserver.errors import Violation
from mockserver.limits.step_budget import StepLimitReached
from mockserver.parsing import json_pointers
from mockserver.redaction.redact import redact

MAX_SHOWN_CHARACTERS = 80
MAX_SHOWN_CHOICES = 12
# A value is cut to this length before secrets are removed from it.
MAX_REDACTED_CHARACTERS = 2_000
MAX_VIOLATIONS = 100
# One error of `anyOf` contains the errors of all alternatives, which contain others of `anyOf`.
MAX_TRANSLATED_ERRORS = 300
MAX_COMPARED_BRANCHES = 20
MAX_SHOWN_REASONS = 3
MAX_SHOWN_LEVELS = 3

ENCODER = json.JSONEncoder(ensure_ascii=False)

TYPE_NAMES: dict[type, str] = {
    type(None): "not allowed here",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}
# How values that are sent as text are written, such as parameters and form members.
SYNTAX = {
    "boolean": " (true or false)",
    "integer": " (written as in JSON, such as 10 or -5)",
    "number": " (written as in JSON, such as 10 or -0.5)",
}
ONLY_NULL = (NULL_ONLY, {"type": "null"})
WITH_ARTICLE = {"array": "an array", "integer": "an integer", "object": "an object", "null": "null"}


def violations(error: Exception, place: str) -> list[Violation]:
    """The violations that an error of openapi-core means. `place` is used if the error itself has none."""
    pointer = ""
    match error:
        case ParameterValidationError() | HeaderValidationError():
            place = error.location if isinstance(error, ParameterValidationError) else "header"
            pointer = json_pointers.join([error.name])
            if isinstance(error, MissingRequiredParameter | MissingRequiredHeader):
                message = f"the {place} parameter {error.name!r} is required"
                return [Violation(place=place, pointer=pointer, message=message, keyword="required")]
        case ResponseNotFound():
            documented = ", ".join(error.availableresponses) or "none"
            message = f"the status {error.http_status} is not documented; documented: {documented}"
            return [Violation(place="status", pointer="", message=message, keyword="responses")]
        case MissingRequestBodyError():
            return [Violation(place="body", pointer="", message="a body is required", keyword="required")]
        case MissingData():
            message = "a body is documented, but none is sent"
            return [Violation(place="body", pointer="", message=message, keyword="content")]
    return _cause_violations(error, place, pointer)


def _cause_violations(error: Exception, place: str, pointer: str) -> list[Violation]:
    subject = "the value" if pointer else "a value"
    match error.__cause__:
        case InvalidSchemaValue() as cause:
            errors = [inner for inner in cause.schema_errors if isinstance(inner, ValidationError)]
            return schema_violations(errors, place, pointer)
        case MediaTypeNotFound() as cause:
            documented = ", ".join(cause.availableMimetypes)
            message = f"the media type {cause.mimetype!r} is not documented; documented: {documented}"
            keyword = "content"
        case MediaTypeDeserializeError() as cause:
            message = f"it cannot be read as {cause.mimetype}: {cause.__context__ or 'it is malformed'}"
            keyword = "content"
        case EmptyQueryParameterValue():
            message, keyword = f"{subject} is empty", "allowEmptyValue"
        case DeserializeError() as cause:
            reason = cause.__cause__ or type(cause).__name__
            message, keyword = f"{subject} is not in the documented style ({reason})", "style" if pointer else "type"
        case cause:
            return [uncheckable(place, cause or error, pointer)]
    return [Violation(place=place, pointer=pointer, message=message, keyword=keyword)]


def uncheckable(place: str, error: BaseException, pointer: str = "") -> Violation:
    """The violation for a message that openapi-core crashes on. Such a message must not pass as valid."""
    if isinstance(error, StepLimitReached):
        return Violation(
            place=place, pointer=pointer + json_pointers.join(error.path), message=str(error), keyword="unsupported"
        )
    message = f"openapi-core cannot check it ({type(error).__name__}); look at this part of the contract"
    return Violation(place=place, pointer=pointer, message=message, keyword="unsupported")


def schema_violations(errors: Iterable[ValidationError], place: str, prefix: str = "") -> list[Violation]:
    """The violations of a schema, each once. `prefix` is the pointer to the value itself.

    After MAX_VIOLATIONS, one more says that the others are not listed.
    """
    found: dict[tuple[str, str, str], Violation] = {}
    translated = (violation for error in errors for violation in _translate(error, place, prefix))
    for violation in islice(translated, MAX_TRANSLATED_ERRORS):
        found.setdefault((violation.pointer, violation.keyword, violation.message), violation)
        if len(found) > MAX_VIOLATIONS:
            break
    listed = list(found.values())
    if next(translated, None) is not None or len(listed) > MAX_VIOLATIONS:
        listed = listed[:MAX_VIOLATIONS]
        message = f"only the first {len(listed)} violations are listed"
        listed.append(Violation(place=place, pointer=prefix, message=message, keyword="unsupported"))
    return listed


def _translate(error: ValidationError, place: str, prefix: str, level: int = 1) -> Iterator[Violation]:
    """The violations that an error of jsonschema means. `level` counts the messages that contain this one."""
    # Not the absolute path, because the same error can be part of several others.
    pointer = prefix + json_pointers.join(error.relative_path)
    try:
        yield from _translated(error, place, pointer, level)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        # The schema is malformed, for example an `enum` that is a mapping. The message of jsonschema is used.
        message = _written(error.message)
        yield Violation(place=place, pointer=pointer, message=message, keyword=_keyword(error))


def _translated(error: ValidationError, place: str, pointer: str, level: int) -> Iterator[Violation]:
    keyword = _keyword(error)
    if keyword in {"anyOf", "oneOf"} and error.context:
        branches = _branches(error)
        if len(branches) == 1:
            for inner in branches[0]:
                yield from _translate(inner, place, pointer, level)
            return
    found: list[tuple[tuple[str, ...], str]]
    if keyword == "additionalProperties" and isinstance(error.instance, dict):
        schema = error.schema if isinstance(error.schema, dict) else {}
        names = sorted(error.instance.keys() - described_members(error.instance, schema))[: MAX_VIOLATIONS + 1]
        found = [((name,), f"{_shown(name)} is not a member that the contract allows here") for name in names]
    elif keyword == "required":
        name = _missing_member(error)
        found = [((name,), f"{_shown(name)} is required")]
    else:
        found = [((), _message(keyword, error, level))]
    for steps, message in found:
        yield Violation(place=place, pointer=pointer + json_pointers.join(steps), message=message, keyword=keyword)


def _keyword(error: ValidationError) -> str:
    # A schema that is `false` has no keyword. It means {"not": {}}.
    return str(error.validator or "not")


def _message(keyword: str, error: ValidationError, level: int) -> str:
    if isinstance(error, ConversionError):
        return redact(error.message)
    if keyword in {"anyOf", "oneOf"}:
        return _alternatives_message(error, level)
    text = MESSAGES.get(keyword)
    return text(_shown(error.instance), error) if text else _written(error.message)


def _expected(error: ValidationError) -> Any:
    """The value of the keyword in the schema."""
    return error.validator_value


def _type_message(shown: str, error: ValidationError) -> str:
    types = _expected(error) if isinstance(_expected(error), list) else [_expected(error)]
    if isinstance(error.instance, UnreadText):
        wanted = " or ".join(WITH_ARTICLE.get(name, f"a {name}") + SYNTAX.get(name, "") for name in types)
        return f"{shown} is not {wanted}"
    wanted = " or ".join(WITH_ARTICLE.get(name, f"a {name}") for name in types)
    # The value is of a class derived from one of these.
    actual = next((TYPE_NAMES[each] for each in type(error.instance).__mro__ if each in TYPE_NAMES), "binary data")
    return f"{shown} is {actual}; the contract wants {wanted}"


def _enum_message(shown: str, error: ValidationError) -> str:
    return f"{shown} is not one of {_listed(_expected(error))}"


def _discriminator_message(shown: str, error: ValidationError) -> str:
    details = _expected(error)
    unknown = f"{shown} is not a known value of the discriminator {_shown(details.member)}"
    matching = f"; more than one alternative matches: {', '.join(details.matching)}" if details.matching else ""
    return f"{unknown}; known values: {_listed(details.known)}{matching}"


def _listed(values: Sequence[Any]) -> str:
    shown = [_shown(value) for value in values[:MAX_SHOWN_CHOICES]]
    return ", ".join([*shown, "…"] if len(values) > MAX_SHOWN_CHOICES else shown)


def _format_message(shown: str, error: ValidationError) -> str:
    name = _expected(error)
    if name in INTEGER_RANGES and not isinstance(error.instance, str):
        low, high = INTEGER_RANGES[name]
        return f"{shown} is not of the format {name} ({low} to {high})"
    if name == SF_DECIMAL:
        return f"{shown} is not of the format {name} (at most 12 digits before the decimal point and 3 after it)"
    return f"{shown} is not of the format {name} (such as {EXAMPLES[name]})"


MESSAGES: dict[str, Callable[[str, ValidationError], str]] = {
    "type": _type_message,
    "enum": _enum_message,
    "discriminator": _discriminator_message,
    "const": lambda shown, error: f"{shown} is not {_shown(_expected(error))}",
    "pattern": lambda shown, error: f"{shown} does not match the pattern {_expected(error)}",
    "format": _format_message,
    "not": lambda shown, _: f"{shown} is not allowed here",
    "uniqueItems": lambda shown, _: f"{shown} has two equal items",
    "readOnly": lambda shown, _: f"{shown} is read-only: it must not be sent in a request",
    "writeOnly": lambda shown, _: f"{shown} is write-only: it must not be sent in a reply",
}


def _alternatives_message(error: ValidationError, level: int) -> str:
    matches, expected = f"{_shown(error.instance)} matches", _expected(error)
    if isinstance(expected, Undecided):
        names = ", ".join(expected.matching[:MAX_SHOWN_CHOICES])
        missing = f"; the discriminator {_shown(expected.member)} is missing" if expected.member else ""
        several = f"{matches} more than one of the {expected.count} alternatives ({names})"
        return f"{several}, but must match exactly one{missing}"
    none = f"{matches} none of the {len(expected)} alternatives"
    if level > MAX_SHOWN_LEVELS:
        return none
    branches = _branches(error)
    closest = min(branches, key=lambda branch: (len(branch), -max(len(inner.path) for inner in branch)))
    return f"{none}; the closest one fails because: {_reasons(closest, level + 1)}"


def _reasons(errors: list[ValidationError], level: int) -> str:
    """The messages of the first errors, in one line."""
    translated = (violation for error in errors for violation in _translate(error, "", "", level))
    messages = list(dict.fromkeys(violation.message for violation in islice(translated, MAX_SHOWN_REASONS)))
    return "; ".join([*messages, "…"] if next(translated, None) else messages)


def _branches(error: ValidationError) -> list[list[ValidationError]]:
    """The errors of the first alternatives, without alternatives that only null satisfies."""
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        if inner.schema not in ONLY_NULL or error.instance is None:
            # An alternative that is `false` has no path.
            branch = inner.schema_path[0] if inner.schema_path else id(inner)
            if branch not in branches and len(branches) == MAX_COMPARED_BRANCHES:
                break
            branches.setdefault(branch, []).append(inner)
    return list(branches.values())


def _missing_member(error: ValidationError) -> str:
    # Only the message of jsonschema says which member is missing.
    return next((str(name) for name in _expected(error) if error.message.startswith(repr(name))), error.message)


def _shown(value: Any) -> str:
    """The JSON text of a value, shortened. Of a large value, only the beginning is written."""
    if isinstance(value, str):
        value = value[:MAX_REDACTED_CHARACTERS]
    text = ""
    try:
        for part in ENCODER.iterencode(value) if isinstance(value, dict | list) else [ENCODER.encode(value)]:
            text += part
            if len(text) > MAX_REDACTED_CHARACTERS:
                break
    except (TypeError, ValueError):
        return "a value"
    return _written(text)


def _written(text: str) -> str:
    """A text without secrets, shortened."""
    text = redact(text[:MAX_REDACTED_CHARACTERS])
    return text if len(text) <= MAX_SHOWN_CHARACTERS else text[:MAX_SHOWN_CHARACTERS] + "…"
