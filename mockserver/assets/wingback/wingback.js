// WingbackMock is the mock's own: how Wingback.js is loaded, made and mounted is not public, and neither is what its
// methods give. Only the names validate and confirm are Wingback's.

class WingbackPaymentElement {
  /** @param {{ token?: string, session?: any, appearance?: any }} options */
  constructor({ token, session, appearance } = {}) {
    if (!session && typeof token !== "string")
      throw new IntegrationError("WingbackMock: give the session's token, or the session.");
    this._place = make("div");
    this._appearance = appearance;
    /** Resolves once the form can be filled in. It gives the error instead, where it cannot. */
    this.ready = session ? this._build(session) : this._fetch(/** @type {string} */ (token));
    // Who does not ask for it reads the same in the place of the form.
    this.ready.catch((error) => this._place.replaceChildren(error.message));
  }

  /** @param {string | HTMLElement} place a CSS selector or an element */
  mount(place) {
    const container = typeof place === "string" ? document.querySelector(place) : place;
    if (!container) throw new IntegrationError(`WingbackMock: there is no place ${place}.`);
    container.replaceChildren(this._place);
    return this;
  }

  unmount() {
    this._place.remove();
  }

  /**
   * Shows what is missing or wrong.
   * @returns {Promise<{ ok: boolean, error?: any }>}
   */
  async validate() {
    return this._outcome(async ({ elements }) => {
      const { error } = await elements.submit();
      return error ? { ok: false, error } : { ok: true };
    });
  }

  /**
   * Stores the payment method; a bank's challenge is answered on the way.
   * @returns {Promise<{ ok: boolean, status?: string, error?: any }>}
   */
  async confirm() {
    return this._outcome(async ({ stripe, elements }) => {
      const { setupIntent, error } = await stripe.confirmSetup({ elements, redirect: "if_required" });
      return error ? { ok: false, error } : { ok: true, status: setupIntent.status };
    });
  }

  /**
   * Fills in a test card, for demonstrations.
   * @param {{ number: string, expiry: string, cvc: string }} texts
   */
  async fill({ number, expiry, cvc }) {
    const { elements } = await this.ready;
    elements._payment()?._fill([number, expiry, cvc]);
  }

  /**
   * What comes of the form; where there is none, the error that says why.
   * @param {(parts: { stripe: MockStripe, elements: MockElements }) => Promise<any>} act
   */
  async _outcome(act) {
    try {
      return await act(await this.ready);
    } catch (error) {
      return { ok: false, error };
    }
  }

  /** @param {string} token */
  async _fetch(token) {
    const answer = await new Api("", undefined).get(`/__mock/wingback/payment-sessions/${encodeURIComponent(token)}`);
    if (answer.error) throw new IntegrationError(`WingbackMock: ${answer.error.message}`);
    return this._build(answer.body);
  }

  /** @param {any} session the body that the create call was answered with */
  async _build(session) {
    const configuration = session.setup_intent && session.setup_intent.stripe;
    if (!configuration)
      throw new IntegrationError("WingbackMock: this payment session has no setup intent of Stripe's.");
    const stripe = new MockStripe(configuration.pk_key, { stripeAccount: configuration.connected_account_id });
    const elements = stripe.elements({ clientSecret: configuration.client_secret, appearance: this._appearance });
    if (session.address) this._add(elements.create("address", { mode: "billing" }));
    const payment = elements.create("payment");
    await new Promise((resolve, reject) => {
      payment.on("ready", resolve);
      payment.on("loaderror", (/** @type {any} */ event) =>
        reject(new IntegrationError(`WingbackMock: ${event.error.message}`))
      );
      this._add(payment);
    });
    return { stripe, elements };
  }

  /** @param {MockElement} element */
  _add(element) {
    const place = make("div");
    // The element's own sheet ends at its edge.
    place.style.marginBottom = "1rem";
    this._place.append(place);
    element.mount(place);
  }
}

const WingbackMock = {
  /** @param {{ token?: string, session?: any, appearance?: any }} options */
  createPaymentElement: (options) => new WingbackPaymentElement(options),
};
