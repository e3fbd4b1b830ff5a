// From what was entered to a setup intent that has succeeded, or to the error that says why not.

/** @typedef {{ setupIntent?: any, error?: any }} Outcome */

/**
 * Confirms, and does what is asked for on the way.
 * @param {Api} api
 * @param {{ id: string, secret: string }} intent
 * @param {Record<string, any>} parameters
 * @param {{ handleActions?: boolean }} [options]
 * @returns {Promise<Outcome>}
 */
async function confirmIntent(api, { id, secret }, parameters, { handleActions = true } = {}) {
  const { body, error } = await api.post(`/v1/setup_intents/${id}/confirm`, {
    ...parameters,
    client_secret: secret,
    use_stripe_sdk: true,
  });
  if (error) return { error };
  return handleActions ? settle(api, body, secret) : { setupIntent: body };
}

/**
 * Answers what the setup intent asks of the customer.
 * @param {Api} api
 * @param {any} setupIntent
 * @param {string} secret
 * @returns {Promise<Outcome>}
 */
async function settle(api, setupIntent, secret) {
  if (setupIntent.status !== "requires_action") return { setupIntent };
  const { redirect_to_url: away, use_stripe_sdk: here } = setupIntent.next_action;
  if (away) return leave(away.url);
  const { body, error } = here.answer
    ? // A scenario has answered it already, where nobody is there to do it.
      await api.get(`/v1/setup_intents/${setupIntent.id}`, { client_secret: secret })
    : await api.post(here.authenticate_path, {
        client_secret: secret,
        outcome: (await challenge()) ? "pass" : "fail",
      });
  if (error) return { error };
  return body.last_setup_error
    ? { error: { ...body.last_setup_error, setup_intent: body } }
    : settle(api, body, secret);
}

/**
 * What an element, or the id of a payment method, adds to a confirmation.
 * @param {any} given
 * @param {"card" | "sepa_debit"} type
 */
function methodOf(given, type) {
  if (given == null || typeof given === "string") return { payment_method: given };
  const { [type]: source, ...rest } = given;
  return { payment_method_data: { ...rest, ...dataOf(source, type) } };
}

/**
 * @param {any} source an element, or the details themselves
 * @param {"card" | "sepa_debit"} type
 */
function dataOf(source, type) {
  if (source instanceof MockElement) {
    checkMounted(source);
    return /** @type {CardElement} */ (source)._data();
  }
  if (source && (source.token || source.iban)) return { type, [type]: source };
  throw mistake(`an element for ${type} is needed, made by elements.create().`);
}

/**
 * The page that the customer is sent to, with what it is told in its query:
 * https://docs.stripe.com/payments/save-and-reuse names the parameters.
 * @param {string} address
 * @param {any} setupIntent
 * @param {string} secret
 */
function goTo(address, setupIntent, secret) {
  const url = new URL(address);
  url.searchParams.set("setup_intent", setupIntent.id);
  url.searchParams.set("setup_intent_client_secret", secret);
  url.searchParams.set("redirect_status", setupIntent.status === "processing" ? "pending" : setupIntent.status);
  return leave(url);
}

/**
 * Leaves the page. The promise is never kept: nothing of the page goes on after it.
 * @param {string | URL} url
 * @returns {Promise<any>}
 */
function leave(url) {
  window.location.assign(url);
  return new Promise(() => {});
}

/** @param {MockElement} element */
function checkMounted(element) {
  if (!element._isOnPage)
    throw mistake(`the element ${element._type} cannot be read: it is not on the page any more, or not yet.`);
}

/** @param {unknown} address */
function checkReturnUrl(address) {
  if (!isWebAddress(address))
    throw mistake(
      "confirmParams.return_url has to be a whole address, https://… or http://…, unless redirect is 'if_required'."
    );
}

/** @param {unknown} address */
function isWebAddress(address) {
  try {
    return /^https?:$/.test(new URL(String(address)).protocol);
  } catch {
    return false;
  }
}
