"""Media types: which of them are JSON, XML, markup or forms."""

from typing import Final

from mockserver.limits.memo import remembered

URLENCODED: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
_ENTRIES: Final = 256
_LONGEST: Final = 200


@remembered(entries=_ENTRIES, longest=_LONGEST)
def essence(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


@remembered(entries=_ENTRIES, longest=_LONGEST)
def is_json(media_type: str) -> bool:
    """Return True for application/json, text/json and every +json type (RFC 6839), with or without parameters."""
    name = essence(media_type)
    return name in {"application/json", "text/json"} or name.endswith("+json")


@remembered(entries=_ENTRIES, longest=_LONGEST)
def is_xml(media_type: str) -> bool:
    """Return True for application/xml, text/xml and every +xml type (RFC 7303), with or without parameters."""
    name = essence(media_type)
    return name in {"application/xml", "text/xml"} or name.endswith("+xml")


@remembered(entries=_ENTRIES, longest=_LONGEST)
def is_markup(media_type: str) -> bool:
    """Return True for the types that browsers parse as HTML or XML, with or without parameters."""
    # Browsers treat text/xsl, which is not registered, as XML.
    return essence(media_type) in {"text/html", "text/xsl"} or is_xml(media_type)


def is_form(media_type: str) -> bool:
    """Return True for the two media types of HTML forms, with or without parameters."""
    return essence(media_type) in {URLENCODED, MULTIPART}
