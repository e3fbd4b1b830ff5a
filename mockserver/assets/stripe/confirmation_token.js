// The parameters of a confirmation token, with which a server confirms a setup intent.

/**
 * Return what a group of elements collected, or the error of an invalid element.
 * @param {any} elements
 * @param {any} params what the page adds; it takes precedence over the elements
 * @returns {Promise<{ data?: any, error?: any }>}
 */
async function confirmationTokenData(elements, params) {
  const caller = "createConfirmationToken()";
  if (elements instanceof MockElements && !elements._submitted)
    throw usageError(`call elements.submit() and wait for it before ${caller}.`);
  const { payment_method_data = {}, return_url, shipping } = params;
  const path = "params.payment_method_data.billing_details";
  const { data, error } = await collect(elements, caller, path, payment_method_data.billing_details);
  if (error) return { error };
  return {
    data: {
      payment_method_data: mergeData({ billing_details: {}, ...payment_method_data }, data),
      return_url,
      setup_future_usage: elements._options.setupFutureUsage,
      shipping: shipping || shippingOf(elements),
    },
  };
}

/**
 * Return the content of an address element that asks for a shipping address.
 * @param {MockElements} elements
 */
function shippingOf(elements) {
  const address = elements._elements.get("address shipping");
  if (!address) return undefined;
  const { name, address: parts, phone } = /** @type {any} */ (address._details()).value;
  return { name, address: parts, phone };
}
