"""Updates setup intents."""

from collections.abc import Mapping
from typing import Any, Final

from mockserver.messages import Call, Reply
from mockserver.payments import Ledger, PaymentSession
from mockserver.payments.setup_intent import SetupIntent
from mockserver.redaction.card_numbers import without_card_numbers
from mockserver.stripe.caller import Caller
from mockserver.stripe.entered_methods import named_method
from mockserver.stripe.session_lookup import check_offered, session_of, unexpected_state, visible_setup_intent
from mockserver.stripe.stripe_errors import StripeError, secret_key_error
from mockserver.stripe.stripe_objects import check_expandable
from mockserver.stripe.stripe_replies import object_reply

_MOST_METADATA: Final = 50


class SetupIntentUpdate:
    """The operation that updates a setup intent."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def update(self, call: Call, caller: Caller) -> Reply:
        """Update the setup intent. Only the description and the metadata of a finished one can change."""
        sent = call.body
        if caller.is_publishable:
            raise secret_key_error()
        session = session_of(self._ledger, call, caller, secret=None)
        check_expandable(sent.get("expand", ()))
        if "payment_method_types" in sent and caller.uses_endive:
            raise StripeError(
                status=400,
                code="payment_method_types_no_longer_supported",
                message="payment_method_types is read-only since the API version 2026-09-30.endive.",
                param="payment_method_types",
            )
        if not session.intent.is_open and {"payment_method", "payment_method_types"} & sent.keys():
            raise unexpected_state(session, caller, f"its status is {session.intent.status}")
        updated = self._updated(session, sent, caller)
        return object_reply(visible_setup_intent(updated, caller, sent.get("expand", ())))

    def _updated(self, session: PaymentSession, sent: Mapping[str, Any], caller: Caller) -> PaymentSession:
        method = named_method(sent["payment_method"], caller, self._ledger) if sent.get("payment_method") else None
        types = tuple(dict.fromkeys(sent.get("payment_method_types", session.method_types)))
        if method is not None:
            check_offered(method.type, "payment_method", types, session, caller)
        description = sent.get("description", session.intent.description)
        return self._ledger.update(
            session,
            description=without_card_numbers(description) if description else None,
            metadata=_metadata(session.intent, sent.get("metadata", {})),
            method=method,
            method_types=types,
        )


def _metadata(intent: SetupIntent, sent: Mapping[str, str] | str) -> dict[str, str]:
    """The metadata after an update (https://docs.stripe.com/api/metadata): an empty text removes an entry, or all.

    Raises StripeError: there are too many entries.
    """
    if isinstance(sent, str):
        return {}
    merged = {
        **intent.metadata,
        **{without_card_numbers(name): without_card_numbers(text) for name, text in sent.items()},
    }
    kept = {name: text for name, text in merged.items() if text}
    if len(kept) > _MOST_METADATA:
        raise StripeError(status=400, message=f"Metadata can have at most {_MOST_METADATA} entries.", param="metadata")
    return kept
