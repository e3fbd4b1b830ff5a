// A group of elements for one setup intent.

// These elements always show the badge. The others show it only if no element before them on the list is mounted.
const ALWAYS_MARKED = ["payment", "card", "cardNumber", "iban"];
const OTHERS = ["cardCvc", "cardExpiry", "address", "linkAuthentication"];

class MockElements extends Emitter {
  /**
   * @param {MockStripe} stripe
   * @param {any} options
   */
  constructor(stripe, options) {
    super();
    const { clientSecret, mode } = options;
    checkOptions("elements", options);
    checkGroupOptions(options);
    this._stripe = stripe;
    this._options = { ...options };
    this._secret = clientSecret === undefined ? null : readSecret(clientSecret, "elements()", true).secret;
    this._deferred = this._secret === null && mode !== undefined;
    this._submitted = false;
    /** @type {Map<string, MockElement>} the elements by their type; address elements by their type and mode */
    this._elements = new Map();
    /** @type {Promise<{ types: string[], error?: any }> | null} */
    this._methodsRequest = null;
    /** @type {any} the part for bank accounts, if they are available */
    this._ibanPart = null;
    /** @type {Parts["appearance"] | null} the part for appearances, if an element needs it */
    this._appearance = null;
  }

  /**
   * @param {string} type
   * @param {any} [options]
   * @returns {any}
   */
  create(type, options) {
    const name = typeName(type);
    // https://docs.stripe.com/js/elements_object/create_address_element: one address element of each mode.
    const isAddress = name === "address";
    const key = isAddress ? `${name} ${options?.mode}` : name;
    if (this._elements.has(key)) {
      const mode = isAddress ? ` with mode '${options.mode}'` : "";
      throw usageError(`this group already has an element ${name}${mode}; destroy it first.`);
    }
    checkOptions(name, options);
    const element = newElement(this, name, options || {});
    this._elements.set(key, element);
    return element;
  }

  /**
   * @param {any} type the element's type, or its React component
   * @param {{ mode?: string }} [options] the mode of an address element
   * @returns {any}
   */
  getElement(type, options) {
    const found = this._ofType(typeName(type));
    return found.find(({ _options }) => !options?.mode || _options.mode === options.mode) || null;
  }

  /** @param {string} type */
  _ofType(type) {
    return [...this._elements.values()].filter((element) => element._type === type);
  }

  /** Show the errors of all elements, and focus the first invalid field. */
  async submit() {
    const payment = this._payment();
    if (payment && !payment._fields.length) {
      return { error: invalid("element_not_ready", "The payment element is not ready. Wait for its ready event.") };
    }
    const elements = [...this._elements.values()];
    await Promise.all(elements.map((element) => element._load()));
    const failed = elements.map((element) => element._validate()).find(Boolean);
    if (failed) {
      failed.field.input.focus();
      return { error: failed.error };
    }
    this._submitted = true;
    return { selectedPaymentMethod: payment ? payment._method : "card" };
  }

  /**
   * @param {any} options
   * @returns {any} a promise since dahlia, before that nothing
   */
  update(options) {
    checkOptions("elements", options);
    if (since("dahlia")) return this._update(options);
    checkGroupOptions({ ...this._options, ...options });
    this._update(options);
  }

  /** @param {any} options */
  async _update(options) {
    checkGroupOptions({ ...this._options, ...options });
    Object.assign(this._options, options);
    this._appearance?.checkAppearance(this._options.appearance);
    for (const element of this._elements.values()) element._restyle();
    if (options?.paymentMethodTypes || options?.allowedPaymentMethodTypes) {
      this._methodsRequest = null;
      const payment = this._payment();
      if (payment?._fields.length) {
        payment._showMethods((await this._methods()).types);
        payment._changed();
      }
    }
    this._emit("update-end");
  }

  async fetchUpdates() {
    this._methodsRequest = null;
    const { error } = await this._methods();
    return error ? { error: { message: error.message || "", status: error.code } } : {};
  }

  /** Return the available payment methods; all elements of the group share one request. */
  _methods() {
    if (!this._methodsRequest) this._methodsRequest = this._loadMethods();
    return this._methodsRequest;
  }

  /** Request the payment methods, and load the part that their fields need. */
  async _loadMethods() {
    const methods = await this._fetchMethods();
    if (!methods.types.includes("sepa_debit")) return methods;
    try {
      this._ibanPart = await loadPart("iban");
      return methods;
    } catch (error) {
      this._methodsRequest = null;
      const { message } = /** @type {Error} */ (error);
      return { types: [], error: { type: "api_connection_error", message } };
    }
  }

  async _fetchMethods() {
    if (this._secret === null) {
      const { allowedPaymentMethodTypes: allowed, paymentMethodTypes, payment_method_types } = this._options;
      return { types: allowed || paymentMethodTypes || payment_method_types || ["card"] };
    }
    if (this._secret.startsWith("pi_")) {
      const { message } = usageError(`a payment intent is ${NOT_IMPLEMENTED}.`);
      return { types: [], error: { type: "invalid_request_error", message } };
    }
    const { setupIntent, error } = await this._stripe.retrieveSetupIntent(this._secret);
    if (error) {
      // The next mounted element repeats the request.
      this._methodsRequest = null;
      return { types: [], error };
    }
    if (["succeeded", "processing", "canceled"].includes(setupIntent.status)) {
      const message = `This setup intent is ${setupIntent.status} and accepts no payment method.`;
      console.error(
        `Mock of Stripe.js: ${message} It is not documented how Stripe.js refuses it; the mock emits loaderror.`
      );
      return { types: [], error: { type: "invalid_request_error", code: "setup_intent_unexpected_state", message } };
    }
    return { types: setupIntent.payment_method_types || ["card"] };
  }

  /** @param {MockElement} element */
  _remove(element) {
    for (const [key, each] of this._elements) if (each === element) this._elements.delete(key);
    this._updateBadges();
  }

  _updateBadges() {
    const payment = this._elements.get("payment");
    if (payment) payment._changed();
    const mounted = [...ALWAYS_MARKED, ...OTHERS]
      .flatMap((type) => this._ofType(type))
      .filter((element) => element._container);
    mounted.forEach((element, index) => {
      element._badge.hidden = index > 0 && OTHERS.includes(element._type);
    });
  }

  /** @param {string} type */
  _textOf(type) {
    return this._elements.get(type)?._fields[0].text ?? "";
  }

  _payment() {
    return /** @type {PaymentElement | undefined} */ (this._elements.get("payment"));
  }

  get _asksForBillingAddress() {
    return this._elements.has("address billing");
  }

  /** Return the billing details of the address element and of the email field. */
  _billing() {
    const elements = ["linkAuthentication", "address billing"].map((type) => /** @type {any} */ (this._elements.get(type)));
    return Object.assign({}, ...elements.map((element) => element?._billing?.()));
  }

  async _loadAppearance() {
    this._appearance = await loadPart("appearance");
    this._appearance.checkAppearance(this._options.appearance);
  }
}
