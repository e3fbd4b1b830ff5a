// The demo: a payment session is created, its form mounted, filled in and confirmed, as a signup page would do it.

const CARDS = [
  ["4242 4242 4242 4242", "succeeds"],
  ["4000 0000 0000 0002", "is declined"],
  ["4000 0000 0000 9995", "has no funds left"],
  ["4000 0000 0000 0069", "has expired"],
  ["4000 0025 0000 3155", "asks for 3-D Secure"],
];
// Outside of https and loopback a browser makes no UUIDs.
const CUSTOMER = `Cust_${crypto.randomUUID ? crypto.randomUUID() : "00000000-0000-4000-8000-0000000000de"}`;

const at = (id) => document.getElementById(id);
const form = at("signup");
const button = form.querySelector("[type=submit]");
let element = null;
let started = 0;

// A real signup page has no key of Wingback's: its backend creates the session.
const credential = () => ({ "wb-key": at("key").value });

async function createSession() {
  const chosen = at("scenario").value;
  const reply = await fetch(`/v1/c/customer/${CUSTOMER}/payment/session`, {
    method: "POST",
    headers: { ...credential(), "Content-Type": "application/json", ...(chosen ? { "Mock-Scenario": chosen } : {}) },
    body: JSON.stringify({ operation: "add_method", address: form.elements.address.value === "true" }),
  });
  const answer = await reply.json().catch(() => null);
  const refused = reply.headers.get("Mock-Refused");
  at("guard").hidden = refused !== "not-authenticated";
  if (!reply.ok || !answer) {
    const why = refused && answer ? ` ${answer.detail}` : "";
    throw new Error(`No payment session was created; the status is ${reply.status}.${why}`);
  }
  const scenario = reply.headers.get("Mock-Scenario") || "none";
  if (!chosen) at("scenario").options[0].text = withoutChoice(scenario);
  return { ...answer, scenario };
}

function withoutChoice(scenario) {
  return ["happy_path", "none"].includes(scenario)
    ? "none: the test card decides"
    : `chosen on the server: ${scenario}`;
}

async function start() {
  // Who changes scenario and address at once gets the form of the later session, whichever comes first.
  const turn = ++started;
  button.disabled = true;
  say("", "");
  try {
    const session = await createSession();
    if (turn !== started) return;
    show(session);
    element = WingbackMock.createPaymentElement({ token: session.token }).mount(at("payment"));
    await element.ready;
    button.disabled = turn !== started;
  } catch (error) {
    if (turn !== started) return;
    at("payment").replaceChildren();
    say(error.message, "failed");
  }
}

async function save(event) {
  event.preventDefault();
  const turn = started;
  button.disabled = true;
  say("Saving…", "");
  const checked = await element.validate();
  const { ok, status, error } = checked.ok ? await element.confirm() : checked;
  // Another session may have taken the place of this one.
  if (turn !== started) return;
  button.disabled = ok;
  if (ok) say(`Done: the setup intent is ${status}.`, "done");
  else say(`${error.message} (${[error.type, error.code, error.decline_code].filter(Boolean).join(", ")})`, "failed");
}

function say(text, state) {
  at("outcome").textContent = text;
  at("outcome").className = state;
}

function show({ token, customer_id, scenario, setup_intent }) {
  // Its client secret is not for showing.
  const [setupIntent] = ((setup_intent && setup_intent.stripe) || { client_secret: "none" }).client_secret.split(
    "_secret_"
  );
  const rows = Object.entries({ token, "customer id": customer_id, scenario, "setup intent": setupIntent });
  at("session").replaceChildren(...rows.flatMap(([name, value]) => [make("dt", name), make("dd", value)]));
}

function make(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

function listCards() {
  for (const [number, outcome] of CARDS) {
    const fill = make("button", number);
    fill.type = "button";
    fill.addEventListener("click", () => element && element.fill({ number, expiry: "12/34", cvc: "123" }));
    at("cards").append(make("li", fill, make("span", outcome)));
  }
}

async function listScenarios() {
  const reply = await fetch("/__mock/scenarios", { headers: credential() });
  // The control API may be guarded; the form works all the same.
  if (!reply.ok) return;
  const { scenarios } = await reply.json();
  const abouts = new Map(scenarios.map(({ name, about }) => [name, about]));
  at("scenario").append(...[...abouts.keys()].map((name) => new Option(name, name)));
  at("scenario").addEventListener("change", () => {
    at("about").textContent = abouts.get(at("scenario").value) || "";
  });
}

form.addEventListener("submit", save);
form.addEventListener("change", (event) => event.target.name === "address" && start());
at("again").addEventListener("click", start);
at("guard").addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
at("scenario").addEventListener("change", start);
listCards();
listScenarios().finally(start);
