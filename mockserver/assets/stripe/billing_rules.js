// The options `fields` and `defaultValues` of the Payment Element: the billing details that the page has.

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

/**
 * Return the path of each member that is no object.
 * @param {any} value
 * @param {string} path
 * @returns {string[]}
 */
function pathsOf(value, path) {
  if (!value || typeof value !== "object") return value ? [path] : [];
  if (Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, `${path}.${name}`));
}

/**
 * Say in the console which default values no field shows.
 * @param {any} defaultValues
 */
function checkDefaults(defaultValues) {
  for (const path of pathsOf(defaultValues, "defaultValues"))
    if (!/address\.(country|postal_code)$/.test(path)) warnOfOption(path);
}
