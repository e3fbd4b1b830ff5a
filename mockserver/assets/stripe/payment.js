// The Payment Element: a card or, if the setup intent allows it, a bank account.

const METHODS = { card: "Card", sepa_debit: "SEPA Direct Debit" };

class PaymentElement extends MockElement {
  /** @type {string} */
  _method;
  /** @type {Record<string, Field[]>} */
  _byMethod;
  /** @type {CardAddress} */
  _address;
  /** @type {Record<string, HTMLElement>} */
  _panels;
  /** @type {HTMLElement} */
  _tabList;
  /** @type {HTMLElement} */
  _failure;

  _build() {
    this._method = "card";
    this._byMethod = {};
    this._address = new CardAddress(this._options);
    this._panels = {};
    for (const name of ["applePay", "business", "terms", "walletOptions", "wallets"])
      if (this._options[name]) warnOfOption(name);
    this._tabList = make("div");
    this._failure = make("p", { class: "Error", role: "alert" });
    this._frame.append(this._failure, this._tabList, this._badge);
  }

  async _start() {
    this._emit("loaderstart", { elementType: "payment" });
    const mounts = this._mounts;
    const { error, types } = await this._group._methods();
    if (!this._container || mounts !== this._mounts) return;
    this._failure.textContent = error ? error.message || "The form is unavailable." : "";
    if (error) {
      this._emit("loaderror", { elementType: "payment", error });
      return;
    }
    if (!this._fields.length) this._showMethods(types);
    this._emit("ready", { elementType: "payment" });
    this._tellMethods(this._sorted(types));
  }

  /** Does nothing: the list of payment methods is always visible. */
  collapse() {
    return this;
  }

  /** Return the type and details of the payment method, for the API. */
  _data() {
    const texts = this._byMethod[this._method].map((field) => field.text);
    return this._method === "sepa_debit" ? this._group._ibanPart.ibanData(texts[0]) : cardData(texts);
  }

  _shownFields() {
    return (this._byMethod[this._method] || []).filter(({ node }) => !node.hidden);
  }

  get _empty() {
    return this._shownFields().every((field) => field.empty || field === this._address.country);
  }

  _details() {
    return { collapsed: false, value: { type: this._method } };
  }


  /** @param {string[]} available */
  _showMethods(available) {
    const types = this._sorted(available);
    const isNew = !this._fields.length;
    for (const type of types.filter((each) => !this._byMethod[each])) {
      this._byMethod[type] =
        type === "card" ? [...cardFields(), ...this._address.fields] : [this._group._ibanPart.ibanField()];
      this._panels[type] = this._panel(type);
      this._badge.before(this._panels[type]);
      this._add(...this._byMethod[type]);
    }
    this._tabList.replaceChildren(...(types.length > 1 ? [this._tabs(types)] : []));
    this._select(types.includes(this._method) && !isNew ? this._method : types[0]);
    this._applyOptions();
    if (isNew) this._lastChange = JSON.stringify(this._change());
    else this._tellMethods(types);
  }

  /** @param {string[]} types */
  _tellMethods(types) {
    const camelCase = (/** @type {string} */ type) => type.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
    const paymentMethods = Object.fromEntries(types.map((type) => [camelCase(type), { available: true }]));
    this._emit("availablepaymentmethodschange", { elementType: "payment", paymentMethods });
  }

  /** Return the billing details that the selected payment method asks for. */
  _billing() {
    const address = this._method === "card" ? this._address.details : {};
    return Object.keys(address).length ? { address } : {};
  }

  /** The address element of the group, if it asks for the billing address, replaces the address of the card. */
  _arrangeAddress() {
    const { fields = {} } = this._options;
    const rules = [fields.billingDetails, fields.card?.billingDetails];
    this._address.arrange(rules, this._group._asksForBillingAddress);
    const card = this._byMethod.card || [];
    const grid = card[0]?.node.parentElement;
    if (grid) placeFields(grid, card);
  }

  _changed() {
    this._arrangeAddress();
    super._changed();
  }

  _applyOptions() {
    super._applyOptions();
    this._arrangeAddress();
    const { disabled, readOnly } = this._options;
    for (const radio of this._tabList.querySelectorAll("input")) {
      radio.disabled = disabled === true || readOnly === true;
    }
  }

  /** @param {string[]} texts number, expiration date and security code of a card */
  _fill(texts) {
    this._select("card");
    texts.forEach((text, index) => {
      this._byMethod.card[index].text = text;
    });
    if (!this._address.postalCode.node.hidden) this._address.postalCode.text = "12345";
    this._changed();
  }

  /** @param {string[]} available */
  _sorted(available) {
    const order = this._options.paymentMethodOrder || [];
    const known = available.filter((type) => type in METHODS);
    if (!known.length) known.push("card");
    const first = order.filter((/** @type {string} */ type) => known.includes(type));
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
      panel.append(make("p", { class: "Terms" }, "This is a mock: you grant no mandate, and nothing is debited."));
    }
    return panel;
  }

  /** @param {string[]} types */
  _tabs(types) {
    const name = newId();
    const tabs = types.map((type) => {
      const radio = make("input", { type: "radio", name, value: type });
      radio.addEventListener("change", () => {
        this._select(type);
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

  /** @param {string} selected */
  _select(selected) {
    this._method = selected;
    for (const [type, panel] of Object.entries(this._panels)) panel.hidden = type !== selected;
    for (const radio of this._tabList.querySelectorAll("input")) {
      radio.checked = radio.value === selected;
      radio.parentElement?.classList.toggle("Tab--selected", radio.checked);
    }
  }
}
