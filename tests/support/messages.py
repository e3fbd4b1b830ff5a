"""Messages and documents for tests of the contract."""

from __future__ import annotations

from typing import Any

from mockserver.messages import Request
from tests.support.documents import described, request

__all__ = ["FINE", "INTEGERS", "NUMBERED", "Found", "form", "nested", "parameter", "query", "secured", "sent"]

Found = list[tuple[str, str, str]]
"""Violations as place, pointer and keyword."""

FINE: Found = []
INTEGERS = {"type": "array", "items": {"type": "integer"}}
NUMBERED = {"type": "object", "properties": {"n": {"type": "integer"}}}


def sent(body: bytes, media_type: str) -> Request:
    """A request with this body and media type."""
    return request(body, headers=(("content-type", media_type),))


def parameter(place: str = "query", version: str = "3.0.3", template: str = "/x", **members: Any) -> dict[str, Any]:
    """A document with one parameter, `q`."""
    one = {"name": "q", "in": place} | ({"required": True} if place == "path" else {}) | members
    return described({"parameters": [one]}, version=version, template=template)


def query(text: str) -> Request:
    """A request with this query."""
    return request(query=text)


def secured(scheme: dict[str, Any], version: str = "3.0.3") -> dict[str, Any]:
    """A document with one security scheme."""
    return described({"security": [{"key": []}]}, version=version, securitySchemes={"key": scheme})


def nested(levels: int, innermost: Any) -> Any:
    """A value with so many levels of nesting."""
    for _ in range(levels):
        innermost = {"a": innermost}
    return innermost


PART = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
FORM = "multipart/form-data; boundary=B"


def form(*parts: tuple[str, str]) -> Request:
    """A multipart form with these parts, where each byte is a Latin-1 character."""
    text = "".join(f"--B\r\n{PART.format(name, value)}" for name, value in parts)
    return sent(f"{text}--B--\r\n".encode("latin-1"), FORM)
