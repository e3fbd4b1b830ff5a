// HTTP client for the mock's Stripe API.

/** Sends requests with a publishable key and, for a connected account, the account's id. */
class Api {
  /**
   * @param {string} key
   * @param {string | undefined} account
   * @param {string} [namespace]
   */
  constructor(key, account, namespace) {
    this._headers = {
      Authorization: `Bearer ${key}`,
      ...(account ? { "Stripe-Account": account } : {}),
      // Some rules of the API are new in this version.
      ...(MOCK.train === "endive" ? { "Stripe-Version": "2026-09-30.endive" } : {}),
      ...(namespace ? { "Mock-Namespace": namespace } : {}),
    };
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} [query]
   */
  get(path, query = {}) {
    return this._fetch(`${path}?${new URLSearchParams(query)}`, { headers: this._headers });
  }

  /**
   * @param {string} path
   * @param {Record<string, any>} parameters
   */
  async post(path, parameters) {
    const pairs = [...formPairs(parameters)];
    // The fields reject real card numbers. This check also covers numbers that the page passes to a method directly.
    for (const [name, value] of pairs) {
      const number = value.replace(/[\s-]/g, "");
      const error = /^\d{12,19}$/.test(number) && !/phone|metadata/.test(name) && checkNumber(number);
      if (error && error.decline_code) return { error };
    }
    // Browsers may repeat a request when a keep-alive connection breaks; the key prevents a second execution.
    const key = [...crypto.getRandomValues(new Uint32Array(4))].join("-");
    const headers = { ...this._headers, "Idempotency-Key": key };
    // The browser sets Content-Type for a URLSearchParams body.
    return this._fetch(path, { method: "POST", headers, body: new URLSearchParams(pairs) });
  }

  /**
   * Return the response body, or an error in Stripe's format. Never throws.
   * @param {string} path
   * @param {RequestInit} request
   * @returns {Promise<{ body?: any, error?: any }>}
   */
  async _fetch(path, request) {
    if (!(await reachesMock())) {
      const message = `The mock server does not answer at ${ORIGIN}. Start it, and route this address to it.`;
      return { error: { type: "api_connection_error", message } };
    }
    let response;
    try {
      response = await fetch(ORIGIN + path, { ...request, credentials: "omit", referrerPolicy: "no-referrer" });
    } catch {
      return {
        error: { type: "api_connection_error", message: "Could not reach the mock server. Check the network." },
      };
    }
    try {
      const body = await response.json();
      if (response.ok) return { body };
      const message = `The mock server refused the request: ${body.detail}`;
      return { error: body.error || { type: "api_error", message } };
    } catch {
      return { error: { type: "api_error", message: "The mock server's response is incomplete or not JSON." } };
    }
  }
}

/**
 * Flatten nested values to the form fields of Stripe's API, for example `card[number]`.
 * @param {any} value
 * @param {string} [name]
 * @returns {Generator<[string, string]>}
 */
function* formPairs(value, name = "") {
  if (value === null || value === undefined) return;
  if (typeof value !== "object") yield [name, String(value)];
  else for (const [key, member] of Object.entries(value)) yield* formPairs(member, name ? `${name}[${key}]` : key);
}
