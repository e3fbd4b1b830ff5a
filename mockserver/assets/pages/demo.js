// The demo: creates a payment session, shows its form and confirms it, as a signup page would do.

const CARDS = [
  ["4242 4242 4242 4242", "succeeds"],
  ["4000 0000 0000 0002", "is declined"],
  ["4000 0000 0000 9995", "has insufficient funds"],
  ["4000 0000 0000 0069", "has expired"],
  ["4000 0025 0000 3155", "requires 3-D Secure"],
];
// Browsers offer randomUUID only on https and loopback pages.
const CUSTOMER = `Cust_${crypto.randomUUID ? crypto.randomUUID() : "00000000-0000-4000-8000-0000000000de"}`;

const byId = (id) => document.getElementById(id);
const form = byId("signup");
const button = form.querySelector("[type=submit]");
let element = null;
let lastStart = 0;

// A real signup page has no Wingback API key: its backend creates the session.
const credential = () => ({ "wb-key": byId("key").value });

async function createSession() {
  const selected = byId("scenario").value;
  const choice = selected ? { "Mock-Scenario": selected } : {};
  const reply = await fetch(`/v1/c/customer/${CUSTOMER}/payment/session`, {
    method: "POST",
    headers: { ...credential(), "Content-Type": "application/json", ...choice },
    body: JSON.stringify({ operation: "add_method", address: form.elements.address.value === "true" }),
  });
  const session = await reply.json().catch(() => null);
  const refused = reply.headers.get("Mock-Refused");
  byId("guard").hidden = refused !== "not-authenticated";
  if (!reply.ok || !session) {
    const reason = refused && session ? ` ${session.detail}` : "";
    throw new Error(`No payment session was created; the status is ${reply.status}.${reason}`);
  }
  const scenario = reply.headers.get("Mock-Scenario") || "none";
  if (!selected) byId("scenario").options[0].text = defaultLabel(scenario);
  return { ...session, scenario };
}

function defaultLabel(scenario) {
  return ["happy_path", "none"].includes(scenario)
    ? "none: the test card decides"
    : `active on the server: ${scenario}`;
}

async function start() {
  // If the scenario and the address change quickly, show only the form of the latest session.
  const turn = ++lastStart;
  button.disabled = true;
  showStatus("", "");
  try {
    const session = await createSession();
    if (turn !== lastStart) return;
    showSession(session);
    const publishableKey = session.setup_intent?.stripe?.pk_key;
    element = WingbackMock.createPaymentElement({ token: session.token, publishableKey }).mount(byId("payment"));
    await element.ready;
    button.disabled = turn !== lastStart;
  } catch (error) {
    if (turn !== lastStart) return;
    byId("payment").replaceChildren();
    showStatus(error.message, "failed");
  }
}

async function save(event) {
  event.preventDefault();
  const turn = lastStart;
  button.disabled = true;
  showStatus("Saving…", "");
  const validation = await element.validate();
  const { ok, status, error } = validation.ok ? await element.confirm() : validation;
  // The session may have been replaced in the meantime.
  if (turn !== lastStart) return;
  button.disabled = ok;
  if (ok) return showStatus(`Saved. Status of the setup intent: ${status}.`, "done");
  const codes = [error.type, error.code, error.decline_code].filter(Boolean).join(", ");
  showStatus(`${error.message} (${codes})`, "failed");
}

function showStatus(text, state) {
  byId("outcome").textContent = text;
  byId("outcome").className = state;
}

function showSession({ token, customer_id, scenario, setup_intent }) {
  // Do not show the client secret.
  const [setupIntent] = ((setup_intent && setup_intent.stripe) || { client_secret: "none" }).client_secret.split(
    "_secret_"
  );
  const rows = Object.entries({ token, "customer id": customer_id, scenario, "setup intent": setupIntent });
  byId("session").replaceChildren(...rows.flatMap(([name, value]) => [make("dt", name), make("dd", value)]));
}

function make(name, ...children) {
  const element = document.createElement(name);
  element.append(...children);
  return element;
}

function listCards() {
  for (const [number, outcome] of CARDS) {
    const fill = make("button", number);
    fill.type = "button";
    fill.addEventListener("click", () => element && element.fill({ number, expiry: "12/34", cvc: "123" }));
    byId("cards").append(make("li", fill, make("span", outcome)));
  }
}

async function listScenarios() {
  const reply = await fetch("/__mock/scenarios", { headers: credential() });
  // If the control API is protected, the form still works.
  if (!reply.ok) return;
  const { scenarios } = await reply.json();
  const descriptions = new Map(scenarios.map(({ name, about }) => [name, about]));
  byId("scenario").append(...scenarios.map(({ name }) => new Option(name, name)));
  byId("scenario").addEventListener("change", () => {
    byId("about").textContent = descriptions.get(byId("scenario").value) || "";
  });
}

form.addEventListener("submit", save);
form.addEventListener("change", (event) => event.target.name === "address" && start());
byId("again").addEventListener("click", start);
byId("guard").addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
byId("scenario").addEventListener("change", start);
listCards();
listScenarios().finally(start);
