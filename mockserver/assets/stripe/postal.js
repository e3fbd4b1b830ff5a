// Postal codes that belong to a card.

// Countries whose cards have no postal code. https://docs.stripe.com/js/element/postal_code_formatting says that there
// are such countries, but names none. Brazil is known; the others have no postal codes at all.
const CARDS_WITHOUT_POSTAL_CODE = ["AE", "BR", "HK", "PA"];

class PostalCodeField extends Field {
  /** @param {Partial<FieldOptions>} [options] */
  constructor(options = {}) {
    super({
      label: "ZIP",
      name: "postalCode",
      autocomplete: "billing postal-code",
      placeholder: "ZIP",
      format: (text) => this._formatFor(text),
      check: (text) => this._checkFor(text),
      ...options,
    });
    /** @type {string | undefined} */
    this._country = undefined;
    this.node.classList.add("Postal");
  }

  /** @param {string | undefined} country undefined if it is not known yet */
  setCountry(country) {
    if (country === this._country) return;
    this._country = country;
    const label = !country || country === "US" ? "ZIP" : "Postal code";
    this.relabel(label);
    // In a Card Element, the field is as wide as a ZIP code.
    this.input.setAttribute("placeholder", label.split(" ")[0]);
    this.text = this.text;
  }

  /** @param {string} text */
  _formatFor(text) {
    if (this._country === "US") return digitsOf(text).slice(0, 5);
    return text.replace(/[^0-9a-z -]/gi, "").toUpperCase();
  }

  /** @param {string} text */
  _checkFor(text) {
    if (this._country === "US" && digitsOf(text).length !== 5)
      return invalid("incomplete_zip", "Enter the 5 digits of the ZIP code.");
    return text.trim() ? null : invalid("incomplete_zip", `${this._label} is missing.`);
  }
}
