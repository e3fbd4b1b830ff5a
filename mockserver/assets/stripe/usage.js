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
