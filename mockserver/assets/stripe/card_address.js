// The country and postal code that the Payment Element asks for with a card.

// https://docs.stripe.com/changelog: since clover, no postal code in Canada, Puerto Rico and the United Kingdom.
const COUNTRIES_WITH_POSTAL_CODE = since("clover") ? ["US"] : ["CA", "GB", "PR", "US"];

class CardAddress {
  constructor() {
    this.country = new Field({
      label: "Country",
      name: "country",
      autocomplete: "billing country",
      choices: countryChoices(),
    });
    this.postalCode = new PostalCodeField();
    this.country.onWrite = () => this.postalCode.setCountry(this.country.text);
    this._defaults = this.fields.map((field) => field.text);
  }

  /**
   * Fill in the page's values, except where the customer has changed a field.
   * @param {any} defaultValues the option of the payment element
   */
  fill(defaultValues) {
    const { country, postal_code = "" } = defaultValues?.billingDetails?.address || {};
    const values = [firstCountry(COUNTRIES, country), postal_code];
    this.fields.forEach((field, index) => {
      if (field.text === this._defaults[index]) field.text = values[index];
    });
    this._defaults = this.fields.map((field) => field.text);
  }

  get fields() {
    return [this.country, this.postalCode];
  }

  /**
   * Show the fields that the page's rules leave to the form.
   * @param {any[]} rules the values of `fields.billingDetails`
   * @param {boolean} isElsewhere whether an address element asks for the billing address
   */
  arrange(rules, isElsewhere) {
    const addresses = rules.map((rule) => (rule === "never" ? rule : rule?.address));
    // With "if_required", a card needs no address: https://docs.stripe.com/js/elements_object/create_payment_element.
    const hidden = (/** @type {string} */ name) =>
      isElsewhere ||
      addresses.some((address) => ["never", "if_required"].includes(address) || address?.[name] === "never");
    this.country.node.hidden = hidden("country");
    this.postalCode.node.hidden =
      hidden("postalCode") || !COUNTRIES_WITH_POSTAL_CODE.includes(this.country.text);
    this.country.node.classList.toggle("Wide", this.postalCode.node.hidden);
  }

  /** The billing details that the fields show. */
  get details() {
    const { country, postalCode } = this;
    return {
      ...(country.node.hidden ? {} : { country: country.text }),
      ...(postalCode.node.hidden ? {} : { postal_code: postalCode.text }),
    };
  }
}
