"""What the mock makes up and remembers: payment sessions, setup intents, payment methods and saved methods.

May import: `storage`, `redaction`, `messages`, `errors`. Start with `payment_sessions.py`.
"""

from mockserver.payments.fake_values import FakeValues, knows_fake
from mockserver.payments.ledger import Ledger
from mockserver.payments.payment_session import PaymentSession
from mockserver.payments.payment_sessions import PaymentSessions

__all__ = ["FakeValues", "Ledger", "PaymentSession", "PaymentSessions", "knows_fake"]
