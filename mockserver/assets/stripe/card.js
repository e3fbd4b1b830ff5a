// The Card Element and its separate parts (number, date, code). They show an error by colour and to
// assistive technology only. The page shows the message, which it gets from change events.

/** Base class: fields without visible labels, and a `style` option. */
class BareElement extends MockElement {
  /**
   * @param {string} className
   * @param {...Field} fields
   */
  _show(className, ...fields) {
    this._frame.append(make("div", { class: className }, ...fields.map(({ node }) => node), this._badge));
    this._add(...fields);
  }

  /** The appearance of the group has no effect here: https://docs.stripe.com/elements/appearance-api. */
  _sheets() {
    return [STYLES, sheetOfStyle(this._options.style)];
  }

  _details() {
    return { error: this._error };
  }

  get _brand() {
    return brandOf(digitsOf(this._fields[0].text)).name;
  }

  /** @param {any} options */
  update(options) {
    super.update(options);
    if (options && options.style) this._restyle();
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
    this._postalCode = new PostalCodeField({ bare: true });
    this._postalCode.text = this._options.value?.postalCode || "";
    const showBrand = number.onWrite;
    number.onWrite = () => {
      showBrand();
      this._updatePostalCode();
    };
    const code = cvcField(() => number.text, { bare: true });
    this._show("Line", number, expiryField({ bare: true }), code, this._postalCode);
  }

  /** @param {any} options */
  update(options) {
    if (options?.value) this._postalCode.text = options.value.postalCode || "";
    const element = super.update(options);
    this._changed();
    return element;
  }

  _applyOptions() {
    super._applyOptions();
    this._updatePostalCode();
  }

  _details() {
    return { ...super._details(), brand: this._brand, value: { postalCode: this._shownPostalCode } };
  }

  _data() {
    const postal_code = this._shownPostalCode;
    return {
      ...cardData(this._fields.map((field) => field.text)),
      ...(postal_code ? { billing_details: { address: { postal_code } } } : {}),
    };
  }

  get _shownPostalCode() {
    return this._postalCode.node.hidden ? "" : this._postalCode.text;
  }

  /** The country of the card decides which postal codes are valid, and whether there is one. */
  _updatePostalCode() {
    const country = TEST_CARDS.get(digitsOf(this._fields[0]?.text || ""));
    this._postalCode.setCountry(country);
    this._postalCode.node.hidden =
      this._options.hidePostalCode === true || CARDS_WITHOUT_POSTAL_CODE.includes(country || "");
    const line = this._fields[0]?.node.parentElement;
    if (line) placeFields(line, this._fields, this._badge);
  }
}

const PARTS = ["cardNumber", "cardExpiry", "cardCvc"];

/** One part of a card, mounted separately. */
class CardPart extends BareElement {
  /**
   * @param {MockElements} group
   * @param {"cardNumber" | "cardExpiry" | "cardCvc"} type
   * @param {any} options
   */
  constructor(group, type, options) {
    super(group, type, options);
    const factories = {
      cardNumber: numberField,
      cardExpiry: expiryField,
      cardCvc: (/** @type {FieldStyle} */ style) => cvcField(() => group._textOf("cardNumber"), style),
    };
    this._show("Single", factories[type]({ bare: true }));
  }

  _details() {
    return { ...super._details(), ...(this._type === "cardNumber" ? { brand: this._brand } : {}) };
  }

  _applyOptions() {
    super._applyOptions();
    const { placeholder } = this._options;
    if (placeholder !== undefined) this._fields[0].input.setAttribute("placeholder", placeholder || " ");
  }

  _changed() {
    super._changed();
    // The number of digits in the security code depends on the card's brand.
    if (this._type === "cardNumber") this._group._elements.get("cardCvc")?._changed();
  }

  /** Return the data of the whole card. */
  _data() {
    return cardData(PARTS.map((type) => this._group._textOf(type)));
  }

  /** Validate all parts of the card. */
  _validateAll() {
    if (!this._group._elements.has("cardNumber"))
      throw usageError(`${this._type} needs a cardNumber element in the same group.`);
    return PARTS.map((type) => this._group._elements.get(type)?._validate()).find(Boolean) || null;
  }
}
