"""Where requests carry credentials, according to the security schemes of a document."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote_plus

from mockserver.contract.document.document import Document
from mockserver.messages import Headers, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialPlace:
    """One security scheme: its name in the document, and the header, cookie or query parameter that carries it."""

    scheme: str
    place: str
    name: str
    challenge: str

    def __str__(self) -> str:
        return f"the {'header' if self.place == 'http' else self.place} {self.name}"

    def find(self, request: Request) -> str | None:
        """The credential in a request, without the scheme of an Authorization header; None if there is none here."""
        match self.place:
            case "header":
                return request.headers.get(self.name)
            case "cookie":
                return request.cookies.get(self.name)
            case "query":
                return next(iter(request.query_values.get(self.name, ())), None)
        header = request.headers.get("authorization")
        return header.partition(" ")[2].strip() if header else None

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
                field = (self.name, f"{self.challenge.partition(' ')[0]} {credential}")
        return replace(request, headers=Headers([*request.headers.pairs, field]))


def credential_places(document: Document) -> tuple[CredentialPlace, ...]:
    """The places of all security schemes, in the document's order."""
    places: list[CredentialPlace] = []
    for name, raw in document.security_schemes.items():
        match document.resolve(raw):
            case {"type": "apiKey", "in": str(place), "name": str(key)}:
                # HTTP has no registered scheme for API keys. The parameters say where the key goes (RFC 9110, 11.6.1).
                challenge = f'ApiKey in="{place}", name="{key}"'
            case {"type": "http", "scheme": str(scheme)}:
                place, key, challenge = "http", "authorization", f'{scheme.capitalize()} realm="mockserver"'
            case {"type": "oauth2" | "openIdConnect"}:
                place, key, challenge = "http", "authorization", 'Bearer realm="mockserver"'
            case _:
                continue
        places.append(CredentialPlace(scheme=name, place=place, name=key, challenge=challenge))
    return tuple(places)


def find_credential(places: Iterable[CredentialPlace], request: Request) -> str | None:
    """The first credential in a request."""
    for place in places:
        if credential := place.find(request):
            return credential
    return None
