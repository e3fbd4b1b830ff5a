// The page on which a bank would ask whether it is really you.

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
let latest = Promise.resolve();

/**
 * Asks the person; whether they completed the authentication. Of several challenges each waits for those before it.
 * @returns {Promise<boolean>}
 */
function challenge() {
  const asked = latest.then(ask);
  latest = asked.catch(() => {});
  return asked;
}

/**
 * To close the dialog is to fail, and so is to take it off the page.
 * @returns {Promise<boolean>}
 */
function ask() {
  const title = newId();
  const complete = make("button", { type: "button", class: "Complete" }, "Complete authentication");
  const fail = make("button", { type: "button", class: "Fail" }, "Fail authentication");
  const dialog = make(
    "dialog",
    { "aria-labelledby": title, lang: "en" },
    make("h2", { id: title }, "3-D Secure, as the mock plays it"),
    make("p", {}, "A real bank would now make sure that it is you. Here you choose how that ends."),
    make("div", {}, complete, fail)
  );
  const host = make("div");
  // For the page, a press in here is none beside its own dialogs.
  for (const type of ["keydown", "keypress", "keyup", "pointerdown", "pointerup", "mousedown", "mouseup", "click"])
    host.addEventListener(type, (event) => event.stopPropagation());
  shadowOf(host, [CHALLENGE_STYLES]).append(dialog);
  document.body.append(host);
  return new Promise((resolve) => {
    const end = () => {
      watch.disconnect();
      host.remove();
      resolve(dialog.returnValue === "complete");
    };
    const watch = new MutationObserver(() => host.isConnected || end());
    watch.observe(document, { childList: true, subtree: true });
    dialog.addEventListener("close", end);
    complete.addEventListener("click", () => dialog.close("complete"));
    fail.addEventListener("click", () => dialog.close("fail"));
    dialog.showModal();
  });
}
