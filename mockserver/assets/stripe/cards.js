// Card numbers, dates and codes: how they are written, and what is wrong with them.

const BRANDS = [
  { name: "amex", shown: "Amex", start: /^3[47]/, lengths: [15], groups: [4, 6, 5], code: 4 },
  {
    name: "diners",
    shown: "Diners Club",
    start: /^3(0[0-5]|[689])/,
    lengths: [14, 16, 19],
    groups: [4, 6, 9],
    code: 3,
  },
  { name: "jcb", shown: "JCB", start: /^35(2[89]|[3-8])/, lengths: [16, 19], groups: [4, 4, 4, 7], code: 3 },
  { name: "unionpay", shown: "UnionPay", start: /^6(2|81)/, lengths: [16, 17, 18, 19], groups: [4, 4, 4, 7], code: 3 },
  { name: "discover", shown: "Discover", start: /^6(011|4[4-9]|5)/, lengths: [16, 19], groups: [4, 4, 4, 7], code: 3 },
  { name: "mastercard", shown: "Mastercard", start: /^(5[1-5]|2[2-7])/, lengths: [16], groups: [4, 4, 4, 4], code: 3 },
  { name: "visa", shown: "Visa", start: /^4/, lengths: [16], groups: [4, 4, 4, 4], code: 3 },
];
const UNKNOWN_BRAND = { name: "unknown", shown: "", start: /^/, lengths: [16, 19], groups: [4, 4, 4, 7], code: 3 };

/** @param {string} text */
const digitsOf = (text) => text.replace(/\D/g, "");

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
  const values = [...number].reverse().map((digit, place) => Number(digit) * (place % 2 ? 2 : 1));
  return values.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10 === 0;
}

/**
 * @param {string} text
 * @returns {Failure | null}
 */
function checkNumber(text) {
  const number = digitsOf(text);
  const { lengths } = brandOf(number);
  if (number.length < Math.min(...lengths)) return invalid("incomplete_number", "Enter the whole card number.");
  if (!lengths.includes(number.length) || !passesLuhn(number)) {
    return invalid("incorrect_number", "This is not a card number: please check its digits.");
  }
  if (MOCK.cards.includes(number)) return null;
  return {
    type: "card_error",
    code: "card_declined",
    decline_code: "test_mode_live_card",
    message: "This is not a test card. It was not sent anywhere; use a test card, such as 4242 4242 4242 4242.",
  };
}

/** @param {string} text */
function formatExpiry(text) {
  // Years in four digits are taken too: people paste, and password managers fill, 12/2034, 122034 and 2034-12.
  const [, before, after, first, second] = /^\s*(?:(\d\d?)\D*20(\d\d)|20(\d\d)\D+(\d\d?))\s*$/.exec(text) || [];
  if (after || first) return `${(before || second).padStart(2, "0")} / ${after || first}`;
  // One digit less is such a year while it is typed.
  if (/^\d\d \/ 20\d$/.test(text)) return text;
  const written = text.replace(/^(\d)\s*\//, "0$1/");
  let digits = digitsOf(written).slice(0, 4);
  if (/^[2-9]/.test(digits)) digits = `0${digits}`.slice(0, 4);
  return digits.length > 2 || /^\d\d\s*\//.test(written) ? `${digits.slice(0, 2)} / ${digits.slice(2)}` : digits;
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
  if (digitsOf(text).length !== 4) return invalid("incomplete_expiry", "Enter month and year, as in 12/34.");
  const { month, year } = readExpiry(text);
  if (month < 1 || month > 12) return invalid("invalid_expiry_month", "There is no such month.");
  const now = new Date();
  if (year < now.getFullYear()) return invalid("invalid_expiry_year_past", "This year is over: the card has expired.");
  if (year === now.getFullYear() && month <= now.getMonth()) {
    return invalid("invalid_expiry_month_past", "This month is over: the card has expired.");
  }
  if (year > now.getFullYear() + 50) return invalid("invalid_expiry_year", "No card is valid for that long.");
  return null;
}

/**
 * @param {string} text
 * @param {string} number
 * @returns {Failure | null}
 */
function checkCode(text, number) {
  const { code } = brandOf(digitsOf(number));
  return digitsOf(text).length !== code
    ? invalid("incomplete_cvc", `Enter the ${code} digits of the security code.`)
    : null;
}
