"""Finds out whether clients would accept the dates of a certificate."""

import ssl
from contextlib import suppress
from typing import Final

from mockserver.settings import Settings

# Codes of OpenSSL for a certificate, from its x509_vfy.h.
_PROBLEMS: Final = {9: "is not valid yet", 10: "has expired"}
_MOST_STEPS: Final = 10


def certificate_notes(settings: Settings) -> list[str]:
    """A note if the certificate of the settings is not valid now. Its files were checked."""
    if settings.tls_cert is None:
        return []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(settings.tls_cert, settings.tls_key)
    client = ssl.create_default_context(cafile=settings.tls_cert)
    client.check_hostname = False
    # Accept the certificate itself as an authority, so that only its dates can be wrong.
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        _shake_hands(client, server)
    except ssl.SSLCertVerificationError as error:
        if error.verify_code in _PROBLEMS:
            problem = _PROBLEMS[error.verify_code]
            return [f"the certificate {settings.tls_cert} {problem}: clients will refuse to connect"]
    except ssl.SSLError:
        # A client can have other reasons, which are not about the dates.
        pass
    return []


def _shake_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> None:
    """Let a client and a server shake hands in memory. Raises SSLError."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (client.wrap_bio(to_client, to_server), server.wrap_bio(to_server, to_client, server_side=True))
    for _ in range(_MOST_STEPS):
        for end in ends:
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
