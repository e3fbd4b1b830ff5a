"""What a contract documents about the replies of an operation, read from the document without a validation."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.contract import Contract
from mockserver.contract.document.operations import response_key
from mockserver.contract.document.subschemas import as_mapping
from mockserver.payments.payment_session import ABSENT_MEMBER
from mockserver.scenarios.format.flaws import Path

# Keywords that may allow members that `properties` does not name.
_OPEN: Final = (
    "$dynamicRef",
    "additionalProperties",
    "dependentSchemas",
    "else",
    "if",
    "patternProperties",
    "then",
    "unevaluatedProperties",
)


def is_documented(contract: Contract, operation: str, status: int, media_type: str) -> bool:
    """Whether the contract documents this status and media type, and no headers for them.

    False can also mean that it takes a validation to find out.
    """
    response = _response(contract, operation, status)
    return not response.get("headers") and media_type in as_mapping(response.get("content"))


def reply_schema(contract: Contract, operation: str, status: int, media_type: str) -> Any:
    """The schema of the body of a reply; None if there is none."""
    content = as_mapping(_response(contract, operation, status).get("content"))
    return as_mapping(contract.document.resolve(content.get(media_type))).get("schema")


def unknown_members(contract: Contract, schema: Any, value: Any, path: Path = ()) -> Iterator[tuple[Path, list[str]]]:
    """The members of a value that its schema does not name, to any depth, each with the names in the schema.

    A schema without names, or one that may allow other members, has no unknown members.
    """
    if not isinstance(value, dict) or value == ABSENT_MEMBER:
        return
    parts = list(_parts(contract, schema, set()))
    if any(part.get(keyword, False) is not False for part in parts for keyword in _OPEN):
        return
    known: dict[str, list[Any]] = {}
    for part in parts:
        for name, inner in as_mapping(part.get("properties")).items():
            known.setdefault(name, []).append(inner)
    for name, member in value.items() if known else ():
        if name in known:
            yield from unknown_members(contract, {"allOf": known[name]}, member, (*path, name))
        else:
            yield (*path, name), list(known)


def _response(contract: Contract, operation: str, status: int) -> Mapping[str, Any]:
    found = contract.operations[operation]
    key = response_key(found, str(status))
    return as_mapping(contract.document.resolve(found.spec["responses"][key])) if key else {}


def _parts(contract: Contract, schema: Any, seen: set[int]) -> Iterator[dict[str, Any]]:
    """A schema and all schemas that it combines for the same value."""
    resolved = contract.document.resolve(schema)
    if not isinstance(resolved, dict) or id(resolved) in seen:
        return
    seen.add(id(resolved))
    yield resolved
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in resolved.get(keyword) or ():
            yield from _parts(contract, part, seen)
