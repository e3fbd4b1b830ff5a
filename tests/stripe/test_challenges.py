"""3-D Secure challenges: the next action of the client, and the result of each answer."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.support.mock import Mock
from tests.support.shop import Setup, prepared

CARD = "4000002500003155"
RETURN = "https://shop.example.com/done?order=1#top"

# The result of a challenge: status of the setup intent, last error, status of the session, saved methods.
PASSED = ("succeeded", None, "succeeded", 1)
FAILED = ("requires_payment_method", "setup_intent_authentication_failure", "failed", 0)


def state(setup: Setup) -> tuple[str, str | None, str, int]:
    body = setup.retrieve().json()
    return body["status"], (body["last_setup_error"] or {}).get("code"), setup.status, len(setup.saved())


@pytest.mark.parametrize(("answer", "expected"), [("pass", PASSED), ("fail", FAILED)])
def test_stripe_js_answers(mock: Mock, answer: str, expected: tuple[Any, ...]) -> None:
    """Without a return URL, the client's script completes the challenge at the path that the mock names."""
    setup = prepared(mock)
    action = setup.confirm(CARD).json()["next_action"]
    waiting = state(setup)
    sdk = action["use_stripe_sdk"]
    reply = mock.browser({}).post(sdk["authenticate_path"], data={"client_secret": setup.secret, "outcome": answer})

    assert ("use_stripe_sdk", "mock_challenge", None) == (action["type"], sdk["type"], sdk["answer"])
    assert ("requires_action", None, "created", 0) == waiting
    assert (expected[0], None) == (reply.json()["status"], reply.json()["next_action"])
    assert expected == state(setup)


def test_a_client_with_use_stripe_sdk_is_not_redirected(mock: Mock) -> None:
    """With `use_stripe_sdk`, the next action is no redirect, even with a return URL."""
    action = prepared(mock).confirm(CARD, return_url=RETURN, use_stripe_sdk="true").json()["next_action"]

    assert "use_stripe_sdk" == action["type"]


def test_a_challenge_that_the_scenario_completes(mock: Mock) -> None:
    """A scenario can complete the challenge itself, for tests without a customer."""
    setup = prepared(mock, scenario="authentication_fails")
    body = setup.confirm(return_url=RETURN).json()
    page = httpx.get(body["next_action"]["redirect_to_url"]["url"])

    assert "requires_action" == body["status"]
    assert FAILED == state(setup)
    assert (303, "failed") == (
        page.status_code,
        parse_qs(urlsplit(page.headers["location"]).query)["redirect_status"][0],
    )


class _Form(HTMLParser):
    """The fields of a page's form, and its buttons by their texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.buttons: dict[str, tuple[str, str]] = {}
        self._button: tuple[str, str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "input":
            self.fields[attributes["name"]] = attributes["value"]
        elif tag == "button":
            self._button = (attributes["name"], attributes["value"])

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self.buttons[data] = self._button
            self._button = None


@pytest.mark.parametrize(
    ("button", "redirect_status", "expected"),
    [
        pytest.param("Complete authentication", "succeeded", PASSED, id="complete"),
        pytest.param("Fail authentication", "failed", FAILED, id="fail"),
    ],
)
def test_the_page(mock: Mock, button: str, redirect_status: str, expected: tuple[Any, ...]) -> None:
    """With a return URL, the customer completes the challenge on a page, and returns with Stripe's parameters."""
    setup = prepared(mock)
    action = setup.confirm(CARD, return_url=RETURN).json()["next_action"]
    url = action["redirect_to_url"]["url"]
    page = httpx.get(url)
    form = _Form(page.text)
    name, value = form.buttons[button]
    answer = httpx.post(url, data=form.fields | {name: value}, headers={"origin": mock.url})
    back = urlsplit(answer.headers["location"])

    assert ("redirect_to_url", RETURN) == (action["type"], action["redirect_to_url"]["return_url"])
    assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert 303 == answer.status_code
    assert ("shop.example.com", "/done", "top") == (back.netloc, back.path, back.fragment)
    assert {
        "order": ["1"],
        "setup_intent": [setup.id],
        "setup_intent_client_secret": [setup.secret],
        "redirect_status": [redirect_status],
    } == parse_qs(back.query)
    assert expected == state(setup)
    assert answer.headers["location"] == httpx.get(url).headers["location"]


@pytest.mark.parametrize(
    ("return_url", "allowed"),
    [
        pytest.param(RETURN, "form-action 'self' https://shop.example.com;", id="https"),
        pytest.param("http://localhost:5173/x", "form-action 'self' http://localhost:5173;", id="port"),
        pytest.param("myapp://back", "form-action 'self' myapp:;", id="an app"),
        pytest.param("https://a;script-src'*'/x", "form-action 'self';", id="no host"),
        pytest.param("https://[::1/x", "form-action 'self';", id="no URL"),
    ],
)
def test_the_policy_of_the_page(mock: Mock, return_url: str, allowed: str) -> None:
    """The policy of the page allows no resources; its form may only be sent to the mock and the return URL."""
    setup = prepared(mock)
    url = setup.confirm(CARD, return_url=return_url).json()["next_action"]["redirect_to_url"]["url"]
    policy = httpx.get(url).headers["content-security-policy"]

    assert policy.startswith("default-src 'none';")
    assert allowed in policy
    assert not re.search("unsafe|script", policy)


def test_values_in_the_page_are_escaped(mock: Mock) -> None:
    """Values from the client are escaped in the page."""
    setup = prepared(mock)
    url = setup.confirm(CARD, return_url='https://a/"><script>alert(1)</script>').json()["next_action"]

    assert "<script>" not in httpx.get(url["redirect_to_url"]["url"]).text


@pytest.mark.parametrize("path", ["mock_authenticate", "mock_challenge"])
def test_a_challenge_is_completed_once(mock: Mock, path: str) -> None:
    """A challenge can be completed once, with the client secret, while it is open."""
    setup = prepared(mock)
    bank = mock.browser({})
    fields = {"client_secret": setup.secret, "outcome": "pass"}
    early = bank.post(f"/v1/setup_intents/{setup.id}/{path}", data=fields)
    setup.confirm(CARD)
    wrong = bank.post(f"/v1/setup_intents/{setup.id}/{path}", data=fields | {"client_secret": "x"})

    assert "setup_intent_unexpected_state" == early.json()["error"]["code"]
    assert (400, "client_secret") == (wrong.status_code, wrong.json()["error"]["param"])
    assert "requires_action" == setup.retrieve().json()["status"]


def test_the_page_without_a_return_url(mock: Mock) -> None:
    """Without a return URL, the page shows an error after the answer, which takes effect."""
    setup = prepared(mock)
    setup.confirm(CARD)
    reply = mock.browser({}).post(
        f"/v1/setup_intents/{setup.id}/mock_challenge", data={"client_secret": setup.secret, "outcome": "pass"}
    )

    assert (400, "return_url") == (reply.status_code, reply.json()["error"]["param"])
    assert PASSED == state(setup)


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("http://x.example/\u2603?a=\u00e9#\u00fc", "http://x.example/%E2%98%83?a=%C3%A9&{added}#%C3%BC"),
        ("https://b\u00fccher.example:8443/", "https://xn--bcher-kva.example:8443/?{added}"),
        ("app.shop://done/%20", "app.shop://done/%20?{added}"),
    ],
)
def test_a_return_url_that_is_not_ascii(mock: Mock, url: str, location: str) -> None:
    """A non-ASCII return URL is encoded in the Location header and in the policy, as browsers do it."""
    setup = prepared(mock)
    setup.confirm(CARD, return_url=url)
    page = f"/v1/setup_intents/{setup.id}/mock_challenge"
    shown = mock.browser({}).get(page, params={"client_secret": setup.secret, "return_url": url})
    reply = mock.browser({}).post(page, data={"client_secret": setup.secret, "return_url": url, "outcome": "pass"})
    before, after = location.split("{added}")

    assert 303 == reply.status_code
    assert reply.headers["location"].startswith(before + "setup_intent=")
    assert reply.headers["location"].endswith("redirect_status=succeeded" + after)
    origin = "/".join(before.split("/")[:3]) if before.startswith("http") else "app.shop:"
    assert f"form-action 'self' {origin};" in shown.headers["content-security-policy"]


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f", " "])
def test_a_return_url_with_control_characters(mock: Mock, sign: str) -> None:
    """A return URL with control characters is refused."""
    reply = prepared(mock).confirm(CARD, return_url=f"https://shop.example.com/{sign}")

    assert (400, "contract-violation") == (reply.status_code, reply.headers["mock-refused"])
