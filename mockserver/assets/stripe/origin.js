// The origin of the mock server. The server defines MOCK before this file: the host and the release train of the
// script's URL, and Stripe's test cards.

const STRIPE_API = "https://api.stripe.com";

/** The element that loaded this script; null if the page runs the script in another way. */
const SCRIPT = /** @type {HTMLScriptElement | null} */ (document.currentScript);

const ORIGIN = (() => {
  const origin = SCRIPT && SCRIPT.src ? new URL(SCRIPT.src).origin : "";
  // A test tool routes Stripe's addresses to the mock. The Content-Security-Policy of an app allows only these.
  if (origin === "https://js.stripe.com") return STRIPE_API;
  // A test can serve this script from another URL: then use MOCK.host. A proxy in front of the mock can use https: then
  // use the script's own origin.
  return !MOCK.host || origin.endsWith(`//${MOCK.host}`) ? origin : `http://${MOCK.host}`;
})();

/** @type {Promise<boolean> | undefined} */
let routed;

/**
 * Whether requests to ORIGIN reach the mock. Nothing else is sent to Stripe's address before the mock has answered there.
 * @returns {Promise<boolean>}
 */
async function reachesMock() {
  if (ORIGIN !== STRIPE_API) return true;
  routed ||= fetch(`${ORIGIN}/__mock/health/live`, { credentials: "omit", referrerPolicy: "no-referrer" }).then(
    (response) => response.ok,
    () => false
  );
  const reached = await routed;
  if (!reached) routed = undefined;
  return reached;
}
