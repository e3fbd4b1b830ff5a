// Formatting and validation of card numbers, expiration dates and security codes.

/** @param {string} text */
const digitsOf = (text) => text.replace(/\D/g, "");

/** Stripe's test cards: the number, and the country of the card. */
const TEST_CARDS = new Map(
  MOCK.cards.split(" ").map((card) => [digitsOf(card), card.replace(/\d+/, "") || "US"])
);

const BRANDS = [
  { name: "amex", label: "Amex", start: /^3[47]/, lengths: [15], groups: [4, 6, 5], cvc: 4 },
  {
    name: "diners",
    label: "Diners Club",
    start: /^3(0[0-5]|[689])/,
    lengths: [14, 16, 19],
    groups: [4, 6, 9],
    cvc: 3,
  },
  { name: "jcb", label: "JCB", start: /^35(2[89]|[3-8])/, lengths: [16, 19], groups: [4, 4, 4, 7], cvc: 3 },
  { name: "unionpay", label: "UnionPay", start: /^6(2|81)/, lengths: [16, 17, 18, 19], groups: [4, 4, 4, 7], cvc: 3 },
  { name: "discover", label: "Discover", start: /^6(011|4[4-9]|5)/, lengths: [16, 19], groups: [4, 4, 4, 7], cvc: 3 },
  { name: "mastercard", label: "Mastercard", start: /^(5[1-5]|2[2-7])/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
  { name: "visa", label: "Visa", start: /^4/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
];
const UNKNOWN_BRAND = { name: "unknown", label: "", start: /^/, lengths: [16, 19], groups: [4, 4, 4, 7], cvc: 3 };

/** @param {string} number */
const brandOf = (number) => BRANDS.find((brand) => brand.start.test(number)) || UNKNOWN_BRAND;

/** @param {string} text */
function formatNumber(text) {
  const brand = brandOf(digitsOf(text));
  let rest = digitsOf(text).slice(0, Math.max(...brand.lengths));
  const groups = [];
  for (const size of brand.groups) {
    if (rest) groups.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return groups.join(" ");
}

/** @param {string} number */
function passesLuhn(number) {
  const values = [...number].reverse().map((digit, index) => Number(digit) * (index % 2 ? 2 : 1));
  return values.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10 === 0;
}

/**
 * @param {string} text
 * @returns {Failure | null}
 */
function checkNumber(text) {
  const number = digitsOf(text);
  const { lengths } = brandOf(number);
  if (number.length < Math.min(...lengths)) return invalid("incomplete_number", "Enter the full card number.");
  if (!lengths.includes(number.length) || !passesLuhn(number)) {
    return invalid("incorrect_number", "This card number is invalid. Check its digits.");
  }
  if (TEST_CARDS.has(number)) return null;
  return {
    type: "card_error",
    code: "card_declined",
    decline_code: "test_mode_live_card",
    message: "This is not a test card, so it was not sent. Use a test card such as 4242 4242 4242 4242.",
  };
}

/** @param {string} text */
function formatExpiry(text) {
  // People paste and password managers fill in four-digit years: 12/2034, 122034 and 2034-12.
  const [, month1, year1, year2, month2] = /^\s*(?:(\d\d?)\D*20(\d\d)|20(\d\d)\D+(\d\d?))\s*$/.exec(text) || [];
  if (year1 || year2) return `${(month1 || month2).padStart(2, "0")} / ${year1 || year2}`;
  // A four-digit year that is still being typed.
  if (/^\d\d \/ 20\d$/.test(text)) return text;
  const padded = text.replace(/^(\d)\s*\//, "0$1/");
  let digits = digitsOf(padded).slice(0, 4);
  if (/^[2-9]/.test(digits)) digits = `0${digits}`.slice(0, 4);
  return digits.length > 2 || /^\d\d\s*\//.test(padded) ? `${digits.slice(0, 2)} / ${digits.slice(2)}` : digits;
}

/** @param {string} text */
function readExpiry(text) {
  const digits = digitsOf(text);
  return { month: Number(digits.slice(0, 2)), year: 2000 + Number(digits.slice(2, 4)) };
}

/**
 * @param {string} text
 * @returns {Failure | null}
 */
function checkExpiry(text) {
  if (digitsOf(text).length !== 4) return invalid("incomplete_expiry", "Enter month and year, for example 12/34.");
  const { month, year } = readExpiry(text);
  if (month < 1 || month > 12) return invalid("invalid_expiry_month", "This month does not exist.");
  const now = new Date();
  if (year < now.getFullYear()) return invalid("invalid_expiry_year_past", "The card has expired: the year is past.");
  if (year === now.getFullYear() && month <= now.getMonth()) {
    return invalid("invalid_expiry_month_past", "The card has expired: the month is past.");
  }
  if (year > now.getFullYear() + 50) return invalid("invalid_expiry_year", "This year is too far in the future.");
  return null;
}

/**
 * @param {string} text
 * @param {string} number
 * @returns {Failure | null}
 */
function checkCvc(text, number) {
  const { cvc } = brandOf(digitsOf(number));
  return digitsOf(text).length !== cvc ? invalid("incomplete_cvc", `Enter the ${cvc}-digit security code.`) : null;
}
