// window.Stripe: what a page, or loadStripe of @stripe/stripe-js, finds.

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
    const intent = readSecret(clientSecret || (elements && elements._secret), "confirmSetup()");
    if (redirect !== "if_required") checkReturnUrl(confirmParams.return_url);
    const { payment_method_data: given = {}, ...parameters } = confirmParams;
    if (!parameters.payment_method) {
      const { data, error } = await collect(elements, "confirmSetup()");
      if (error) return { error };
      parameters.payment_method_data = merged(data, given);
    }
    const outcome = await confirmIntent(this._api, intent, parameters);
    const done = outcome.setupIntent;
    return done && redirect !== "if_required" ? goTo(confirmParams.return_url, done, intent.secret) : outcome;
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
    // A scenario may have answered already.
    if (failure && failure.code === "setup_intent_authentication_failure") return { error: failure };
    if (["requires_payment_method", "requires_confirmation", "canceled"].includes(status))
      throw mistake(`handleNextAction() needs a setup intent that requires an action; this one is ${status}.`);
    return settle(this._api, setupIntent, clientSecret);
  }

  /**
   * @param {any} options
   * @returns {Promise<any>}
   */
  async createPaymentMethod(options) {
    const { elements, params, ...data } = options || {};
    if (elements) {
      const { data: collected, error } = await collect(elements, "createPaymentMethod()");
      return error ? { error } : this._create(merged(collected, params || {}));
    }
    const { type } = data;
    if (type !== "card" && type !== "sepa_debit")
      throw mistake(`stripe.createPaymentMethod({type: "${type}"}) is ${NOT_IMPLEMENTED}.`);
    const { payment_method_data: whole } = methodOf(data, type);
    return invalidIn(data[type]) || this._create(whole);
  }

  /**
   * @param {any} element
   * @param {any} [details] name and address of the card's holder
   * @returns {Promise<any>}
   */
  async createToken(element, details = {}) {
    if (!(element instanceof CardElement || element instanceof CardPart))
      throw mistake(`stripe.createToken() of other than the elements of a card is ${NOT_IMPLEMENTED}.`);
    checkMounted(element);
    const wrong = invalidIn(element);
    if (wrong) return wrong;
    const { body, error } = await this._api.post("/v1/tokens", { card: { ...details, ...element._data().card } });
    return error ? { error } : { token: body };
  }

  /** Real Stripe.js tells Stripe which library wraps it. The mock tells nobody. */
  registerAppInfo() {}

  _registerWrapper() {}

  /**
   * @param {"card" | "sepa_debit"} type
   * @param {string} place
   * @param {string} clientSecret
   * @param {any} data
   * @param {any} [options]
   * @returns {Promise<any>}
   */
  async _confirmWith(type, place, clientSecret, data, options) {
    const { payment_method: method, ...parameters } = data || {};
    const intent = readSecret(clientSecret, place);
    const source = methodOf(method, type);
    return (
      invalidIn(method && method[type]) || confirmIntent(this._api, intent, { ...parameters, ...source }, options || {})
    );
  }

  /** @param {any} data */
  async _create(data) {
    const { body, error } = await this._api.post("/v1/payment_methods", data);
    return error ? { error } : { paymentMethod: body };
  }
}
Object.assign(MockStripe.prototype, UNIMPLEMENTED);

/**
 * What the payment element and the address element of a group hold, once it is valid.
 * @param {any} elements
 * @param {string} place
 * @returns {Promise<{ data?: any, error?: any }>}
 */
async function collect(elements, place) {
  const payment = elements instanceof MockElements ? elements._payment() : undefined;
  if (!payment || !payment._isOnPage) throw mistake(`${place} needs elements with a mounted payment element.`);
  if (elements._deferred && !elements._submitted)
    throw mistake(`call elements.submit() and wait for it before ${place}.`);
  const { error } = await elements.submit();
  return error ? { error } : { data: { ...payment._data(), billing_details: elements._billing() } };
}

/**
 * What the elements hold comes before what the page gives besides.
 * @param {any} data
 * @param {any} given
 */
function merged(data, given) {
  const { billing_details: one = {}, ...rest } = given;
  const { billing_details: other } = data;
  const address = one.address || other.address ? { address: { ...one.address, ...other.address } } : {};
  return { ...rest, ...data, billing_details: { ...one, ...other, ...address } };
}

/**
 * What is wrong with an element, or with an IBAN that the page gives itself: that is not sent either.
 * @param {any} source
 */
function invalidIn(source) {
  if (source instanceof MockElement) {
    const wrong = source._validateWhole();
    if (wrong) wrong.field.input.focus();
    return wrong ? { error: wrong.error } : null;
  }
  const error = source && typeof source.iban === "string" ? checkIban(source.iban) : null;
  return error ? { error } : null;
}

/**
 * @param {string} key
 * @param {any} [options]
 */
function Stripe(key, options) {
  if (typeof key !== "string" || !/^pk_/.test(key)) throw mistake("Stripe() needs a publishable key, pk_test_….");
  if (/^pk_live_/.test(key))
    throw mistake("a key for real payments does not belong here; the mock takes pk_test_… only.");
  return /** @type {MockStripe & typeof UNIMPLEMENTED} */ (new MockStripe(key, options || {}));
}

Stripe.version = MOCK.train;
Stripe.isMock = true;
