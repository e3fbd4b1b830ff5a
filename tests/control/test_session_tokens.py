"""The token of a payment session works like a secret: only its own caller sees it in full."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from mockserver.loading import load_engine
from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import AccessLog, create_app
from tests.support.mock import SESSION, Mock

PLACES = ("journal", "verify", "all sessions", "refusal", "text log", "JSON log")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A token, and the text of each place that shows it."""

    token: str
    places: dict[str, str]


@pytest.fixture(scope="module")
def shown() -> Iterator[Shown]:
    """What is shown after a payment session was created and its token was used in every way."""
    streams = {"text log": io.StringIO(), "JSON log": io.StringIO()}
    logs = [AccessLog("text", streams["text log"]), AccessLog("json", streams["JSON log"])]
    settings = Settings(seed=1)
    places: dict[str, str] = {}
    with ExitStack() as stack:
        for log in logs:
            engine = load_engine(settings)
            server = stack.enter_context(BackgroundServer(create_app(settings, engine=engine, log=log)))
            mock = Mock(server.url, engine, stack)
            token = mock.create().json()["token"]
            encoded = token.replace("_", "%5F").replace("-", "%2D")
            mock.http.post(SESSION, json={"operation": token, "address": True}, params={"token": token, "x": token})
            everyone = mock.caller(None).http
            for path in (
                f"/__mock/wingback/payment-sessions/{token}",
                f"/__mock/payment-sessions/{token}",
                f"/__mock/payment-sessions/{encoded}",
                f"/__mock/nothing/{token}?{token}&id={token}",
                f"/v1/{token}/unknown",
            ):
                everyone.get(path, headers={"referer": f"{server.url}/?token={token}"})
            places |= {
                "journal": everyone.get("/__mock/journal").text,
                "verify": mock.verify(operation="c_create_payment_session", body={"operation": token}, count=0).text,
                "all sessions": everyone.get("/__mock/payment-sessions").text,
                "refusal": mock.caller("api_key_other").http.get(f"/__mock/payment-sessions/{token}").text,
            }
        for log in logs:
            log.close()
        yield Shown(token=token, places=places | {name: stream.getvalue() for name, stream in streams.items()})


@pytest.mark.parametrize("place", PLACES)
def test_promise_10_a_token_is_shown_in_its_short_form(shown: Shown, place: str) -> None:
    """A person can tell two tokens apart, but cannot use them."""
    text = shown.places[place].replace("%2D", "-").replace("%5F", "_")

    assert shown.token.removeprefix("PaySess_") not in text
    assert f"PaySess_...{shown.token[-4:]}" in text


def test_the_own_caller_sees_the_whole_token(mock: Mock) -> None:
    """A call for a namespace lists whole tokens; so does a call with the token."""
    token = mock.create().json()["token"]
    (listed,) = mock.get("payment-sessions")["payment_sessions"]

    assert token == listed["payment_session"]["token"]
    for caller in (mock, mock.caller(None)):
        assert token == caller.get(f"payment-sessions/{token}")["payment_session"]["token"]
    assert token == mock.http.get(f"/__mock/wingback/payment-sessions/{token}").json()["token"]
