"""Messages and documents for tests of the contract."""

from __future__ import annotations

from typing import Any

from mockserver.messages import Request
from tests.support.documents import document_with, request

__all__ = [
    "INTEGERS",
    "NUMBERED",
    "VALID",
    "ViolationKeys",
    "body_request",
    "form_request",
    "nested",
    "parameter_document",
    "query_request",
    "security_document",
]

ViolationKeys = list[tuple[str, str, str]]
"""Violations, each as place, pointer and keyword."""

VALID: ViolationKeys = []
INTEGERS = {"type": "array", "items": {"type": "integer"}}
NUMBERED = {"type": "object", "properties": {"n": {"type": "integer"}}}


def body_request(body: bytes, media_type: str) -> Request:
    """A request with this body and media type."""
    return request(body, headers=(("content-type", media_type),))


def parameter_document(
    place: str = "query", version: str = "3.0.3", template: str = "/x", **members: Any
) -> dict[str, Any]:
    """A document with one parameter, `q`."""
    one = {"name": "q", "in": place} | ({"required": True} if place == "path" else {}) | members
    return document_with({"parameters": [one]}, version=version, template=template)


def query_request(text: str) -> Request:
    """A request with this query."""
    return request(query=text)


def security_document(scheme: dict[str, Any], version: str = "3.0.3") -> dict[str, Any]:
    """A document with one security scheme."""
    return document_with({"security": [{"key": []}]}, version=version, securitySchemes={"key": scheme})


def nested(levels: int, innermost: Any) -> Any:
    """An object nested to this many levels."""
    for _ in range(levels):
        innermost = {"a": innermost}
    return innermost


PART = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
FORM = "multipart/form-data; boundary=B"


def form_request(*parts: tuple[str, str]) -> Request:
    """A request with a multipart form. Each character of a part is one byte (Latin-1)."""
    text = "".join(f"--B\r\n{PART.format(name, value)}" for name, value in parts)
    return body_request(f"{text}--B--\r\n".encode("latin-1"), FORM)
