// Stripe's side of the mock, over HTTP.

/** One caller: a publishable key and, for a connected account, its id. */
class Api {
  /**
   * @param {string} key
   * @param {string | undefined} account
   */
  constructor(key, account) {
    this._headers = { Authorization: `Bearer ${key}`, ...(account ? { "Stripe-Account": account } : {}) };
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} [query]
   */
  get(path, query = {}) {
    return this._ask(`${path}?${new URLSearchParams(query)}`, { headers: this._headers });
  }

  /**
   * @param {string} path
   * @param {Record<string, any>} parameters
   */
  async post(path, parameters) {
    const sent = [...pairs(parameters)];
    // Whoever gives a number by hand, past the fields, sends no real one either.
    for (const [name, value] of sent) {
      const number = value.replace(/[\s-]/g, "");
      const error = /^\d{12,19}$/.test(number) && !/phone|metadata/.test(name) && checkNumber(number);
      if (error && error.decline_code) return { error };
    }
    // Browsers send a request again, of their own accord, when a connection that was kept open breaks.
    const key = [...crypto.getRandomValues(new Uint32Array(4))].join("-");
    const headers = { ...this._headers, "Idempotency-Key": key };
    // The browser adds the media type that belongs to such a body.
    return this._ask(path, { method: "POST", headers, body: new URLSearchParams(sent) });
  }

  /**
   * What the API answers, or the error in Stripe's shape: nothing is thrown.
   * @param {string} path
   * @param {RequestInit} request
   * @returns {Promise<{ body?: any, error?: any }>}
   */
  async _ask(path, request) {
    let response;
    try {
      response = await fetch(ORIGIN + path, { ...request, credentials: "omit", referrerPolicy: "no-referrer" });
    } catch {
      return {
        error: { type: "api_connection_error", message: "The mock server could not be reached; check the network." },
      };
    }
    try {
      const body = await response.json();
      if (response.ok) return { body };
      return { error: body.error || { type: "api_error", message: `The mock server refused this: ${body.detail}` } };
    } catch {
      return { error: { type: "api_error", message: "The mock server's answer was cut off, or is no JSON." } };
    }
  }
}

/**
 * Nested values as Stripe's API reads them in forms: `card[number]`.
 * @param {any} value
 * @param {string} [name]
 * @returns {Generator<[string, string]>}
 */
function* pairs(value, name = "") {
  if (value === null || value === undefined) return;
  if (typeof value !== "object") yield [name, String(value)];
  else for (const [key, member] of Object.entries(value)) yield* pairs(member, name ? `${name}[${key}]` : key);
}
