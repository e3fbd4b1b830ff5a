"""How much a client accepts each media type. Only generated replies need it, so werkzeug is not imported before."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from werkzeug.http import parse_accept_header, parse_options_header

MAX_RANGES: Final = 100
"""How many media ranges of a header count. Reading one takes time, and a header of 64 KiB can have thousands."""


class _AcceptRange(NamedTuple):
    name: str
    parameters: Mapping[str, str]
    quality: float


def qualities(media_types: Iterable[str], accept: str | None) -> dict[str, float]:
    """Return how much an Accept header wants each media type, from 0 to 1.

    The most specific range that includes the type counts (RFC 9110, section 12.5.1). Without a header, every type has
    quality 1. The parameter charset of a range is ignored, because every reply is UTF-8. `application/*+json` includes
    every +json type. A range with a parameter that the media type does not have (`application/json;odata=verbose`)
    includes the type too, because the document does not describe such variants of it. Only the first MAX_RANGES ranges
    count.
    """
    ranges = []
    for text, quality in parse_accept_header(",".join((accept or "").split(",", MAX_RANGES)[:MAX_RANGES])):
        name, parameters = parse_options_header(text.lower())
        parameters.pop("charset", None)
        ranges.append(_AcceptRange(name, parameters, quality))
    return {each: _quality(each, ranges) if ranges else 1 for each in media_types}


# werkzeug's MIMEAccept wants equal parameters: for it, `text/html` does not include `text/html; charset=utf-8`.
def _quality(media_type: str, ranges: list[_AcceptRange]) -> float:
    name, parameters = parse_options_header(media_type.lower())
    kind = name.partition("/")[0]
    _, plus, suffix = name.rpartition("+")
    specificity = ("*", "*/*", f"{kind}/*", f"{kind}/*+{suffix}" if plus else "", name)
    matching = []
    for each in ranges:
        if each.name not in specificity:
            continue
        known = each.parameters.items() & parameters.items()
        unknown = each.parameters.keys() - parameters.keys()
        contradicts = len(known) + len(unknown) < len(each.parameters)
        # A range with quality 0 and an unknown parameter excludes that variant only.
        if not contradicts and (not unknown or each.quality):
            matching.append((specificity.index(each.name), len(known), -len(unknown), each.quality))
    return max(matching, default=(0, 0, 0, 0.0))[-1]
