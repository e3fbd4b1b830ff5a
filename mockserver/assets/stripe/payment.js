// The Payment Element: a card or, if the setup intent allows it, a bank account.

class PaymentElement extends MockElement {
  /**
   * The selected payment method. As in Stripe.js, the first one is selected while the form is folded:
   * https://github.com/stripe/stripe-js/issues/507.
   * @type {string}
   */
  _method;
  /** @type {string[]} */
  _types;
  /** @type {boolean} */
  _collapsed;
  /**
   * Whether the customer has typed or has opened a payment method, or the page has called `collapse`.
   * @type {boolean}
   */
  _isArranged;
  /** @type {Record<string, Field[]>} */
  _byMethod;
  /** @type {CardAddress} */
  _address;
  /** @type {Record<string, HTMLElement>} */
  _panels;
  /** @type {HTMLElement} */
  _terms;
  /** @type {MethodList} */
  _list;
  /** @type {HTMLElement} */
  _failure;

  _build() {
    this._method = "card";
    this._types = [];
    this._collapsed = this._isArranged = false;
    this._byMethod = {};
    this._address = new CardAddress();
    this._fillDefaults();
    this._panels = {};
    this._terms = make("p", { class: "Terms" });
    this._list = this._newList();
    this._failure = make("p", { class: "Error", role: "alert" });
    this._frame.append(this._failure, this._list.node, this._badge);
    this._frame.addEventListener("input", () => (this._isArranged = true));
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
    const isNew = !this._fields.length;
    if (isNew) this._showMethods(types);
    this._emit("ready", { elementType: "payment" });
    this._tellMethods();
    // Stripe.js tells the selected payment method at first: https://github.com/stripe/stripe-js/issues/507.
    if (isNew) this._emit("change", this._change());
  }

  /** Fold the form: only the list of payment methods stays visible. */
  collapse() {
    this._isArranged = this._collapsed = true;
    this._arrange();
    this._changed();
    return this;
  }

  /** @param {any} options */
  update(options) {
    super.update(options);
    if (options?.defaultValues) {
      this._fillDefaults();
      this._changed();
    }
    if (options?.layout) {
      const { node } = this._list;
      this._list = this._newList();
      node.replaceWith(this._list.node);
    }
    if (this._fields.length && (options?.layout || options?.paymentMethodOrder)) {
      this._listMethods(this._types);
      this._arrange();
      this._changed();
    }
    return /** @type {any} */ (this);
  }

  focus() {
    if (this._collapsed) this._list.focus();
    else super.focus();
  }

  /** Return the type and details of the payment method, for the API. */
  _data() {
    const texts = this._byMethod[this._method].map((field) => field.text);
    return this._method === "sepa_debit" ? this._group._ibanPart.ibanData(texts[0]) : cardData(texts);
  }

  /**
   * Show all errors. A folded form is opened, and never valid: the customer has not seen what is submitted. Stripe.js
   * validates the first payment method: https://github.com/stripe/stripe-js/issues/507. The last error is the mock's own.
   */
  _validate() {
    const wasCollapsed = this._collapsed;
    if (wasCollapsed) this._open(this._method);
    const failed = super._validate();
    if (failed || !wasCollapsed) return failed;
    return { field: this._shownFields()[0], error: invalid("payment_method_not_selected", "Choose a payment method.") };
  }

  _shownFields() {
    return (this._byMethod[this._method] || []).filter(({ node }) => !node.hidden);
  }

  get _complete() {
    return !this._collapsed && super._complete;
  }

  get _empty() {
    return this._shownFields().every((field) => field.empty || field === this._address.country);
  }

  _details() {
    return { collapsed: this._collapsed, value: { type: this._method } };
  }

  /**
   * @param {any} billing the billing details that the page passes
   * @param {string} path where it passes them
   */
  _checkNeverCollected(billing, path) {
    checkNeverCollected(this._options.fields, this._method, billing, path);
  }

  /** @param {string[]} available */
  _showMethods(available) {
    const isNew = !this._fields.length;
    const before = this._types.join();
    for (const type of sortedMethods(available, []).filter((each) => !this._byMethod[each])) {
      this._byMethod[type] =
        type === "card" ? [...cardFields(), ...this._address.fields] : [this._group._ibanPart.ibanField()];
      this._panels[type] = this._panel(type);
      this._add(...this._byMethod[type]);
    }
    this._listMethods(available);
    if (isNew || !this._types.includes(this._method)) this._method = this._types[0];
    if (!this._isArranged) this._collapsed = this._list.startsCollapsed;
    this._arrange();
    if (isNew) this._lastChange = JSON.stringify(this._change());
    else if (before !== this._types.join()) this._tellMethods();
  }

  /** @param {string[]} available */
  _listMethods(available) {
    this._types = sortedMethods(available, this._options.paymentMethodOrder);
    this._list.show(this._types.map((type) => ({ type, label: METHODS[type], panel: this._panels[type] })));
  }

  /** Show the fields of the selected payment method, unless the form is folded. */
  _arrange() {
    // A form that cannot be opened again stays open.
    if (this._types.length && !this._list.canCollapse) this._collapsed = false;
    this._list.mark(this._collapsed ? null : this._method);
    this._applyOptions();
  }

  /** @param {string} type */
  _open(type) {
    this._method = type;
    this._isArranged = true;
    this._collapsed = false;
    this._arrange();
    this._changed();
  }

  _newList() {
    return methodList(this._options.layout, (type) => this._open(type));
  }

  _tellMethods() {
    const camelCase = (/** @type {string} */ type) => type.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
    const paymentMethods = Object.fromEntries(this._types.map((type) => [camelCase(type), { available: true }]));
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
    const { business, disabled, readOnly, terms = {} } = this._options;
    // In a form that is read-only, tabs cannot be selected, but accordion items can:
    // https://github.com/stripe/react-stripe-js/issues/557.
    this._list.disabled = disabled === true || (readOnly === true && !this._list.isReadable);
    const name = business?.name ? `${business.name} ` : "";
    this._terms.textContent = `This is a mock: you grant ${name}no mandate, and nothing is debited.`;
    this._terms.hidden = terms.sepaDebit === "never";
    for (const method of Object.keys(terms)) if (method !== "sepaDebit") warnOfOption(`terms.${method}`);
  }

  /** Fill in the default values that the element has a field for. */
  _fillDefaults() {
    const { defaultValues } = this._options;
    this._address.fill(defaultValues);
    checkDefaults(defaultValues);
  }

  /** @param {string[]} texts number, expiration date and security code of a card */
  _fill(texts) {
    this._open("card");
    texts.forEach((text, index) => {
      this._byMethod.card[index].text = text;
    });
    if (!this._address.postalCode.node.hidden) this._address.postalCode.text = "12345";
    this._changed();
  }

  /** @param {string} type */
  _panel(type) {
    const grid = make("div", { class: "Grid" }, ...this._byMethod[type].map(({ node }) => node));
    return make("div", { class: "Panel" }, grid, type === "sepa_debit" ? this._terms : null);
  }
}
