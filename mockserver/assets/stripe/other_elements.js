// Link Authentication, and the elements that show nothing or only a message.

/** The customer's email address. */
class LinkAuthenticationElement extends MockElement {
  _build() {
    const email = new Field({
      label: "Email",
      name: "email",
      autocomplete: "email",
      inputMode: "email",
      wide: true,
      check: (text) =>
        /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim())
          ? null
          : invalid("email_invalid", "Enter an email address, for example jo@example.com."),
    });
    email.text = this._options.defaultValues?.email || "";
    this._frame.append(email.node, this._badge);
    this._add(email);
  }

  _details() {
    return { value: { email: this._fields[0].text.trim() } };
  }

  /** Return the billing details to send with a payment method. */
  _billing() {
    const { email } = this._details().value;
    return email ? { email } : {};
  }
}

/** The mock has no wallets. Without a wallet, Stripe.js shows no button. */
class ExpressCheckoutElement extends MockElement {
  _build() {}

  _start() {
    this._emit("ready", { elementType: this._type, availablePaymentMethods: undefined });
  }
}

/** Without a wallet, the button shows nothing. */
class PaymentRequestButtonElement extends MockElement {
  _build() {}
}

/** An element that the mock does not implement. */
class UnimplementedElement extends MockElement {
  _build() {
    this._message = `The element ${this._type} is ${NOT_IMPLEMENTED}.`;
    this._frame.append(make("p", { class: "Error", role: "alert" }, this._message));
  }

  _start() {
    console.error(`Mock of Stripe.js: ${this._message}`);
    this._emit("loaderror", { elementType: this._type, error: { type: "api_error", message: this._message } });
  }
}
