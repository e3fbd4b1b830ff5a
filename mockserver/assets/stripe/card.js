// The older elements for a card, whole or in parts, and for an IBAN. They show their errors by colour and to assistive
// technology only: the page shows the text, which change events bring.

/** What these have in common: fields without visible labels, and a `style` option. */
class BareElement extends MockElement {
  _ownSheet() {
    return sheetOfStyle(this._options.style);
  }

  _details() {
    return { error: this._error };
  }

  /** @param {any} options */
  update(options) {
    super.update(options);
    if (options && options.style) this._root.adoptedStyleSheets = this._group._sheets(this._ownSheet());
    return /** @type {any} */ (this);
  }
}

class CardElement extends BareElement {
  /**
   * @param {MockElements} group
   * @param {any} options
   */
  constructor(group, options) {
    super(group, "card", options);
    const number = numberField({ bare: true });
    const fields = [number, expiryField({ bare: true }), codeField(() => number.text, { bare: true })];
    this._frame.append(make("div", { class: "Line" }, ...fields.map(({ node }) => node), this._badge));
    this._add(...fields);
  }

  _details() {
    return { ...super._details(), brand: brandOf(digitsOf(this._fields[0].text)).name, value: { postalCode: "" } };
  }

  _data() {
    const [number, expiry, code] = this._fields.map((field) => field.text);
    return { type: "card", card: cardData({ number, expiry, code }) };
  }
}

const PARTS = ["cardNumber", "cardExpiry", "cardCvc"];

/** One part of a card, in a place of its own. */
class CardPart extends BareElement {
  /**
   * @param {MockElements} group
   * @param {"cardNumber" | "cardExpiry" | "cardCvc"} type
   * @param {any} options
   */
  constructor(group, type, options) {
    super(group, type, options);
    const makers = {
      cardNumber: numberField,
      cardExpiry: expiryField,
      cardCvc: (/** @type {Look} */ look) => codeField(() => group._textOf("cardNumber"), look),
    };
    const field = makers[type]({ bare: true });
    this._frame.append(make("div", { class: "Single" }, field.node, this._badge));
    this._add(field);
  }

  _details() {
    const brand = this._type === "cardNumber" ? { brand: brandOf(digitsOf(this._fields[0].text)).name } : {};
    return { ...super._details(), ...brand };
  }

  _applyOptions() {
    super._applyOptions();
    const { placeholder } = this._options;
    if (placeholder !== undefined) this._fields[0].input.setAttribute("placeholder", placeholder || " ");
  }

  _changed() {
    super._changed();
    // How long a code is depends on the number.
    if (this._type === "cardNumber") this._group._all.get("cardCvc")?._changed();
  }

  /** The whole card, of which this is a part. */
  _data() {
    const [number, expiry, code] = PARTS.map((type) => this._group._textOf(type));
    return { type: "card", card: cardData({ number, expiry, code }) };
  }

  /** Every part of the card is looked at. */
  _validateWhole() {
    if (!this._group._all.has("cardNumber")) throw mistake(`${this._type} needs a cardNumber in the same group.`);
    return PARTS.map((type) => this._group._all.get(type)?._validate()).find(Boolean) || null;
  }
}

class IbanElement extends BareElement {
  /**
   * @param {MockElements} group
   * @param {any} options
   */
  constructor(group, options) {
    super(group, "iban", options);
    const field = ibanField({ bare: true });
    this._frame.append(make("div", { class: "Single" }, field.node, this._badge));
    this._add(field);
  }

  _details() {
    return { ...super._details(), country: ibanOf(this._fields[0].text).slice(0, 2), bankName: "" };
  }

  _data() {
    return { type: "sepa_debit", sepa_debit: { iban: ibanOf(this._fields[0].text) } };
  }
}
