// The Payment Element: a card or, where the setup intent takes it, a bank account.

const METHODS = { card: "Card", sepa_debit: "SEPA Direct Debit" };

class PaymentElement extends MockElement {
  /**
   * @param {MockElements} group
   * @param {any} options
   */
  constructor(group, options) {
    super(group, "payment", options);
    this._method = "card";
    /** @type {Record<string, Field[]>} */
    this._byMethod = {};
    this._pick = (/** @type {string} */ _) => {};
    this._frame.append(this._badge);
  }

  _start() {
    setTimeout(() => this._load(), 0);
  }

  async _load() {
    this._emit("loaderstart", { elementType: "payment" });
    const { error, types } = await this._group._methods();
    if (!this._container) return;
    if (error) {
      this._frame.prepend(make("p", { class: "Error", role: "alert" }, error.message || "This form cannot be used."));
      this._emit("loaderror", { elementType: "payment", error });
      return;
    }
    if (!this._fields.length) this._build(types);
    this._emit("ready", { elementType: "payment" });
  }

  /** A row of payment methods is never folded away. */
  collapse() {
    return this;
  }

  /** What a confirmation is sent: type and details of the payment method. */
  _data() {
    if (this._method === "sepa_debit") {
      return { type: "sepa_debit", sepa_debit: { iban: ibanOf(this._byMethod.sepa_debit[0].text) } };
    }
    const [number, expiry, code] = this._byMethod.card.map((field) => field.text);
    return { type: "card", card: cardData({ number, expiry, code }) };
  }

  _shownFields() {
    return this._byMethod[this._method] || [];
  }

  _details() {
    return { collapsed: false, value: { type: this._method } };
  }

  /** @param {string[]} offered */
  _build(offered) {
    const types = this._ordered(offered);
    const number = numberField();
    this._byMethod = { card: [number, expiryField(), codeField(() => number.text)], sepa_debit: [ibanField()] };
    const panels = types.map((type) => this._panel(type));
    this._pick = (/** @type {string} */ type) => this._choose(type, types, panels);
    if (types.length > 1) this._frame.prepend(this._tabs(types));
    this._frame.lastElementChild?.before(...panels);
    this._add(...types.flatMap((type) => this._byMethod[type]));
    this._pick(types[0]);
  }

  /** @param {string[]} texts of the card's fields */
  _fill(texts) {
    this._pick("card");
    texts.forEach((text, place) => {
      this._byMethod.card[place].text = text;
    });
    this._changed();
  }

  /** @param {string[]} offered */
  _ordered(offered) {
    const wanted = this._options.paymentMethodOrder || [];
    const known = offered.filter((type) => type in METHODS);
    if (!known.length) known.push("card");
    const first = wanted.filter((/** @type {string} */ type) => known.includes(type));
    return [...new Set([...first, ...known])];
  }

  /** @param {string} type */
  _panel(type) {
    const panel = make(
      "div",
      { class: "Panel" },
      make("div", { class: "Grid" }, ...this._byMethod[type].map(({ node }) => node))
    );
    if (type === "sepa_debit") {
      panel.append(make("p", { class: "Terms" }, "No mandate is given and nothing is debited: this is a mock."));
    }
    return panel;
  }

  /** @param {string[]} types */
  _tabs(types) {
    const name = newId();
    const tabs = types.map((type) => {
      const radio = make("input", { type: "radio", name, value: type });
      radio.addEventListener("change", () => {
        this._pick(type);
        this._changed();
      });
      return make("label", { class: "Tab" }, radio, METHODS[/** @type {"card"} */ (type)]);
    });
    return make("fieldset", { class: "Tabs", "aria-label": "Payment method" }, ...tabs);
  }

  /**
   * @param {string} chosen
   * @param {string[]} types
   * @param {HTMLElement[]} panels
   */
  _choose(chosen, types, panels) {
    this._method = chosen;
    types.forEach((type, place) => {
      panels[place].hidden = type !== chosen;
    });
    for (const radio of this._root.querySelectorAll("input[type=radio]")) {
      const { value } = /** @type {HTMLInputElement} */ (radio);
      /** @type {HTMLInputElement} */ (radio).checked = value === chosen;
      radio.parentElement?.classList.toggle("Tab--selected", value === chosen);
    }
  }
}
