// window.Stripe, as used by pages and by loadStripe of @stripe/stripe-js.

class MockStripe {
  /**
   * @param {string} key
   * @param {any} options
   */
  constructor(key, options) {
    this._api = new Api(key, options.stripeAccount);
    this._options = options;
  }

  /** @param {any} [options] */
  elements(options) {
    return new MockElements(this, options || {});
  }

  /**
   * @param {any} options
   * @returns {Promise<any>}
   */
  async confirmSetup(options) {
    const { elements, clientSecret, redirect = "always", ...rest } = options || {};
    const confirmParams = rest.confirmParams || {};
    const intent = readSecret(clientSecret || elements?._secret, "confirmSetup()");
    if (redirect !== "if_required") checkReturnUrl(confirmParams.return_url);
    const { payment_method_data: pageData = {}, ...parameters } = confirmParams;
    if (!parameters.payment_method) {
      if (elements?._options?.mode === "payment") {
        const reason = "it is not documented what Stripe.js does, so the mock refuses it";
        throw usageError(`confirmSetup() with elements of mode 'payment': ${reason}. Use mode 'setup'.`);
      }
      const path = "confirmParams.payment_method_data.billing_details";
      const { data, error } = await collect(elements, "confirmSetup()", path, pageData.billing_details);
      if (error) return { error };
      parameters.payment_method_data = mergeData(data, pageData);
    }
    const outcome = await confirmIntent(this._api, intent, parameters);
    const { setupIntent } = outcome;
    return setupIntent && redirect !== "if_required"
      ? returnTo(confirmParams.return_url, setupIntent, intent.secret)
      : outcome;
  }

  /**
   * Always reject: the mock has no payment intents.
   * @param {any} options
   * @returns {Promise<any>}
   */
  async confirmPayment(options) {
    const { elements, clientSecret } = options || {};
    if (/^seti_/.test(clientSecret || elements?._secret))
      throw usageError("confirmPayment() needs a payment intent's client secret; for a setup intent, use confirmSetup().");
    throw usageError(`stripe.confirmPayment() is ${NOT_IMPLEMENTED}, which has no payment intents.`);
  }

  /**
   * @param {string} clientSecret
   * @param {any} [data]
   * @param {any} [options]
   * @returns {Promise<any>}
   */
  async confirmCardSetup(clientSecret, data, options) {
    return this._confirmWith("card", "confirmCardSetup()", clientSecret, data, options);
  }

  /**
   * @param {string} clientSecret
   * @param {any} [data]
   * @returns {Promise<any>}
   */
  async confirmSepaDebitSetup(clientSecret, data) {
    return this._confirmWith("sepa_debit", "confirmSepaDebitSetup()", clientSecret, data);
  }

  /**
   * @param {string} clientSecret
   * @returns {Promise<any>}
   */
  async retrieveSetupIntent(clientSecret) {
    const { id, secret } = readSecret(clientSecret, "retrieveSetupIntent()");
    const { body, error } = await this._api.get(`/v1/setup_intents/${id}`, { client_secret: secret });
    return error ? { error } : { setupIntent: body };
  }

  /**
   * @param {any} options
   * @returns {Promise<any>}
   */
  async handleNextAction(options) {
    const { clientSecret } = options || {};
    const { setupIntent, error } = await this.retrieveSetupIntent(clientSecret);
    if (error) return { error };
    const { status, last_setup_error: failure } = setupIntent;
    // The scenario can already have failed the authentication.
    if (failure?.code === "setup_intent_authentication_failure") return { error: failure };
    if (["requires_payment_method", "requires_confirmation", "canceled"].includes(status))
      throw usageError(`handleNextAction() needs a setup intent that requires an action; its status is ${status}.`);
    return runNextAction(this._api, setupIntent, clientSecret);
  }

  /**
   * @param {any} options
   * @returns {Promise<any>}
   */
  async createPaymentMethod(options) {
    const { elements, params, ...data } = options || {};
    if (elements) {
      if (elements._options?.paymentMethodCreation !== "manual")
        throw usageError("createPaymentMethod({elements}) needs elements({paymentMethodCreation: 'manual'}).");
      const path = "params.billing_details";
      const { data: collected, error } = await collect(
        elements,
        "createPaymentMethod()",
        path,
        params?.billing_details
      );
      return error ? { error } : this._create(mergeData(collected, params || {}));
    }
    const { type } = data;
    if (type !== "card" && type !== "sepa_debit")
      throw usageError(`stripe.createPaymentMethod({type: "${type}"}) is ${NOT_IMPLEMENTED}.`);
    await loadSource(data[type]);
    const { payment_method_data } = paymentMethodParams(data, type);
    return (await errorIn(data[type])) || this._create(payment_method_data);
  }

  /**
   * @param {any} options
   * @returns {Promise<any>}
   */
  async createConfirmationToken(options) {
    const { elements, params } = options || {};
    const { confirmationTokenData } = await loadPart("confirmation_token");
    const { data, error: invalid } = await confirmationTokenData(elements, params || {});
    if (invalid) return { error: invalid };
    const { body, error } = await this._api.post("/v1/confirmation_tokens", data);
    return error ? { error } : { confirmationToken: body };
  }

  /**
   * @param {any} element
   * @param {any} [details] the cardholder's name and address
   * @returns {Promise<any>}
   */
  async createToken(element, details = {}) {
    if (!(element instanceof CardElement || element instanceof CardPart))
      throw usageError(`stripe.createToken() for anything but a card element is ${NOT_IMPLEMENTED}.`);
    checkMounted(element);
    const failure = await errorIn(element);
    if (failure) return failure;
    const { card: entered, billing_details } = /** @type {any} */ (element._data());
    const address = billing_details ? { address_zip: billing_details.address.postal_code } : {};
    const { body, error } = await this._api.post("/v1/tokens", { card: { ...details, ...address, ...entered } });
    return error ? { error } : { token: body };
  }

  /** @returns {any} */
  paymentRequest() {
    return new MockPaymentRequest();
  }

  /** The real Stripe.js reports to Stripe which library wraps it. The mock ignores it. */
  registerAppInfo() {}

  _registerWrapper() {}

  /**
   * @param {"card" | "sepa_debit"} type
   * @param {string} caller
   * @param {string} clientSecret
   * @param {any} data
   * @param {any} [options]
   * @returns {Promise<any>}
   */
  async _confirmWith(type, caller, clientSecret, data, options) {
    const { payment_method: method, ...parameters } = data || {};
    const intent = readSecret(clientSecret, caller);
    await loadSource(method?.[type]);
    Object.assign(parameters, paymentMethodParams(method, type));
    return (await errorIn(method?.[type])) || confirmIntent(this._api, intent, parameters, options || {});
  }

  /** @param {any} data */
  async _create(data) {
    const { body, error } = await this._api.post("/v1/payment_methods", data);
    return error ? { error } : { paymentMethod: body };
  }
}
Object.assign(MockStripe.prototype, UNIMPLEMENTED);

/**
 * Validate a group of elements; return the data of its payment element and address element.
 * @param {any} elements
 * @param {string} caller
 * @param {string} path where the caller takes billing details from the page
 * @param {any} billing these billing details
 * @returns {Promise<{ data?: any, error?: any }>}
 */
async function collect(elements, caller, path, billing) {
  const payment = elements instanceof MockElements ? elements._payment() : undefined;
  if (!payment || !payment._isOnPage) throw usageError(`${caller} needs elements with a mounted payment element.`);
  const { paymentMethodCreation: creation } = elements._options;
  if ((elements._deferred || creation === "manual") && !elements._submitted)
    throw usageError(`call elements.submit() and wait for it before ${caller}.`);
  payment._checkNeverCollected(billing, path);
  const { error } = await elements.submit();
  return error ? { error } : { data: { ...payment._data(), billing_details: { ...payment._billing(), ...elements._billing() } } };
}

/**
 * Merge the data of the elements with the data that the page passes. The elements take precedence.
 * @param {any} data
 * @param {any} pageData
 */
function mergeData(data, pageData) {
  const { billing_details, ...rest } = pageData;
  const page = billing_details || {};
  const { billing_details: own = {} } = data;
  const address = page.address || own.address ? { address: { ...page.address, ...own.address } } : {};
  return { ...rest, ...data, billing_details: { ...page, ...own, ...address } };
}

/**
 * Wait until an element has its fields.
 * @param {any} source an element, or the payment method's details
 */
async function loadSource(source) {
  if (source instanceof MockElement) await source._load();
}

/**
 * Return the error in an element, or in an IBAN that the page passes directly; null if it is valid.
 * @param {any} source
 */
async function errorIn(source) {
  if (source instanceof MockElement) {
    const failed = source._validateAll();
    if (failed) failed.field.input.focus();
    return failed ? { error: failed.error } : null;
  }
  if (!source || typeof source.iban !== "string") return null;
  const error = (await loadPart("iban")).checkIban(source.iban);
  return error ? { error } : null;
}

/**
 * @param {string} key
 * @param {any} [options]
 */
function Stripe(key, options) {
  if (typeof key !== "string" || !/^pk_/.test(key))
    throw usageError("Stripe() needs a publishable test key, pk_test_….");
  if (/^pk_live_/.test(key)) throw usageError("the mock accepts no live keys, only pk_test_….");
  return /** @type {MockStripe & typeof UNIMPLEMENTED} */ (new MockStripe(key, options || {}));
}

Stripe.version = MOCK.train;
Stripe.isMock = true;
