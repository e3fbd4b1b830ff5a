// Parts of this script that are loaded when they are first used, so that the script itself stays small. docs/frontend.md
// describes how they are loaded. The server writes CORE: the names of this script that the parts use.

/**
 * What each part defines.
 * @typedef {object} Parts
 * @property {{ AddressElement: typeof AddressElement }} address
 * @property {{ checkAppearance: typeof checkAppearance, sheetsOfAppearance: typeof sheetsOfAppearance }} appearance
 * @property {{ challenge: typeof challenge }} challenge
 * @property {{ confirmationTokenData: typeof confirmationTokenData }} confirmation_token
 * @property {{
 *   IbanElement: typeof IbanElement, checkIban: typeof checkIban, ibanData: typeof ibanData, ibanField: typeof ibanField
 * }} iban
 * @property {{
 *   ExpressCheckoutElement: typeof ExpressCheckoutElement, LinkAuthenticationElement: typeof LinkAuthenticationElement,
 *   PaymentRequestButtonElement: typeof PaymentRequestButtonElement, UnimplementedElement: typeof UnimplementedElement
 * }} other_elements
 * @property {{ PaymentElement: typeof PaymentElement }} payment
 */

/** @type {Map<string, Promise<any>>} */
const requestedParts = new Map();

/**
 * Load a part; each part is loaded once.
 * @template {keyof Parts} Name
 * @param {Name} name
 * @returns {Promise<Parts[Name]>}
 */
function loadPart(name) {
  const requested = requestedParts.get(name);
  if (requested) return requested;
  const request = requestPart(name);
  requestedParts.set(name, request);
  // The next use requests it again.
  request.catch(() => requestedParts.delete(name));
  return request;
}

/** @param {string} name */
async function requestPart(name) {
  // A page's policy allows the origin of this script. Tests that serve only this script from another origin get the
  // parts from the mock. Stripe's API is never asked for a script.
  const mock = ORIGIN === STRIPE_API ? `http://${MOCK.host}` : ORIGIN;
  const origins = SCRIPT && SCRIPT.src ? [new URL(SCRIPT.src).origin, mock] : [mock];
  const urls = [...new Set(origins)].map((origin) => `${origin}/__mock/stripe/${name}.js`);
  for (const url of urls) {
    const define = await fetchPart(url);
    if (define) return define(CORE);
  }
  throw usageError(`a part of this script did not load: ${urls.join(", ")}. Route these URLs to the mock.`);
}

/**
 * Run the script of a part. Return the function that it hands over; null if there is no such script.
 * @param {string} url
 * @returns {Promise<((core: any) => any) | null>}
 */
function fetchPart(url) {
  const script = make("script");
  if (SCRIPT) Object.assign(script, { nonce: SCRIPT.nonce, crossOrigin: SCRIPT.crossOrigin });
  return new Promise((resolve) => {
    // The part calls this function of its own script element, so that no global is needed.
    Object.assign(script, { mockPart: resolve });
    script.onload = script.onerror = () => {
      script.remove();
      resolve(null);
    };
    script.src = trustedUrl(url);
    document.head.append(script);
  });
}

/** @type {{ createScriptURL: (url: string) => string } | undefined} */
let urlPolicy;

/**
 * Pages can require that the URLs of scripts are trusted: https://www.w3.org/TR/trusted-types.
 * @param {string} url
 */
function trustedUrl(url) {
  const { trustedTypes } = /** @type {any} */ (window);
  if (!trustedTypes) return url;
  const createScriptURL = (/** @type {string} */ each) => each;
  urlPolicy ||= /** @type {typeof urlPolicy} */ (trustedTypes.createPolicy("mock-of-stripe-js", { createScriptURL }));
  return /** @type {{ createScriptURL: (url: string) => string }} */ (urlPolicy).createScriptURL(url);
}
