"""Media types: what counts as JSON, and how much a client wants a media type by its Accept header."""

from __future__ import annotations

from functools import lru_cache

from werkzeug.http import parse_accept_header, parse_options_header

__all__ = ["MediaRange", "accepted_ranges", "essence", "is_json", "quality"]

MediaRange = tuple[str, dict[str, str], float]
"""A range of an Accept header, its parameters, and its quality."""


@lru_cache(maxsize=256)
def essence(media_type: str) -> str:
    """A media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


@lru_cache(maxsize=256)
def is_json(media_type: str) -> bool:
    """True for application/json, text/json and every +json type (RFC 6839); parameters are ignored."""
    name = essence(media_type)
    return name in {"application/json", "text/json"} or name.endswith("+json")


def accepted_ranges(accept: str | None) -> list[MediaRange]:
    """The media ranges of an Accept header. The parameter charset is ignored: every reply is UTF-8."""
    ranges = []
    for text, wanted in parse_accept_header(accept):
        media_range, parameters = parse_options_header(text.lower())
        parameters.pop("charset", None)
        ranges.append((media_range, parameters, wanted))
    return ranges


def quality(media_type: str, ranges: list[MediaRange]) -> float:
    """How much a media type is wanted: the quality of the most specific range that includes it (RFC 9110, 12.5.1)."""
    name, parameters = parse_options_header(media_type.lower())
    specificity = ("*", "*/*", f"{name.partition('/')[0]}/*", name)
    matching = [
        (specificity.index(media_range), len(asked), wanted)
        for media_range, asked, wanted in ranges
        if media_range in specificity and asked.items() <= parameters.items()
    ]
    return max(matching, default=(0, 0, 0.0))[2]
