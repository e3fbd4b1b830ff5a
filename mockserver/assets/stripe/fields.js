// The fields of a card and of a bank account.

/** @typedef {{ bare?: boolean }} Look */

/** @param {Look} [look] */
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
  field.written = () => {
    brand.textContent = brandOf(digitsOf(field.text)).shown;
  };
  return field;
}

/** @param {Look} [look] */
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
 * @param {() => string} number how long the code is depends on it
 * @param {Look} [look]
 */
function codeField(number, { bare } = {}) {
  return new Field({
    label: "CVC",
    name: "cvc",
    autocomplete: "cc-csc",
    inputMode: "numeric",
    placeholder: bare ? "CVC" : "123",
    bare,
    format: (text) => digitsOf(text).slice(0, brandOf(digitsOf(number())).code),
    check: (text) => checkCode(text, number()),
  });
}

/** @param {Look} [look] */
function ibanField({ bare } = {}) {
  return new Field({
    label: "IBAN",
    name: "iban",
    inputMode: "text",
    placeholder: formatIban(MOCK.ibans[0]),
    wide: true,
    bare,
    format: formatIban,
    check: checkIban,
  });
}

const BADGE = "Mock: test cards only";
const badge = () => make("p", { class: "Badge" }, BADGE);

/**
 * What the API is sent of a card.
 * @param {{ number: string, expiry: string, code: string }} texts
 */
function cardData({ number, expiry, code }) {
  const { month, year } = readExpiry(expiry);
  return { number: digitsOf(number), exp_month: month, exp_year: year, cvc: digitsOf(code) };
}
