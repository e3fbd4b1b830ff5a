// IBANs (ISO 13616): how they are written, and what is wrong with them.

/** @param {string} text */
const ibanOf = (text) => text.replace(/[^0-9a-z]/gi, "").toUpperCase();

/** @param {string} text */
const formatIban = (text) =>
  ibanOf(text)
    .slice(0, 34)
    .replace(/(.{4})(?=.)/g, "$1 ");

/** @param {string} iban */
function remainderOf(iban) {
  const moved = iban.slice(4) + iban.slice(0, 4);
  return [...moved].reduce((rest, sign) => Number(`${rest}${parseInt(sign, 36)}`) % 97, 0);
}

/**
 * @param {string} text
 * @returns {Failure | null}
 */
function checkIban(text) {
  const iban = ibanOf(text);
  if (iban.length < 15) return invalid("incomplete_iban", "Enter the whole IBAN.");
  if (!/^[A-Z]{2}\d\d/.test(iban) || remainderOf(iban) !== 1) {
    return invalid("invalid_iban", "This is not an IBAN: please check its letters and digits.");
  }
  if (MOCK.ibans.includes(iban)) return null;
  return invalid(
    "invalid_iban",
    `This is not a test IBAN. It was not sent anywhere; use a test IBAN, such as ${formatIban(MOCK.ibans[0])}.`
  );
}
