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
    /** @type {Record<string, HTMLElement>} */
    this._panels = {};
    this._choice = make("div");
    this._failure = make("p", { class: "Error", role: "alert" });
    this._frame.append(this._failure, this._choice, this._badge);
  }

  async _start() {
    this._emit("loaderstart", { elementType: "payment" });
    const mounts = this._mounts;
    const { error, types } = await this._group._methods();
    if (!this._container || mounts !== this._mounts) return;
    this._failure.textContent = error ? error.message || "This form cannot be used." : "";
    if (error) {
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
    const number = numberField();
    this._byMethod = { card: [number, expiryField(), codeField(() => number.text)], sepa_debit: [ibanField()] };
    for (const type of Object.keys(METHODS)) this._panels[type] = this._panel(type);
    this._badge.before(...Object.values(this._panels));
    this._offer(offered);
    this._add(...Object.values(this._byMethod).flat());
  }

  /** @param {string[]} offered */
  _offer(offered) {
    const types = this._ordered(offered);
    this._choice.replaceChildren(...(types.length > 1 ? [this._tabs(types)] : []));
    this._pick(types.includes(this._method) && this._fields.length ? this._method : types[0]);
    this._applyOptions();
  }

  _applyOptions() {
    super._applyOptions();
    const { disabled, readOnly } = this._options;
    for (const radio of this._choice.querySelectorAll("input")) radio.disabled = disabled === true || readOnly === true;
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
      return make(
        "label",
        { class: "Tab" },
        radio,
        make("span", { class: "TabLabel" }, METHODS[/** @type {"card"} */ (type)])
      );
    });
    return make("fieldset", { class: "Tabs", "aria-label": "Payment method" }, ...tabs);
  }

  /** @param {string} chosen */
  _pick(chosen) {
    this._method = chosen;
    for (const [type, panel] of Object.entries(this._panels)) panel.hidden = type !== chosen;
    for (const radio of this._choice.querySelectorAll("input")) {
      radio.checked = radio.value === chosen;
      radio.parentElement?.classList.toggle("Tab--selected", radio.checked);
    }
  }
}
