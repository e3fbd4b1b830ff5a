"""Which headers, query parameters and cookies carry credentials."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import unquote_plus

from mockserver.limits.memo import remembered

# RFC 9110, sections 11.6 and 11.7, and RFC 6265.
_HTTP: Final = frozenset(
    {
        "authentication-info",
        "authorization",
        "cookie",
        "proxy-authentication-info",
        "proxy-authorization",
        "set-cookie",
    }
)
# The control API's own header, and the parameter in which Stripe's scripts send their key.
_OWN_HEADERS: Final = frozenset({"mock-admin-token"})
_OWN_PARAMETERS: Final = frozenset({"key"})

# Only an addition: many clients send credentials that their contract does not describe, such as X-Api-Key.
_SECRET_NAME: Final = re.compile(
    r"(?<!www-)auth(?!or(?!i[sz]))|cookie|credential|(?<!idempotency-)key|passw|secret|session|token", re.IGNORECASE
)
# A parameter of a URL, also in its fragment.
_PARAMETER: Final = re.compile(r"""(?<=[?&#])([^?&#=\s"'<>]+)=([^?&#\s"'<>]+)""")

MIN_LENGTH: Final = 6
"""Copies of a shorter value are not searched: it could be a part of any word."""


@remembered(entries=1024, longest=100)
def is_secret_name(name: str) -> bool:
    """Tell whether a header, cookie or query parameter of this name may hold a credential, judging by its name."""
    return _SECRET_NAME.search(name) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialNames:
    """The names that a contract gives to credentials, in lower case, beside those of HTTP and of this mock.

    Case does not matter: a client may spell a name differently, and its value is still a credential.
    """

    headers: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    cookies: frozenset[str] = frozenset()

    @classmethod
    def of(cls, places: Iterable[tuple[str, str]]) -> Self:
        """The names of these places; each has one of `header`, `query` and `cookie`, and a name."""
        names: dict[str, set[str]] = {"header": set(), "query": set(), "cookie": set()}
        for place, name in places:
            names.setdefault(place, set()).add(name.lower())
        return cls(
            headers=frozenset(names["header"]),
            parameters=frozenset(names["query"]),
            cookies=frozenset(names["cookie"]),
        )

    def __or__(self, other: Self) -> Self:
        return type(self)(
            headers=self.headers | other.headers,
            parameters=self.parameters | other.parameters,
            cookies=self.cookies | other.cookies,
        )

    def hide(self, place: str, name: str) -> bool:
        """Whether the value of a `header`, `query` parameter or `cookie` is never shown. Of cookies, none is shown."""
        lowered = name.lower()
        match place:
            case "header":
                return lowered in self.headers or lowered in _HTTP or lowered in _OWN_HEADERS or is_secret_name(name)
            case "query":
                return lowered in self.parameters or lowered in _OWN_PARAMETERS or is_secret_name(name)
        return place == "cookie"

    def hide_in_field(self, name: str, value: str, hide: Callable[[str], str]) -> str:
        """Return the value of a header field after `hide` has replaced the credentials that are only a part of it.

        These are a user and a password in Host, and parameters of URLs. `name` is in lower case.
        """
        if name == "host":
            user, at, host = value.rpartition("@")
            value = f"{hide(user)}{at}{host}" if user else value
        if "://" not in value or "=" not in value:
            return value
        return _PARAMETER.sub(
            lambda found: f"{found[1]}={hide(found[2])}" if self.hide("query", unquote_plus(found[1])) else found[0],
            value,
        )

    def values(self, headers: Iterable[tuple[str, str]], query: str) -> list[str]:
        """The credentials of a request, the longest first. Short ones are left out.

        Cookies count only if their name says that they are credentials: the value of another one, such as `theme=dark`,
        may occur anywhere.
        """
        found: set[str] = set()
        for name, value in headers:
            if name.lower() == "cookie":
                found.update(self._cookie_values(value))
            elif self.hide("header", name):
                # Without the scheme of an Authorization header as well.
                found.update((value, value.partition(" ")[2].strip()))
        for pair in query.split("&") if query else ():
            name, value = split_pair(pair)
            if self.hide("query", name):
                found.add(value)
        return sorted((value for value in found if len(value) >= MIN_LENGTH), key=len, reverse=True)

    def _cookie_values(self, field: str) -> Iterable[str]:
        for part in field.split(";"):
            name, _, value = part.strip().partition("=")
            if name.lower() in self.cookies or is_secret_name(name):
                yield value.strip('"')


NO_CONTRACT: Final = CredentialNames()
"""The names of HTTP and of this mock only."""


def split_pair(pair: str) -> tuple[str, str]:
    """The decoded name and value of a part of a query. An encoded equals sign also ends the name, to be safe."""
    name, equals, value = pair.partition("=")
    name, encoded_equals, rest = unquote_plus(name).partition("=")
    return name, f"{rest}{equals if encoded_equals else ''}{unquote_plus(value)}"
