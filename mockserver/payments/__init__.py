"""The payment data that the mock makes up and stores: payment sessions, setup intents, payment methods, saved methods.

May import: `delivery`, `storage`, `redaction`, `parsing`, `messages`, `errors`. It owns Faker. Start with `ledger.py`.
"""

from mockserver.payments.fake_values import FakeValues, knows_fake
from mockserver.payments.ledger import Ledger
from mockserver.payments.payment_session import PaymentSession
from mockserver.payments.payment_sessions import PaymentSessions, Sessions

__all__ = ["FakeValues", "Ledger", "PaymentSession", "PaymentSessions", "Sessions", "knows_fake"]
