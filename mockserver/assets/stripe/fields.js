// The fields for cards.

/** @typedef {{ bare?: boolean }} FieldStyle */

/** @param {FieldStyle} [style] */
function numberField({ bare } = {}) {
  const field = new Field({
    label: "Card number",
    name: "number",
    autocomplete: "cc-number",
    inputMode: "numeric",
    placeholder: bare ? "Card number" : "1234 1234 1234 1234",
    wide: true,
    bare,
    format: formatNumber,
    check: checkNumber,
  });
  const brand = make("span", { class: "Brand", "aria-hidden": "true" });
  const frame = make("div", { class: "Number" });
  field.input.replaceWith(frame);
  frame.append(field.input, brand);
  if (bare) field.node.classList.replace("Plain", "Number");
  field.onWrite = () => {
    brand.textContent = brandOf(digitsOf(field.text)).label;
  };
  return field;
}

/** @param {FieldStyle} [style] */
function expiryField({ bare } = {}) {
  return new Field({
    label: "Expiration date",
    name: "expiry",
    autocomplete: "cc-exp",
    inputMode: "numeric",
    placeholder: "MM / YY",
    bare,
    format: (text, deleting) => (deleting && digitsOf(text).length < 3 ? digitsOf(text) : formatExpiry(text)),
    check: checkExpiry,
  });
}

/**
 * @param {() => string} getNumber returns the card number, which determines the code's length
 * @param {FieldStyle} [style]
 */
function cvcField(getNumber, { bare } = {}) {
  return new Field({
    label: "CVC",
    name: "cvc",
    autocomplete: "cc-csc",
    inputMode: "numeric",
    placeholder: bare ? "CVC" : "123",
    bare,
    format: (text) => digitsOf(text).slice(0, brandOf(digitsOf(getNumber())).cvc),
    check: (text) => checkCvc(text, getNumber()),
  });
}

/** Return the fields for a card's number, expiration date and security code, with visible labels. */
function cardFields() {
  const number = numberField();
  return [number, expiryField(), cvcField(() => number.text)];
}

const badge = () => make("p", { class: "Badge" }, "Mock: test cards only");

/**
 * Return the API's parameters for a card.
 * @param {string[]} texts number, expiration date and security code
 */
function cardData([number, expiry, cvc]) {
  const { month, year } = readExpiry(expiry);
  return {
    type: "card",
    card: { number: digitsOf(number), exp_month: month, exp_year: year, cvc: digitsOf(cvc) },
  };
}
