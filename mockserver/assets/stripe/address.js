// The Address Element: its fields follow the address format of the country.

/** A select field whose choices change. */
class ChoiceField extends Field {
  /** @param {[string, string][]} choices */
  setChoices(choices) {
    this.input.replaceChildren(...choices.map(([value, text]) => make("option", { value }, text)));
    this.text = choices[0]?.[0] || "";
  }
}

class AddressElement extends MockElement {
  /**
   * The country that the fields are arranged for.
   * @type {string}
   */
  _country;
  /** @type {Record<string, Field>} */
  _byName;
  /** @type {HTMLElement} */
  _grid;

  _build() {
    this._country = "";
    this._byName = this._makeFields();
    const fields = Object.values(this._byName);
    this._grid = make("div", { class: "Grid" });
    this._frame.append(this._grid, this._badge);
    this._setDefaults();
    this._byName.country.onWrite = () => this._arrange();
    this._add(...fields);
  }

  /**
   * Show the errors, and return the address: https://docs.stripe.com/js/elements_object/get_value_address_element.
   * @param {{ format?: "latin" | "localized" }} [options]
   */
  async getValue({ format } = {}) {
    this._validate();
    return { complete: this._complete, isNewAddress: true, value: this._value(format) };
  }

  _details() {
    return { elementMode: this._options.mode, isNewAddress: true, value: this._value() };
  }

  /**
   * Until clover, the browser's language decides about the letters of a state; since dahlia, they are Latin.
   * @param {"latin" | "localized"} [format]
   */
  _value(format = since("dahlia") || !navigator.language.startsWith("ja") ? "latin" : "localized") {
    const text = (/** @type {string} */ name) => (this._isShown(name) ? this._byName[name].text.trim() : "");
    const country = text("country");
    const state = text("state_choice") || text("state");
    const parts = this._isShown("first_name") ? { firstName: text("first_name"), lastName: text("last_name") } : {};
    return {
      name: text("name") || Object.values(parts).filter(Boolean).join(" "),
      ...parts,
      address: {
        line1: text("line1"),
        line2: text("line2") || null,
        city: text("city"),
        state: format === "localized" ? localizedState(country, state) : state,
        postal_code: text("postal_code"),
        country,
      },
      ...(this._isShown("phone") ? { phone: text("phone") } : {}),
    };
  }

  get _empty() {
    return this._shownFields().every((field) => field.empty || field === this._byName.country);
  }

  /** Return the billing details to send with a payment method. */
  _billing() {
    const { fields } = this._options;
    const { name, phone, address } = /** @type {any} */ (this._value());
    return { address, ...(phone ? { phone } : {}), ...(fields && fields.name === "never" ? {} : { name }) };
  }

  /** @param {string} name */
  _isShown(name) {
    return !this._byName[name].node.hidden;
  }

  _makeFields() {
    const { mode, allowedCountries } = this._options;
    const field = (
      /** @type {string} */ label,
      /** @type {string} */ name,
      /** @type {Partial<FieldOptions>} */ options = {}
    ) => new ChoiceField({ label, name, wide: true, ...options, autocomplete: `${mode} ${options.autocomplete || name}` });
    const choices = countryChoices(allowedCountries?.length ? allowedCountries : undefined);
    return {
      name: field("Full name", "name"),
      first_name: field("First name", "firstName", { wide: false, autocomplete: "given-name" }),
      last_name: field("Last name", "lastName", { wide: false, autocomplete: "family-name" }),
      country: field("Country or region", "country", { choices }),
      line1: field("Address line 1", "line1", { autocomplete: "address-line1" }),
      line2: field("Address line 2", "line2", { autocomplete: "address-line2", optional: true }),
      postal_code: field("Postal code", "postal_code", {
        wide: false,
        autocomplete: "postal-code",
        check: (text) => checkPostalCode(text, this._country, this._postalCodeLabel),
      }),
      city: field("City", "city", { wide: false, autocomplete: "address-level2" }),
      state: field("State", "state", { autocomplete: "address-level1" }),
      state_choice: field("State", "state", { autocomplete: "address-level1", choices: [] }),
      phone: field("Phone number", "phone", { inputMode: "tel", autocomplete: "tel" }),
    };
  }

  _applyOptions() {
    super._applyOptions();
    const { fields = {}, display = {}, validation = {} } = this._options;
    const { name, first_name, last_name, phone } = this._byName;
    const isSplit = display.name === "split";
    name.node.hidden = isSplit || fields.name === "never";
    first_name.node.hidden = last_name.node.hidden = !isSplit || fields.name === "never";
    name.relabel(display.name === "organization" ? "Organization" : "Full name");
    phone.node.hidden = fields.phone !== "always";
    phone.setOptional(validation.phone?.required === "never");
    this._arrange();
  }

  /** Show the fields that addresses of the country have. */
  _arrange() {
    const { country, postal_code, city, state, state_choice } = this._byName;
    const code = country.text;
    const choices = stateChoices(code);
    postal_code.node.hidden = NO_POSTAL_CODE.includes(code);
    city.node.hidden = NO_CITY.includes(code);
    state.node.hidden = choices.length > 0 || ![...STATE_REQUIRED, ...STATE_OPTIONAL].includes(code);
    state_choice.node.hidden = !choices.length;
    placeFields(this._grid, Object.values(this._byName));
    if (code === this._country) return;
    this._country = code;
    postal_code.relabel(this._postalCodeLabel);
    city.relabel(code === "GB" ? "Town or city" : "City");
    for (const field of [state, state_choice]) {
      field.relabel(STATE_LABELS[code] || "State");
      field.setOptional(!STATE_REQUIRED.includes(code));
    }
    if (choices.length) /** @type {ChoiceField} */ (state_choice).setChoices([["", "Select"], ...choices]);
    // Another country can accept a postal code that the former country did not accept.
    postal_code.show(postal_code.shownError && postal_code.failure);
  }

  get _postalCodeLabel() {
    return POSTAL_CODE_LABELS[this._country] || "Postal code";
  }

  _setDefaults() {
    const { name, firstName, lastName, phone, address = {} } = this._options.defaultValues || {};
    const { country, state_choice } = this._byName;
    const codes = [...country.input.querySelectorAll("option")].map((option) => option.value);
    country.text = firstCountry(codes, address.country);
    this._arrange();
    const values = { ...address, name, phone, first_name: firstName, last_name: lastName, state_choice: address.state };
    delete values.country;
    for (const [key, value] of Object.entries(values)) if (this._byName[key] && value) this._byName[key].text = value;
    // The page can give the name of a state instead of its code.
    const named = stateChoices(this._country).find(([, text]) => text === address.state);
    if (named) state_choice.text = named[0];
  }
}
