"""3-D Secure challenges: shown and answered, which is the mock's own, for Stripe leaves it to the bank."""

from __future__ import annotations

from mockserver.messages import Call, Reply
from mockserver.payments import Ledger, PaymentSession
from mockserver.stripe.caller import Caller
from mockserver.stripe.challenge_page import challenge_page, return_address
from mockserver.stripe.session_lookup import session_of, shown, unexpected_state
from mockserver.stripe.stripe_objects import check_expandable
from mockserver.stripe.stripe_replies import found, sent_on

__all__ = ["ChallengeOperations"]


class ChallengeOperations:
    """The operations in the place of the bank's page."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def authenticate(self, call: Call, caller: Caller) -> Reply:
        """Answer the challenge; the setup intent as it is then."""
        check_expandable(call.body.get("expand", ()))
        return found(shown(self._answered(call, caller), caller, call.body.get("expand", ())))

    def show(self, call: Call, caller: Caller) -> Reply:
        """The page, for as long as there is something to answer."""
        query = {name: values[0] for name, values in call.request.query_values.items()}
        session = session_of(self._ledger, call, caller, secret=query.get("client_secret"))
        if session.intent.challenge is None:
            return sent_on(return_address(session, query.get("return_url")))
        return challenge_page(session, query.get("return_url"))

    def answer(self, call: Call, caller: Caller) -> Reply:
        """Answer the challenge, and go on."""
        return sent_on(return_address(self._answered(call, caller), call.body.get("return_url")))

    def _answered(self, call: Call, caller: Caller) -> PaymentSession:
        session = session_of(self._ledger, call, caller, secret=call.body["client_secret"])
        if session.intent.challenge is None:
            raise unexpected_state(session, caller, "it has no challenge to answer")
        return self._ledger.authenticate(session, caller.ids, passed=call.body["outcome"] == "pass")
