// Errors: wrong use of the API is thrown, invalid input is returned.

const NOT_IMPLEMENTED = "not implemented by the mock";

/** The page uses the API incorrectly. */
class IntegrationError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "IntegrationError";
  }
}

/**
 * Return an IntegrationError and also log it: wrappers such as React's hide errors that are thrown during setup.
 * @param {string} message
 */
function usageError(message) {
  const error = new IntegrationError(`Mock of Stripe.js: ${message}`);
  console.error(error.message);
  return error;
}

/**
 * @typedef {object} Failure
 * @property {import("@stripe/stripe-js").StripeErrorType} type
 * @property {string} [code]
 * @property {string} [decline_code]
 * @property {string} [message]
 */

/**
 * Return the error of an invalid field, in Stripe's format. The codes are Stripe's, the messages are the mock's own.
 * @param {string} code
 * @param {string} message
 * @returns {Failure}
 */
function invalid(code, message) {
  return { type: "validation_error", code, message };
}

/**
 * Return a client secret and the id of its intent. The real library also rejects any other underscore in a secret.
 * @param {unknown} secret
 * @param {string} caller
 * @param {boolean} [paymentIntents] whether the secret may be that of a payment intent
 */
function readSecret(secret, caller, paymentIntents = false) {
  const match = typeof secret === "string" ? /^((seti|pi)_[^_]+)_secret_[^_]+$/.exec(secret) : null;
  if (!match || typeof secret !== "string" || (match[2] === "pi" && !paymentIntents)) {
    const other = match ? "; for a payment intent, use confirmPayment()" : "";
    throw usageError(`${caller} needs a setup intent's client secret, seti_…_secret_…${other}.`);
  }
  return { id: match[1], secret };
}
