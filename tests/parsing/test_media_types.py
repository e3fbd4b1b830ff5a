"""Media types: which of them are JSON, and which of them a client accepts."""

from __future__ import annotations

import pytest

from mockserver.parsing.accept_header import qualities
from mockserver.parsing.media_types import essence, is_json


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("application/json", True),
        ("Application/JSON ; charset=utf-8", True),
        ("text/json", True),
        ("application/problem+json", True),
        ("application/vnd.api+json; ext=x", True),
        ("application/jsonlines", False),
        ("application/x-ndjson", False),
        ("text/plain; json", False),
        ("", False),
    ],
)
def test_is_json(media_type: str, expected: bool) -> None:  # noqa: FBT001  # a table's column
    """JSON is called json or has the suffix +json."""
    assert expected == is_json(media_type)


def test_essence() -> None:
    """A media type is compared without its parameters and without case."""
    assert "text/html" == essence(" Text/HTML ; charset=UTF-8")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        pytest.param(None, 1, id="no header"),
        pytest.param("", 1, id="an empty header"),
        pytest.param("application/json", 1, id="without parameters"),
        pytest.param("application/json; charset=utf-16; version=1", 1, id="with a charset"),
        pytest.param("application/json; version=2", 0, id="another version"),
        pytest.param("*", 1, id="a star alone"),
        pytest.param("*/*;q=0.1, application/*;q=0.2, application/json;q=0.3", 0.3, id="the most specific"),
        pytest.param("application/json;version=1;q=0, application/json", 0, id="more parameters are more specific"),
        pytest.param("text/*", 0, id="another type"),
    ],
)
def test_quality(accept: str | None, expected: float) -> None:
    """The most specific range that includes a media type says how much it is wanted."""
    media_type = "application/json; version=1; format=x"
    assert {media_type: expected} == qualities([media_type], accept)
