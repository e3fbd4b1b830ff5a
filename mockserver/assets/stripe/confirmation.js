// Confirms setup intents and handles their next actions.

/** @typedef {{ setupIntent?: any, error?: any }} Outcome */

/**
 * Confirm a setup intent, and run its next actions unless `handleActions` is false.
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
  return handleActions ? runNextAction(api, body, secret) : { setupIntent: body };
}

/**
 * Run the setup intent's next action: a redirect or a challenge. Returns the final result.
 * @param {Api} api
 * @param {any} setupIntent
 * @param {string} secret
 * @returns {Promise<Outcome>}
 */
async function runNextAction(api, setupIntent, secret) {
  if (setupIntent.status !== "requires_action") return { setupIntent };
  const { redirect_to_url: redirect, use_stripe_sdk: sdk } = setupIntent.next_action;
  if (redirect) return navigate(redirect.url);
  const { body, error } = sdk.answer
    ? // The scenario has already answered the challenge.
      await api.get(`/v1/setup_intents/${setupIntent.id}`, { client_secret: secret })
    : await api.post(sdk.authenticate_path, {
        client_secret: secret,
        outcome: (await (await loadPart("challenge")).challenge()) ? "pass" : "fail",
      });
  if (error) return { error };
  return body.last_setup_error
    ? { error: { ...body.last_setup_error, setup_intent: body } }
    : runNextAction(api, body, secret);
}

/**
 * Return the confirmation parameters for a payment method, given by its id or by an element.
 * @param {any} method
 * @param {"card" | "sepa_debit"} type
 */
function paymentMethodParams(method, type) {
  if (method == null || typeof method === "string") return { payment_method: method };
  const { [type]: source, ...rest } = method;
  return { payment_method_data: mergeData(sourceData(source, type), rest) };
}

/**
 * @param {any} source an element, or the payment method's details
 * @param {"card" | "sepa_debit"} type
 */
function sourceData(source, type) {
  if (source instanceof MockElement) {
    checkMounted(source);
    return /** @type {CardElement} */ (source)._data();
  }
  if (source && (source.token || source.iban)) return { type, [type]: source };
  throw usageError(`an element for ${type} is required; create it with elements.create().`);
}

/**
 * Navigate to the return URL with the result in its query: https://docs.stripe.com/payments/save-and-reuse documents
 * the parameters.
 * @param {string} address
 * @param {any} setupIntent
 * @param {string} secret
 */
function returnTo(address, setupIntent, secret) {
  const url = new URL(address);
  url.searchParams.set("setup_intent", setupIntent.id);
  url.searchParams.set("setup_intent_client_secret", secret);
  url.searchParams.set("redirect_status", setupIntent.status === "processing" ? "pending" : setupIntent.status);
  return navigate(url);
}

/**
 * Leave the page. The promise never settles, so that the calling code does not continue.
 * @param {string | URL} url
 * @returns {Promise<any>}
 */
function navigate(url) {
  window.location.assign(url);
  return new Promise(() => {});
}

/** @param {MockElement} element */
function checkMounted(element) {
  if (!element._isOnPage) throw usageError(`the element ${element._type} is not mounted on the page.`);
}

/** @param {unknown} address */
function checkReturnUrl(address) {
  if (!isHttpUrl(address))
    throw usageError("confirmParams.return_url must be an absolute http or https URL if redirect is 'always'.");
}

/** @param {unknown} address */
function isHttpUrl(address) {
  try {
    return /^https?:$/.test(new URL(String(address)).protocol);
  } catch {
    return false;
  }
}
