"""Where requests carry credentials, according to the security schemes of a document, and which credentials count."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from mockserver.messages import Headers, Request

if TYPE_CHECKING:
    from mockserver.contract.document.document import Document

# The names that the credentials of the scheme Digest must have (RFC 7616, section 3.4). A user name may be `username*`.
DIGEST_NAMES = ("username", "realm", "nonce", "uri", "response")
DIGEST_MEMBER = re.compile(
    r"(?:^|,)\s*+(?P<name>[^\s=,*]++)\*?\s*+=\s*+"
    r'(?:"(?P<quoted>(?:[^"\\]|\\.)*+)"|(?P<token>[^\s,"]++))'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialPlace:
    """One security scheme: its name in the document, and the header, cookie or query parameter that carries it.

    `http_scheme` is the scheme of the Authorization header in lower case; it is empty if any scheme counts.
    """

    scheme: str
    place: str
    name: str
    challenge: str
    http_scheme: str = ""

    def __str__(self) -> str:
        return f"the {' '.join(self.shown_place)}"

    @property
    def shown_place(self) -> tuple[str, str]:
        """The place and the name as a person sees them in a request: `header`, `cookie` or `query`."""
        return "header" if self.place == "http" else self.place, self.name

    def is_used(self, request: Request) -> bool:
        """Whether the request has this header, cookie or query parameter, with any value."""
        match self.place:
            case "cookie":
                return self.name in request.cookies
            case "query":
                return self.name in request.query_values
        return self.name in request.headers

    def find(self, request: Request) -> str | None:
        """The credential in a request, without the scheme of an Authorization header; None if there is none here.

        A credential that is empty, or malformed in the schemes Basic and Digest, does not count. Of Basic credentials
        without a password, and of Digest credentials, it is the user name.
        """
        sent = self._sent(request)
        if sent is None or not sent.strip():
            return None
        match self.http_scheme:
            case "basic":
                return _basic_credential(sent)
            case "digest":
                return _digest_credential(sent)
        return sent

    def problem(self, request: Request) -> str:
        """Why the credential in a request does not count; empty if there is none, or if it counts."""
        sent = self._sent(request)
        if sent is None or self.find(request) is not None:
            return ""
        if not sent.strip():
            return f"{self} is empty"
        syntax = {"basic": "a name and a password in Base64", "digest": f"the members {', '.join(DIGEST_NAMES)}"}
        return f"{self} does not have {syntax[self.http_scheme]}"

    def carry(self, request: Request, credential: str) -> Request:
        """The request with the credential added."""
        match self.place:
            case "query":
                parameter = f"{quote_plus(self.name)}={quote_plus(credential)}"
                return replace(request, query=f"{request.query}&{parameter}" if request.query else parameter)
            case "header":
                field = (self.name, credential)
            case "cookie":
                field = ("cookie", f"{self.name}={credential}")
            case _:
                field = (self.name, f"{self.challenge.partition(' ')[0]} {self._written(credential)}")
        return replace(request, headers=Headers([*request.headers.pairs, field]))

    def _sent(self, request: Request) -> str | None:
        match self.place:
            case "header":
                return request.headers.get(self.name)
            case "cookie":
                return request.cookies.get(self.name)
            case "query":
                return next(iter(request.query_values.get(self.name, ())), None)
        header = request.headers.get("authorization")
        if header is None:
            return None
        http_scheme, _, credential = header.partition(" ")
        return credential.strip() if self.http_scheme in {"", http_scheme.lower()} else None

    def _written(self, credential: str) -> str:
        match self.http_scheme:
            case "basic":
                return b64encode(f"{credential}:".encode()).decode()
            case "digest":
                return ", ".join(f'{name}="{credential if name == "username" else "mock"}"' for name in DIGEST_NAMES)
        return credential


def credential_places(document: Document) -> tuple[CredentialPlace, ...]:
    """The places of all security schemes, in the document's order."""
    schemes = document.security_schemes.items()
    places = [credential_place(name, document.resolve(scheme)) for name, scheme in schemes]
    return tuple(place for place in places if place is not None)


def credential_place(name: str, scheme: Any) -> CredentialPlace | None:
    """The place of a security scheme with this name; None if it has none, or is malformed."""
    http_scheme = ""
    match scheme:
        case {"type": "apiKey", "in": str(place), "name": str(key)}:
            # HTTP has no registered scheme for API keys. The parameters say where the key goes (RFC 9110, 11.6.1).
            challenge = f'ApiKey in="{place}", name="{key}"'
        case {"type": "http", "scheme": str(spelled)}:
            place, key, challenge = "http", "authorization", f'{spelled.capitalize()} realm="mockserver"'
            http_scheme = spelled.lower()
        case {"type": "oauth2" | "openIdConnect"}:
            place, key, challenge = "http", "authorization", 'Bearer realm="mockserver"'
        case _:
            return None
    return CredentialPlace(scheme=name, place=place, name=key, challenge=challenge, http_scheme=http_scheme)


def credential_check(scheme: Any) -> Callable[[Request], bool]:
    """Whether a request has the credential of a security scheme. oauth2, openIdConnect and mutualTLS need none."""
    match scheme:
        case {"type": str(kind)} if kind not in {"apiKey", "http"}:
            return lambda _: True
    place = credential_place("", scheme)
    if place is None or place.place not in {"header", "cookie", "query", "http"}:
        return lambda _: False
    return lambda request: place.find(request) is not None


def find_credential(places: Iterable[CredentialPlace], request: Request) -> str | None:
    """The first credential in a request."""
    for place in places:
        if credential := place.find(request):
            return credential
    return None


def _basic_credential(text: str) -> str | None:
    try:
        name, colon, password = b64decode(text, validate=True).decode("latin-1").partition(":")
    except ValueError:
        return None
    if not colon or not (name or password):
        return None
    return text if password else name


def _digest_credential(text: str) -> str | None:
    members = {found["name"].lower(): found["quoted"] or found["token"] for found in DIGEST_MEMBER.finditer(text)}
    return members["username"] if all(members.get(name) for name in DIGEST_NAMES) else None
