"""What the mock makes up and remembers: payment sessions and the setup intents they hand out."""

from mockserver.payments.fakes import Fakes, knows_fake
from mockserver.payments.ledger import Ledger
from mockserver.payments.payment_session import PaymentSession
from mockserver.payments.payment_sessions import PaymentSessions

__all__ = ["Fakes", "Ledger", "PaymentSession", "PaymentSessions", "knows_fake"]
