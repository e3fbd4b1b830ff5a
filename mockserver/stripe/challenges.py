"""Shows and answers 3-D Secure challenges. These operations are the mock's own: with Stripe, the bank does this."""

from mockserver.messages import Call, Reply
from mockserver.payments import Ledger, PaymentSession
from mockserver.stripe.caller import Caller
from mockserver.stripe.challenge_page import challenge_page, return_address
from mockserver.stripe.session_lookup import session_of, unexpected_state, visible_setup_intent
from mockserver.stripe.stripe_objects import check_expandable
from mockserver.stripe.stripe_replies import object_reply, redirect_reply


class ChallengeOperations:
    """The operations that replace the page of the bank."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def authenticate(self, call: Call, caller: Caller) -> Reply:
        """Answer the challenge; the reply is the setup intent."""
        check_expandable(call.body.get("expand", ()))
        return object_reply(visible_setup_intent(self._answered(call, caller), caller, call.body.get("expand", ())))

    def show(self, call: Call, caller: Caller) -> Reply:
        """Show the page; if the challenge is answered already, redirect to the return URL."""
        query = {name: values[0] for name, values in call.request.query_values.items()}
        session = session_of(self._ledger, call, caller, secret=query.get("client_secret"))
        if session.intent.challenge is None:
            return redirect_reply(return_address(session, query.get("return_url")))
        return challenge_page(session, query.get("return_url"))

    def answer(self, call: Call, caller: Caller) -> Reply:
        """Answer the challenge and redirect to the return URL."""
        return redirect_reply(return_address(self._answered(call, caller), call.body.get("return_url")))

    def _answered(self, call: Call, caller: Caller) -> PaymentSession:
        session = session_of(self._ledger, call, caller, secret=call.body["client_secret"])
        if session.intent.challenge is None:
            raise unexpected_state(session, caller, "it has no challenge to answer")
        return self._ledger.authenticate(session, caller.ids, passed=call.body["outcome"] == "pass")
