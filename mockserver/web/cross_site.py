"""Requests from pages of other sites that browsers send without an Origin: links, frames, images, scripts.

The browser says in `Sec-Fetch-Site` where a request comes from (https://www.w3.org/TR/fetch-metadata). Each other port
is another origin of the same site: for the mock on localhost:8080, a page on localhost:3000 is `same-site`.
"""

import re
from collections.abc import Callable
from typing import Final

from mockserver.web.page_paths import PAGE_FILES, SCRIPT_PARTS, WINGBACK_SCRIPT
from mockserver.web.request_head import RequestHead

# Where @stripe/stripe-js looks for the real script: majors 1 to 5 at /v3, each later one under a name of its own.
# /stripe.js is an address of the mock: the newest release train, whatever its name is.
STRIPE_SCRIPT: Final = re.compile(r"/v3(?:/|/stripe\.js)?|(?:/[a-z]+)?/stripe\.js")
"""Matches the paths of the scripts that stand in for Stripe.js, which the contract may have itself."""

_CHALLENGE: Final = re.compile(r"/v1/setup_intents/[^/]+/mock_challenge")
_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#\s]+(?=[/?#]|$)", re.IGNORECASE)


def is_for_every_site(head: RequestHead, has_path: Callable[[str], bool]) -> bool:
    """Whether a page of any site may send the request: to load a script, or to open a page in the window or a tab.

    `has_path` says whether the contract has a path. Such a path is an operation, whatever else the mock has there.
    """
    path = head.path
    if head.method not in {"GET", "HEAD"}:
        return False
    if path == WINGBACK_SCRIPT or path in SCRIPT_PARTS:
        return True
    if STRIPE_SCRIPT.fullmatch(path):
        return not has_path(path)
    if not is_navigation(head) or head.headers.get("sec-fetch-dest") != "document":
        return False
    return path in PAGE_FILES or (_CHALLENGE.fullmatch(path) is not None and not has_path(path))


def is_navigation(head: RequestHead) -> bool:
    """Whether the browser shows the reply: in a window, a tab or a frame."""
    return head.headers.get("sec-fetch-mode") == "navigate"


def referring_origin(head: RequestHead) -> bytes | None:
    """The origin of the page that navigated here, by the Referer; None if the page does not tell."""
    referers = head.headers.all("referer")
    found = _ORIGIN.match(referers[0]) if len(referers) == 1 else None
    return found[0].encode("latin-1") if found else None


def refusal_detail(head: RequestHead) -> str:
    """Why a request is refused, and what to do."""
    if is_navigation(head):
        return (
            "A page of another site opened this address, so nothing was done. If the origin of the page is allowed, "
            "the page has to send it as Referer: change its Referrer-Policy. A person can enter the address in the "
            "address bar."
        )
    return (
        "A page of another site made this request without an Origin header, so nothing was done. If the origin of the "
        "page is allowed, use fetch in its mode cors, or add the attribute crossorigin to the element."
    )
