// Where the mock is. The server writes MOCK before this file: the host it was asked under, the release train in the
// path it was asked for, and the test cards and IBANs it knows.

const ORIGIN = (() => {
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  const origin = script && script.src ? new URL(script.src).origin : "";
  // A test may serve this text under another address, that of the real script, say; then the written host counts.
  // A proxy in front of the mock may speak https; then the address that the browser used counts.
  return !MOCK.host || origin.endsWith(`//${MOCK.host}`) ? origin : `http://${MOCK.host}`;
})();
