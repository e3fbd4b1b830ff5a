"""Media types: which of them are JSON, and how much a client accepts each one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from werkzeug.http import parse_accept_header, parse_options_header


@lru_cache(maxsize=256)
def essence(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


@lru_cache(maxsize=256)
def is_json(media_type: str) -> bool:
    """Return True for application/json, text/json and every +json type (RFC 6839), with or without parameters."""
    name = essence(media_type)
    return name in {"application/json", "text/json"} or name.endswith("+json")


def qualities(media_types: Iterable[str], accept: str | None) -> dict[str, float]:
    """Return how much an Accept header wants each media type, from 0 to 1.

    The most specific range that includes the type counts (RFC 9110, section 12.5.1). Without a header, every type has
    quality 1. The parameter charset of a range is ignored, because every reply is UTF-8.
    """
    ranges = []
    for text, quality in parse_accept_header(accept):
        media_range, parameters = parse_options_header(text.lower())
        parameters.pop("charset", None)
        ranges.append((media_range, parameters, quality))
    return {each: _quality(each, ranges) if ranges else 1 for each in media_types}


# werkzeug's MIMEAccept wants equal parameters: for it, `text/html` does not include `text/html; charset=utf-8`.
def _quality(media_type: str, ranges: list[tuple[str, dict[str, str], float]]) -> float:
    name, parameters = parse_options_header(media_type.lower())
    specificity = ("*", "*/*", f"{name.partition('/')[0]}/*", name)
    matching = [
        (specificity.index(media_range), len(required), quality)
        for media_range, required, quality in ranges
        if media_range in specificity and required.items() <= parameters.items()
    ]
    return max(matching, default=(0, 0, 0.0))[2]
