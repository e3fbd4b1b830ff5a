// Formatting and validation of IBANs (ISO 13616), and their field. The server writes IBANS: the test IBANs.

/** Stripe's test IBANs. The first one serves as an example. */
const TEST_IBANS = IBANS.split(" ");

/** @param {string} text */
const normalizeIban = (text) => text.replace(/[^0-9a-z]/gi, "").toUpperCase();

/** @param {string} text */
const formatIban = (text) =>
  normalizeIban(text)
    .slice(0, 34)
    .replace(/(.{4})(?=.)/g, "$1 ");

/**
 * Return the ISO 7064 checksum, which is 1 for a valid IBAN.
 * @param {string} iban
 */
function mod97(iban) {
  const rotated = iban.slice(4) + iban.slice(0, 4);
  return [...rotated].reduce((rest, char) => Number(`${rest}${parseInt(char, 36)}`) % 97, 0);
}

/**
 * @param {string} text
 * @returns {Failure | null}
 */
function checkIban(text) {
  const iban = normalizeIban(text);
  if (iban.length < 15) return invalid("incomplete_iban", "Enter the full IBAN.");
  if (!/^[A-Z]{2}\d\d/.test(iban) || mod97(iban) !== 1) {
    return invalid("invalid_iban", "This IBAN is invalid. Check its letters and digits.");
  }
  if (TEST_IBANS.includes(iban)) return null;
  return invalid(
    "invalid_iban",
    `The mock knows no such test IBAN, so it was not sent. Use a test IBAN such as ${formatIban(TEST_IBANS[0])}.`
  );
}

/** @param {FieldStyle} [style] */
function ibanField({ bare } = {}) {
  return new Field({
    label: "IBAN",
    name: "iban",
    inputMode: "text",
    placeholder: formatIban(TEST_IBANS[0]),
    wide: true,
    bare,
    format: formatIban,
    check: checkIban,
  });
}

/** @param {string} text */
const ibanData = (text) => ({ type: "sepa_debit", sepa_debit: { iban: normalizeIban(text) } });
