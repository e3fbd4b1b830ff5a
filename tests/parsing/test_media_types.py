"""Media types: which of them are JSON."""

from __future__ import annotations

import pytest

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
    """JSON is what is called so, or has the suffix."""
    assert expected == is_json(media_type)


def test_essence() -> None:
    """A media type is compared without its parameters and without case."""
    assert "text/html" == essence(" Text/HTML ; charset=UTF-8")
