// The options that elements() and elements.create() know. Others are accepted, with a warning in the console.

// The names in the types of @stripe/stripe-js, version 4 to 10. Those with a minus have no effect in the mock. Elements
// that show nothing are not listed: none of their options has an effect.
const OPTIONS = /** @type {Record<string, string>} */ ({
  elements:
    "allowedPaymentMethodTypes amount appearance clientSecret currency mode paymentMethodCreation paymentMethodTypes " +
    "payment_method_types setupFutureUsage -adaptivePricing -captureMethod -capture_method -customPaymentMethods " +
    "-customerOptions -customerSessionClientSecret -excludedPaymentMethodTypes -externalPaymentMethodTypes -fonts " +
    "-loader -locale -onBehalfOf -on_behalf_of -paymentMethodConfiguration -paymentMethodOptions " +
    "-payment_method_configuration -payment_method_options -setup_future_usage -syncAddressCheckbox",
  payment:
    "business defaultValues disabled fields layout paymentMethodOrder readOnly terms -applePay -walletOptions -wallets",
  card: "classes disabled hidePostalCode style value -disableLink -hideIcon -iconStyle -preferredNetwork",
  cardNumber: "classes disabled placeholder style -disableLink -iconStyle -preferredNetwork -showIcon",
  cardExpiry: "classes disabled placeholder style",
  cardCvc: "classes disabled placeholder style",
  iban: "classes disabled style supportedCountries -hideIcon -iconStyle -placeholderCountry",
  address: "allowedCountries defaultValues display fields mode validation -autocomplete -blockPoBox -contacts",
  linkAuthentication: "defaultValues",
});

/**
 * Check the options of elements(), or of an element.
 * @param {string} type "elements", or a type of element
 * @param {any} options
 */
function checkOptions(type, options) {
  // https://docs.stripe.com/changelog: 2026-03-25.dahlia.
  if (type === "payment" && since("dahlia") && typeof options?.layout?.radios === "boolean")
    throw usageError("layout.radios is 'auto', 'always', 'never' or 'if_multiple' since dahlia, not a boolean.");
  if (!(type in OPTIONS)) return;
  const known = OPTIONS[type].split(" ");
  for (const [name, value] of Object.entries(options || {})) {
    if (known.includes(name)) continue;
    if (!known.includes(`-${name}`)) warnOfUnknown(type, name);
    else if (value && value !== "auto" && !(name === "locale" && /^en\b/.test(value))) warnOfOption(name);
  }
}

/** @type {Set<string>} */
const warnings = new Set();

/** @param {string} message printed once in the console */
function warnOnce(message) {
  if (!warnings.has(message)) console.warn(`Mock of Stripe.js: ${message}`);
  warnings.add(message);
}

/**
 * Say that a known option has no effect.
 * @param {string} name
 */
const warnOfOption = (name) => warnOnce(`the option ${name} has no effect in the mock.`);

/**
 * Warn like Stripe.js: https://github.com/ectoflow/vue-stripe-elements/issues/31.
 * @param {string} type
 * @param {string} name
 */
const warnOfUnknown = (type, name) =>
  warnOnce(
    `Unrecognized ${type === "elements" ? type : "create"}() parameter: ${name} is not a recognized parameter. ` +
      "This may cause issues with your integration in the future."
  );
