// What goes wrong: mistakes in the page's code are thrown, mistakes of the person who types are values.

const NOT_IMPLEMENTED = "not implemented by the mock";

/** A mistake in how the page uses the library. */
class IntegrationError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "IntegrationError";
  }
}

/**
 * An IntegrationError that is told on the console too: wrappers swallow what is thrown while they set up.
 * @param {string} message
 */
function mistake(message) {
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
 * What a field says no with, in the shape of Stripe's errors. The codes are Stripe's, the words are ours.
 * @param {string} code
 * @param {string} message
 * @returns {Failure}
 */
function invalid(code, message) {
  return { type: "validation_error", code, message };
}

/**
 * The two halves of a client secret. Other underscores inside would be refused by the real library as well.
 * @param {unknown} secret
 * @param {string} place
 */
function readSecret(secret, place) {
  const found = typeof secret === "string" ? /^(seti_[^_]+)_secret_[^_]+$/.exec(secret) : null;
  if (!found || typeof secret !== "string") {
    throw mistake(`${place} needs a setup intent's client secret, seti_…_secret_…, and what it was given is none.`);
  }
  return { id: found[1], secret };
}
