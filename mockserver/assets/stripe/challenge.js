// The 3-D Secure dialog, in place of the bank's page.

const CHALLENGE_STYLES = sheetOf(`
  dialog {
    border: 0; border-radius: 12px; box-shadow: 0 12px 48px #0006; color: #1d2433; font: 1rem/1.5 system-ui, sans-serif;
    letter-spacing: normal; max-width: 26em; padding: 1.75em; text-align: start; text-transform: none; white-space: normal;
  }
  dialog::backdrop { background: #0f172a99; }
  h2 { font-size: 1.2em; margin: 0 0 0.5em; }
  p { margin: 0 0 1.25em; }
  div { display: flex; flex-wrap: wrap; gap: 0.75em; }
  button { border: 1px solid #2456d6; border-radius: 6px; cursor: pointer; flex: 1 1 auto; font: inherit; padding: 0.6em 1em; }
  button:focus-visible { outline: 3px solid #8fb0ff; outline-offset: 2px; }
  .Complete { background: #2456d6; color: #fff; }
  .Fail { background: #fff; color: #2456d6; }
`);

/** @type {Promise<unknown>} */
let lastDialog = Promise.resolve();

/**
 * Show the dialog; resolve to true if the customer completes the authentication. Only one dialog is open at a time.
 * @returns {Promise<boolean>}
 */
function challenge() {
  const dialog = lastDialog.then(showDialog);
  lastDialog = dialog.catch(() => {});
  return dialog;
}

/**
 * Closing the dialog, or removing it from the page, fails the authentication.
 * @returns {Promise<boolean>}
 */
function showDialog() {
  const title = newId();
  const complete = make("button", { type: "button", class: "Complete" }, "Complete authentication");
  const fail = make("button", { type: "button", class: "Fail" }, "Fail authentication");
  const dialog = make(
    "dialog",
    { "aria-labelledby": title, lang: "en" },
    make("h2", { id: title }, "3-D Secure (simulated)"),
    make("p", {}, "A real bank would verify your identity now. Here, you choose the result."),
    make("div", {}, complete, fail)
  );
  const host = make("div");
  // Keep events inside the dialog, so that the page does not treat them as clicks outside its own dialogs.
  for (const type of ["keydown", "keypress", "keyup", "pointerdown", "pointerup", "mousedown", "mouseup", "click"])
    host.addEventListener(type, (event) => event.stopPropagation());
  shadowOf(host, [CHALLENGE_STYLES]).append(dialog);
  document.body.append(host);
  return new Promise((resolve) => {
    const finish = () => {
      observer.disconnect();
      host.remove();
      resolve(dialog.returnValue === "complete");
    };
    const observer = new MutationObserver(() => host.isConnected || finish());
    observer.observe(document, { childList: true, subtree: true });
    dialog.addEventListener("close", finish);
    complete.addEventListener("click", () => dialog.close("complete"));
    fail.addEventListener("click", () => dialog.close("fail"));
    dialog.showModal();
  });
}
