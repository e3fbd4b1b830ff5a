"""What a contract documents about the replies of an operation, as far as it can be read off without a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mockserver.contract import Contract
from mockserver.payments.payment_session import ABSENT_MEMBER
from mockserver.scenarios.format.flaws import Path

__all__ = ["documents", "reply_schema", "unknown_members"]

# What may speak of members that `properties` does not name.
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


def documents(contract: Contract, operation: str, status: int, media_type: str) -> bool:
    """True when status and media type stand there by name and no header does; False says only that it is not so easy."""
    response = _response(contract, operation, status)
    if response is None or response.get("headers"):
        return False
    content = response.get("content")
    return isinstance(content, dict) and media_type in content


def reply_schema(contract: Contract, operation: str, status: int, media_type: str) -> Any:
    """The schema of a reply's body; None if there is none."""
    content = (_response(contract, operation, status) or {}).get("content")
    described = contract.document.resolve(content.get(media_type)) if isinstance(content, dict) else None
    return described.get("schema") if isinstance(described, dict) else None


def unknown_members(contract: Contract, schema: Any, value: Any, path: Path = ()) -> Iterator[tuple[Path, list[str]]]:
    """The members of a value that its schema does not name, to any depth, each with the names that it has there.

    A schema that names nothing, or that says what else there may be, knows every member.
    """
    if not isinstance(value, dict) or value == ABSENT_MEMBER:
        return
    parts = list(_parts(contract, schema, set()))
    if any(part.get(keyword, False) is not False for part in parts for keyword in _OPEN):
        return
    known: dict[str, list[Any]] = {}
    for part in parts:
        properties = part.get("properties")
        for name, inner in properties.items() if isinstance(properties, dict) else ():
            known.setdefault(name, []).append(inner)
    for name, member in value.items() if known else ():
        if name in known:
            yield from unknown_members(contract, {"allOf": known[name]}, member, (*path, name))
        else:
            yield (*path, name), list(known)


def _response(contract: Contract, operation: str, status: int) -> dict[str, Any] | None:
    responses = contract.operations[operation].spec.get("responses", {})
    key = next((key for key in (str(status), f"{status // 100}XX", "default") if key in responses), None)
    response = contract.document.resolve(responses[key]) if key else None
    return response if isinstance(response, dict) else None


def _parts(contract: Contract, schema: Any, seen: set[int]) -> Iterator[dict[str, Any]]:
    """A schema and all that it is made of, about the same value."""
    resolved = contract.document.resolve(schema)
    if not isinstance(resolved, dict) or id(resolved) in seen:
        return
    seen.add(id(resolved))
    yield resolved
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in resolved.get(keyword) or ():
            yield from _parts(contract, part, seen)
