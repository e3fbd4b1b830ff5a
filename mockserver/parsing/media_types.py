"""Media types: which of them are JSON, XML, markup or forms."""

from functools import lru_cache
from typing import Final

URLENCODED: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"


@lru_cache(maxsize=256)
def essence(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


@lru_cache(maxsize=256)
def is_json(media_type: str) -> bool:
    """Return True for application/json, text/json and every +json type (RFC 6839), with or without parameters."""
    name = essence(media_type)
    return name in {"application/json", "text/json"} or name.endswith("+json")


@lru_cache(maxsize=256)
def is_xml(media_type: str) -> bool:
    """Return True for application/xml, text/xml and every +xml type (RFC 7303), with or without parameters."""
    name = essence(media_type)
    return name in {"application/xml", "text/xml"} or name.endswith("+xml")


@lru_cache(maxsize=256)
def is_markup(media_type: str) -> bool:
    """Return True for the types that browsers parse as HTML or XML, with or without parameters."""
    # Browsers treat text/xsl, which is not registered, as XML.
    return essence(media_type) in {"text/html", "text/xsl"} or is_xml(media_type)


def is_form(media_type: str) -> bool:
    """Return True for the two media types of HTML forms, with or without parameters."""
    return essence(media_type) in {URLENCODED, MULTIPART}
