// WingbackMock is this mock's own API. How the real Wingback.js is loaded, created and mounted is not public, and
// neither are the return values of its methods. Only the names validate and confirm are Wingback's.

/**
 * The token, or the whole session. A token that a scenario chose needs the namespace or the publishable key, too.
 * @typedef {{
 *   token?: string | number, session?: any, namespace?: string, publishableKey?: string, appearance?: any
 * }} WingbackOptions
 */

class WingbackPaymentElement {
  /** @param {WingbackOptions} options */
  constructor({ token, session, namespace, publishableKey, appearance } = {}) {
    // A reply outside the contract can have a number as its token.
    if (!session && typeof token !== "string" && typeof token !== "number")
      throw new IntegrationError("WingbackMock: pass the session's token or the session.");
    this._root = make("div");
    this._appearance = appearance;
    /** Resolves when the form is ready; rejects if it cannot be shown. */
    this.ready = session ? this._build(session) : this._fetch(String(token), namespace, publishableKey);
    // Show the error in place of the form, for pages that do not wait for `ready`.
    this.ready.catch((error) => this._root.replaceChildren(error.message));
  }

  /** @param {string | HTMLElement} target a CSS selector or an element */
  mount(target) {
    const container = typeof target === "string" ? document.querySelector(target) : target;
    if (!container) throw new IntegrationError(`WingbackMock: cannot mount in ${target}: there is no such element.`);
    container.replaceChildren(this._root);
    return this;
  }

  unmount() {
    this._root.remove();
  }

  /**
   * Validate the form, and show its errors.
   * @returns {Promise<{ ok: boolean, error?: any }>}
   */
  async validate() {
    return this._whenReady(async ({ elements }) => {
      const { error } = await elements.submit();
      return error ? { ok: false, error } : { ok: true };
    });
  }

  /**
   * Save the payment method, and show the 3-D Secure challenge if there is one.
   * @returns {Promise<{ ok: boolean, status?: string, error?: any }>}
   */
  async confirm() {
    return this._whenReady(async ({ stripe, elements }) => {
      const { setupIntent, error } = await stripe.confirmSetup({ elements, redirect: "if_required" });
      return error ? { ok: false, error } : { ok: true, status: setupIntent.status };
    });
  }

  /**
   * Fill in a test card.
   * @param {{ number: string, expiry: string, cvc: string }} texts
   */
  async fill({ number, expiry, cvc }) {
    const { elements } = await this.ready;
    elements._payment()?._fill([number, expiry, cvc]);
  }

  /**
   * Wait for the form and call `action`; return the error if there is no form.
   * @param {(form: { stripe: MockStripe, elements: MockElements }) => Promise<any>} action
   */
  async _whenReady(action) {
    try {
      return await action(await this.ready);
    } catch (error) {
      return { ok: false, error };
    }
  }

  /**
   * @param {string} token
   * @param {string | undefined} namespace
   * @param {string | undefined} publishableKey
   */
  async _fetch(token, namespace, publishableKey) {
    const path = `/__mock/wingback/payment-sessions/${encodeURIComponent(token)}`;
    /** @type {Record<string, string>} */
    const query = publishableKey ? { publishable_key: publishableKey } : {};
    const { body, error } = await new Api("", undefined, namespace).get(path, query);
    if (error) throw new IntegrationError(`WingbackMock: ${error.message}`);
    return this._build(body);
  }

  /** @param {any} session the response of the call that created it */
  async _build(session) {
    const configuration = session.setup_intent && session.setup_intent.stripe;
    if (!configuration)
      throw new IntegrationError("WingbackMock: this payment session has no Stripe setup intent.");
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
    const container = make("div");
    // The element's style sheet applies only inside its shadow tree.
    container.style.marginBottom = "1rem";
    this._root.append(container);
    element.mount(container);
  }
}

const WingbackMock = {
  /** @param {WingbackOptions} options */
  createPaymentElement: (options) => new WingbackPaymentElement(options),
};
