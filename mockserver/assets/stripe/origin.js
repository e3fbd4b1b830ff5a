// The origin of the mock server. The server defines MOCK before this file: the host and the release train of the
// script's URL, and the supported test cards and IBANs.

const ORIGIN = (() => {
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  const origin = script && script.src ? new URL(script.src).origin : "";
  // A test can serve this script from another URL, for example that of the real script: then use MOCK.host. A proxy in
  // front of the mock can use https: then use the script's own origin.
  return !MOCK.host || origin.endsWith(`//${MOCK.host}`) ? origin : `http://${MOCK.host}`;
})();
