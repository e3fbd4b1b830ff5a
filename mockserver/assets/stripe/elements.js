// A group of elements that belong to one setup intent.

// Who says that this is a mock: these always, the others where none of these is on the page.
const NUMBERS = ["payment", "card", "cardNumber", "iban"];
const OTHERS = ["cardCvc", "cardExpiry", "address"];

class MockElements extends Emitter {
  /**
   * @param {MockStripe} stripe
   * @param {any} options
   */
  constructor(stripe, options) {
    super();
    const { clientSecret, mode } = options;
    this._stripe = stripe;
    this._options = { ...options };
    this._secret = clientSecret === undefined ? null : readSecret(clientSecret, "elements()").secret;
    this._deferred = this._secret === null && mode !== undefined;
    this._submitted = false;
    /** @type {Map<string, MockElement>} */
    this._all = new Map();
    /** @type {Promise<{ types: string[], error?: any }> | null} */
    this._known = null;
  }

  /**
   * @param {string} type
   * @param {any} [options]
   * @returns {any}
   */
  create(type, options) {
    const name = typeNamed(type);
    if (this._all.has(name)) throw mistake(`this group has an element ${name} already; destroy it first.`);
    const element = this._make(name, options || {});
    this._all.set(name, element);
    return element;
  }

  /**
   * @param {any} type its name, or the React component of it
   * @returns {any}
   */
  getElement(type) {
    return this._all.get(typeNamed(type)) || null;
  }

  /** Shows what is wrong in any of the elements, and moves to the first of it. */
  async submit() {
    const payment = this._payment();
    if (payment && !payment._fields.length) {
      return { error: invalid("element_not_ready", "The payment element is not ready: wait for its event ready.") };
    }
    const wrong = [...this._all.values()].map((element) => element._validate()).find((found) => found);
    if (wrong) {
      wrong.field.input.focus();
      return { error: wrong.error };
    }
    this._submitted = true;
    return { selectedPaymentMethod: payment ? payment._method : "card" };
  }

  /** @param {any} options */
  async update(options) {
    Object.assign(this._options, options);
    for (const element of this._all.values()) element._root.adoptedStyleSheets = this._sheets(element._ownSheet());
    if (options && options.paymentMethodTypes) {
      this._known = null;
      const payment = this._payment();
      if (payment && payment._fields.length) {
        payment._offer((await this._methods()).types);
        payment._changed();
      }
    }
    this._emit("update-end");
  }

  async fetchUpdates() {
    this._known = null;
    const { error } = await this._methods();
    return error ? { error: { message: error.message || "", status: error.code } } : {};
  }

  /** Which payment methods can be chosen; asked of the mock once for all elements of the group. */
  _methods() {
    if (!this._known) this._known = this._ask();
    return this._known;
  }

  async _ask() {
    if (this._secret === null) {
      const { paymentMethodTypes, payment_method_types: other } = this._options;
      return { types: paymentMethodTypes || other || ["card"] };
    }
    const { setupIntent, error } = await this._stripe.retrieveSetupIntent(this._secret);
    if (error) {
      // The next element that is mounted asks again.
      this._known = null;
      return { types: [], error };
    }
    if (["succeeded", "processing", "canceled"].includes(setupIntent.status)) {
      const message = `This setup intent is ${setupIntent.status}: no payment method can be added to it any more.`;
      return { types: [], error: { type: "invalid_request_error", code: "setup_intent_unexpected_state", message } };
    }
    return { types: setupIntent.payment_method_types || ["card"] };
  }

  /**
   * @param {string} name
   * @param {any} options
   * @returns {MockElement}
   */
  _make(name, options) {
    switch (name) {
      case "payment":
        if (this._secret || this._deferred) return new PaymentElement(this, options);
        throw mistake("a payment element needs elements({clientSecret}) or elements({mode: 'setup'}).");
      case "card":
        return new CardElement(this, options);
      case "cardNumber":
      case "cardExpiry":
      case "cardCvc":
        return new CardPart(this, name, options);
      case "iban":
        return new IbanElement(this, options);
      case "address":
        return new AddressElement(this, options);
      default:
        throw mistake(`elements.create("${name}") is ${NOT_IMPLEMENTED}.`);
    }
  }

  /** @param {MockElement} element */
  _forget(element) {
    if (this._all.get(element._type) === element) this._all.delete(element._type);
    this._placeBadges();
  }

  _placeBadges() {
    const mounted = [...NUMBERS, ...OTHERS]
      .flatMap((type) => this._all.get(type) || [])
      .filter((element) => element._container);
    mounted.forEach((element, place) => {
      element._badge.hidden = place > 0 && OTHERS.includes(element._type);
    });
  }

  /** @param {string} type */
  _textOf(type) {
    const element = this._all.get(type);
    return element ? element._fields[0].text : "";
  }

  _payment() {
    return /** @type {PaymentElement | undefined} */ (this._all.get("payment"));
  }

  /** What the address element adds to a payment method. */
  _billing() {
    const address = /** @type {AddressElement | undefined} */ (this._all.get("address"));
    return address ? address._billing() : {};
  }

  /** @param {CSSStyleSheet} own */
  _sheets(own) {
    return [STYLES, sheetOfAppearance(this._options.appearance), own];
  }
}

/** @param {any} type */
function typeNamed(type) {
  return String((type && type.__elementType) || type);
}
