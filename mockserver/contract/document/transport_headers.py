"""Reply headers that belong to the connection, to the server or to CORS, whatever a document says about them."""

from typing import Final

_NAMES: Final = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "date",
        "keep-alive",
        "proxy-connection",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "vary",
        "via",
    }
)


def is_transport_header(name: str) -> bool:
    """Whether the server sets a header itself, whatever the operation documents.

    Such a header is never generated. A reply without it is valid, even if the document requires it.
    """
    lowered = name.lower()
    return lowered in _NAMES or lowered.startswith("access-control-")
