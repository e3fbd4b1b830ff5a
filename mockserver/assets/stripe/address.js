// The Address Element.

// ISO 3166-1 country codes, without uninhabited territories.
const COUNTRIES = (
  "AD AE AF AG AI AL AM AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CD CF CG CH " +
  "CI CK CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FO FR GA GB GD GE GF GG GH GI GL GM " +
  "GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI " +
  "LK LR LS LT LU LV LY MA MC MD ME MF MG MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU NZ " +
  "OM PA PE PF PG PH PK PL PM PR PS PT PY QA RE RO RS RU RW SA SB SC SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TA " +
  "TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VN VU WF WS XK YE YT ZA ZM ZW"
).split(" ");

// Countries that have no postal codes.
const NO_POSTAL_CODE = (
  "AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GA GD GH GM GQ GY HK JM KI KM KN LC ML MO MR MS MW NR " +
  "NU PA QA RW SB SC SL SR ST SY TG TK TL TO TT TV UG VU YE ZW"
).split(" ");

class AddressElement extends MockElement {
  /** @type {Record<string, Field>} */
  _byName;

  _build() {
    this._byName = this._makeFields();
    const fields = Object.values(this._byName);
    this._frame.append(make("div", { class: "Grid" }, ...fields.map(({ node }) => node)), this._badge);
    this._setDefaults();
    this._add(...fields);
  }

  /** Return the address: https://docs.stripe.com/js/elements_object/get_value_address_element documents the format. */
  getValue() {
    const { isNewAddress, value } = this._details();
    return Promise.resolve({ complete: this._complete, isNewAddress, value });
  }

  _details() {
    const { mode } = this._options;
    const text = (/** @type {string} */ name) => (this._byName[name] ? this._byName[name].text.trim() : "");
    const address = {
      line1: text("line1"),
      line2: text("line2") || null,
      city: text("city"),
      state: text("state"),
      postal_code: text("postal_code"),
      country: text("country"),
    };
    const phone = this._byName.phone ? { phone: text("phone") } : {};
    return { elementMode: mode, isNewAddress: true, value: { name: text("name"), address, ...phone } };
  }

  get _empty() {
    return this._shownFields().every((field) => field.empty || field.input instanceof HTMLSelectElement);
  }

  /** Return the billing details to send with a payment method. */
  _billing() {
    const { mode, fields } = this._options;
    if (mode !== "billing") return {};
    const { name, phone, address } = /** @type {any} */ (this._details().value);
    return { address, ...(phone ? { phone } : {}), ...(fields && fields.name === "never" ? {} : { name }) };
  }

  _makeFields() {
    const { mode, fields = {}, validation = {}, allowedCountries } = this._options;
    const names = new Intl.DisplayNames("en", { type: "region" });
    const codes = allowedCountries && allowedCountries.length ? allowedCountries : COUNTRIES;
    const isCode = (/** @type {string} */ code) => /^[A-Z]{2}$/.test(code);
    /** @type {[string, string][]} */
    const choices = codes.map((/** @type {string} */ code) => [code, (isCode(code) && names.of(code)) || code]);
    choices.sort(([, a], [, b]) => a.localeCompare(b));
    const field = (
      /** @type {string} */ label,
      /** @type {string} */ name,
      /** @type {Partial<FieldOptions>} */ options = {}
    ) => new Field({ label, name, autocomplete: `${mode} ${name.replace("_", "-")}`, ...options });
    return {
      ...(fields.name === "never" ? {} : { name: field("Full name", "name", { wide: true }) }),
      country: field("Country or region", "country", { wide: true, choices }),
      line1: field("Address line 1", "line1", { wide: true, autocomplete: `${mode} address-line1` }),
      line2: field("Address line 2", "line2", { wide: true, optional: true, autocomplete: `${mode} address-line2` }),
      postal_code: field("Postal code", "postal_code", {
        check: (text) =>
          text.trim() || NO_POSTAL_CODE.includes(this._byName.country.text)
            ? null
            : invalid("incomplete_field", "Postal code is missing."),
      }),
      city: field("City", "city", { autocomplete: `${mode} address-level2` }),
      state: field("State or province", "state", {
        wide: true,
        optional: true,
        autocomplete: `${mode} address-level1`,
      }),
      ...(fields.phone === "always"
        ? {
            phone: field("Phone number", "phone", {
              wide: true,
              inputMode: "tel",
              autocomplete: `${mode} tel`,
              optional: validation.phone?.required === "never",
            }),
          }
        : {}),
    };
  }

  _setDefaults() {
    const { defaultValues = {} } = this._options;
    const values = { ...defaultValues.address, name: defaultValues.name, phone: defaultValues.phone };
    const region = new Intl.Locale(navigator.language).region;
    const { input } = this._byName.country;
    const codes = [...input.querySelectorAll("option")].map((option) => option.value);
    const country = [values.country, region].find((code) => codes.includes(code)) || codes[0];
    for (const [name, field] of Object.entries(this._byName)) field.text = values[name] || "";
    this._byName.country.text = country;
  }
}
