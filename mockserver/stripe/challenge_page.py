"""The page where a person answers a 3-D Secure challenge, and the return URL."""

from contextlib import suppress
from html import escape
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from mockserver.messages import Reply
from mockserver.payments import PaymentSession
from mockserver.stripe.stripe_errors import StripeError

_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Mock: 3-D Secure authentication</title>
<h1>3-D Secure authentication</h1>
<p>This page of the mock server replaces the page of the bank. It is for test cards only and checks nothing.</p>
<form method="post">
<input type="hidden" name="client_secret" value="{client_secret}">
{return_url}<button name="outcome" value="pass">Complete authentication</button>
<button name="outcome" value="fail">Fail authentication</button>
</form>
</html>
"""
_RETURN_URL: Final = '<input type="hidden" name="return_url" value="{url}">\n'


def challenge_page(session: PaymentSession, return_url: str | None) -> Reply:
    """The page. Its buttons finally lead to `return_url`."""
    stripe = session.stripe
    secret = stripe.client_secret if stripe else ""
    hidden = _RETURN_URL.format(url=escape(return_url)) if return_url else ""
    page = _PAGE.format(client_secret=escape(secret), return_url=hidden)
    headers = (
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("content-security-policy", _policy(return_url)),
        # Not no-referrer: browsers would then send the form with the origin `null`, which is refused.
        ("referrer-policy", "same-origin"),
    )
    return Reply(status=200, headers=headers, body=page.encode())


def return_address(session: PaymentSession, return_url: str | None) -> str:
    """The return URL with the parameters that Stripe adds. Raises StripeError: there is no return URL."""
    stripe = session.stripe
    if stripe is None or not return_url:
        raise StripeError(
            status=400,
            code="parameter_missing",
            message="Missing required param: return_url. The challenge has been answered.",
            param="return_url",
        )
    added = urlencode(
        {
            "setup_intent": stripe.setup_intent_id,
            "setup_intent_client_secret": stripe.client_secret,
            "redirect_status": "succeeded" if session.intent.status == "succeeded" else "failed",
        }
    )
    base, hash_mark, fragment = _ascii(return_url).partition("#")
    return f"{base}{'&' if '?' in base else '?'}{added}{hash_mark}{fragment}"


def _ascii(url: str) -> str:
    """The URL in ASCII: the host in IDNA, everything else percent-encoded (RFC 3987, section 3.1)."""
    if url.isascii():
        return url
    with suppress(ValueError):
        parts = urlsplit(url)
        user, at, host = parts.netloc.rpartition("@")
        url = parts._replace(netloc=f"{user}{at}{host.encode('idna').decode()}").geturl()
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~")


def _policy(return_url: str | None) -> str:
    """Nothing is loaded. The form may go to the mock and then to the return URL; browsers check both."""
    try:
        parts = urlsplit(_ascii(return_url or ""))
    except ValueError:
        parts = urlsplit("")
    plain = parts.netloc.isascii() and not set(parts.netloc) & set(";, '\"")
    origin = f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"
    after = f" {origin}" if parts.netloc and plain else ""
    return f"default-src 'none'; base-uri 'none'; form-action 'self'{after}; frame-ancestors 'none'"
