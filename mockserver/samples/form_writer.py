"""Writes an object as a form: application/x-www-form-urlencoded or multipart/form-data."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from mockserver.contract.document.subschemas import as_mapping
from mockserver.contract.validation.field_encodings import DELIMITERS, FieldEncoding, read_encoding
from mockserver.parsing.media_types import URLENCODED, essence
from mockserver.samples.sample_context import NoSample

BOUNDARY = "mockserver-boundary"

Fields = Iterator[tuple[str, str, str]]
"""Fields of a form, each with its name, text and media type; the media type is empty if none has to be sent."""


def write_form(value: Any, described: Mapping[str, Any], media_type: str) -> tuple[str, bytes]:
    """The Content-Type and the body for an object, with the encodings of its Media Type Object. Raises NoSample."""
    if not isinstance(value, Mapping):
        raise NoSample(f"only an object can be written as {media_type}")
    is_urlencoded = essence(media_type) == URLENCODED
    encodings = as_mapping(described.get("encoding"))
    fields = [
        field
        for name, member in value.items()
        for field in _fields(name, member, read_encoding(encodings.get(name), is_urlencoded=is_urlencoded))
    ]
    if is_urlencoded:
        return media_type, urlencode([(name, text) for name, text, _ in fields]).encode()
    # A generated value may contain the boundary.
    boundary = BOUNDARY
    while any(boundary in text for _, text, _ in fields):
        boundary += "-x"
    parts = [f"--{boundary}\r\n{_part(*field)}\r\n" for field in fields]
    return f"{essence(media_type)}; boundary={boundary}", "".join([*parts, f"--{boundary}--\r\n"]).encode()


def _part(name: str, text: str, media_type: str) -> str:
    # Escaped as browsers do it (HTML, section "Multipart form data").
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    content_type = f"Content-Type: {media_type}\r\n" if media_type else ""
    return f'Content-Disposition: form-data; name="{escaped}"\r\n{content_type}\r\n{text}'


def _fields(name: str, value: Any, encoding: FieldEncoding) -> Fields:
    concrete = next((each for each in encoding.media_types if "*" not in each), "")
    if encoding.is_json:
        yield name, _json(value), concrete
    elif encoding.by_style and encoding.style == "deepObject" and isinstance(value, dict | list):
        yield from _brackets(name, value)
    elif isinstance(value, list):
        if encoding.by_style and not encoding.explode:
            yield name, DELIMITERS.get(encoding.style, ",").join(map(_text, value)), ""
        else:
            yield from ((name, _text(item), concrete) for item in value)
    elif isinstance(value, dict) and not encoding.by_content:
        if encoding.explode:
            yield from ((member, _text(inner), "") for member, inner in value.items())
        else:
            steps = [step for member, inner in value.items() for step in (member, _text(inner))]
            yield name, DELIMITERS.get(encoding.style, ",").join(steps), ""
    else:
        yield name, _text(value), concrete


def _brackets(name: str, value: Any) -> Fields:
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _brackets(f"{name}[{step}]", inner)
    else:
        yield name, _text(value), ""


def _text(value: Any) -> str:
    """A value as text; null is empty."""
    return value if isinstance(value, str) else "" if value is None else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
