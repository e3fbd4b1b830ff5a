// The object that stripe.paymentRequest() returns: https://docs.stripe.com/js/payment_request. The mock has no wallets.

class MockPaymentRequest extends Emitter {
  /** Resolves to null: no wallet is available. */
  async canMakePayment() {
    return null;
  }

  isShowing() {
    return false;
  }

  show() {
    throw usageError("paymentRequest.show() needs a wallet; canMakePayment() has resolved to null.");
  }

  update() {}

  abort() {}
}
