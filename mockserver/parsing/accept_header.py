"""How much a client accepts each media type. Only generated replies need it, so werkzeug is not imported before."""

from collections.abc import Iterable

from werkzeug.http import parse_accept_header, parse_options_header


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
