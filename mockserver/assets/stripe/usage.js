// Rules of the API: a page that breaks one gets an IntegrationError, as from Stripe.js.

const TRAINS = [3, "acacia", "basil", "clover", "dahlia", "endive"];
const MODES = ["payment", "setup", "subscription"];

/**
 * Return whether this script stands for a release train or for a later one.
 * @param {string} train
 */
const since = (train) => TRAINS.indexOf(MOCK.train) >= TRAINS.indexOf(train);

/**
 * Check the options of elements() and of elements.update().
 * @param {any} options the options after the update
 */
function checkGroupOptions({ mode, amount, currency, paymentMethodTypes, payment_method_types }) {
  if (mode !== undefined && !MODES.includes(mode))
    throw usageError(`elements(): mode is one of ${MODES.join(", ")}, not ${JSON.stringify(mode)}.`);
  if (mode === "payment" || mode === "subscription") {
    for (const [name, value] of Object.entries({ amount, currency }))
      if (value == null) throw usageError(`elements() with mode '${mode}' needs ${name}.`);
  }
  // https://docs.stripe.com/changelog: removed in 2026-09-30.endive.
  if (since("endive") && (paymentMethodTypes || payment_method_types))
    throw usageError("elements(): paymentMethodTypes was removed in endive; use allowedPaymentMethodTypes.");
}

// Members of billing details that a page must pass if the payment element does not collect the whole group. A page
// that passes no line2 is known to work.
const BILLING_MEMBERS = ["name", "email", "phone", "address"];
const ADDRESS_MEMBERS = ["line1", "city", "state", "postal_code", "country"];

/**
 * Check that the page passes all billing details that `fields` says are never collected.
 * @param {any} fields the payment element's option
 * @param {string} method the selected payment method
 * @param {any} details the billing details that the page passes
 * @param {string} path where it passes them
 */
function checkNeverCollected(fields = {}, method, details, path) {
  for (const rules of [fields.billingDetails, fields[method]?.billingDetails]) {
    const missing = missingMember(rules, details, "billing_details", BILLING_MEMBERS);
    if (missing) {
      const passed = path.replace(/billing_details$/, missing);
      throw usageError(`fields.${missing} is 'never', so pass the value as ${passed}.`);
    }
  }
}

/**
 * Return the path of the first member that is never collected and not passed either; null if there is none.
 * @param {any} rules 'never', or a rule for each member
 * @param {any} value
 * @param {string} path
 * @param {string[]} members the members that 'never' stands for
 * @returns {string | null}
 */
function missingMember(rules, value, path, members) {
  if (rules === "never" && (value == null || !members.length)) return value == null ? path : null;
  const byMember = rules === "never" ? members.map((name) => [name, rules]) : Object.entries(objectOr(rules));
  for (const [name, rule] of byMember) {
    const member = name === "postalCode" ? "postal_code" : name;
    const inner = member === "address" ? ADDRESS_MEMBERS : [];
    const missing = missingMember(rule, value?.[member], `${path}.${member}`, inner);
    if (missing) return missing;
  }
  return null;
}

/** @param {any} value */
const objectOr = (value) => (value && typeof value === "object" ? value : {});

/** @type {Set<string>} */
const warnedOptions = new Set();

/**
 * Say once in the console that a known option has no effect.
 * @param {string} name
 */
function warnOfOption(name) {
  if (!warnedOptions.has(name)) console.warn(`Mock of Stripe.js: the option ${name} has no effect in the mock.`);
  warnedOptions.add(name);
}
