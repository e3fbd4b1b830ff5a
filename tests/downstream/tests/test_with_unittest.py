"""The same tests with unittest of the standard library, without pytest."""

from __future__ import annotations

import os
import unittest

from shop.payments import PaymentError, Payments

from mockserver.testing import MockServer, VerificationError


class Checkout(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.mock = cls.enterClassContext(MockServer(url=os.environ.get("MOCKSERVER_URL") or None))

    def setUp(self) -> None:
        self.mock.reset()
        self.payments = Payments(base_url=self.mock.url, api_key=self.mock.api_key)
        self.addCleanup(self.payments.close)

    def test_a_customer_gets_a_session(self) -> None:
        self.assertEqual("Cust_1", self.payments.start("Cust_1")["customer_id"])
        self.mock.verify(operation="c_create_payment_session", count=1)
        self.mock.check()

    def test_it_gives_up_after_three_attempts(self) -> None:
        self.mock.scenario("server_error")
        with self.assertRaises(PaymentError):
            self.payments.start("Cust_1")
        with self.assertRaisesRegex(VerificationError, "3 of 3 calls match"):
            self.mock.verify(count=1)


if __name__ == "__main__":
    unittest.main()
