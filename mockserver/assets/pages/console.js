// The console: activates scenarios and shows the journal live. It is an ordinary client of the control API.

const MAX_ENTRIES = 200;
const POLL_MILLISECONDS = 900;

const byId = (id) => document.getElementById(id);
let lastEventId = "0";
let lastScenarios = "";
let stream = new AbortController();

async function call(path, options = {}) {
  const token = byId("token").value;
  const headers = { ...options.headers, ...(token ? { "Mock-Admin-Token": token } : {}) };
  const reply = await fetch(`/__mock/${path}`, { ...options, headers });
  byId("guard").hidden = reply.status !== 401;
  if (!reply.ok) throw new Error((await reply.json()).detail);
  return reply;
}

async function showScenarios() {
  const text = await (await call("scenarios")).text();
  // New rows would lose the focus: replace them only when something changed.
  if (text === lastScenarios) return;
  lastScenarios = text;
  const { scenarios, activated } = JSON.parse(text);
  const rows = scenarios.map((scenario) => scenarioRow(scenario, scenario.name === activated.server));
  byId("scenarios").replaceChildren(...rows);
}

function scenarioRow({ name, about }, active) {
  const button = make("button", active ? "active" : "activate");
  button.type = "button";
  button.setAttribute("aria-label", `${active ? "Deactivate" : "Activate"} ${name}`);
  button.setAttribute("aria-pressed", String(active));
  button.addEventListener("click", () => activate(active ? null : name));
  const head = make("p", make("strong", name), button);
  head.className = "head";
  return make("li", head, make("p", about));
}

async function activate(name) {
  try {
    await call("scenario", {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name }),
    });
    await showScenarios();
    byId("notice").textContent = "";
  } catch (error) {
    byId("notice").textContent = error.message;
  }
}

// EventSource cannot send headers, so it cannot send the token.
async function readEvents() {
  stream.abort();
  stream = new AbortController();
  const path = `events?limit=${MAX_ENTRIES}${byId("refused").checked ? "&refused=true" : ""}`;
  const headers = { "Last-Event-ID": lastEventId };
  const { body } = await call(path, { headers, signal: stream.signal });
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const messages = (text + value).split("\n\n");
    text = messages.pop();
    messages.forEach(showEntry);
  }
}

function showEntry(message) {
  const fields = Object.fromEntries(message.split("\n").map((line) => line.split(/: (.*)/s)));
  if (!fields.data || fields.event) return;
  lastEventId = fields.id;
  byId("journal").prepend(entryRow(JSON.parse(fields.data)));
  while (byId("journal").children.length > MAX_ENTRIES) byId("journal").lastElementChild.remove();
}

function entryRow(entry) {
  const { at, request, reply, refused, fault, scenario, stub, namespace, warnings } = entry;
  const status = make("span", fault || String(reply.status));
  status.className = "status";
  const summary = make("summary", status, ` ${request.method} ${request.path}`);
  const source = [scenario, stub].filter(Boolean).join(": ") || "generated from the schema";
  const time = new Date(at * 1000).toLocaleTimeString();
  const details = make("p", `${time} · ${namespace} · ${refused ? `refused: ${refused}` : source}`);
  const row = make("li", make("details", summary, make("pre", JSON.stringify(entry, null, 2))), details);
  row.append(...warnings.map(warningRow));
  row.className = refused ? "refused" : fault || reply.status >= 400 ? "bad" : "";
  return row;
}

function warningRow({ in: place, pointer, message }) {
  const row = make("p", `Warning: ${place} ${pointer}: ${message}`);
  row.className = "warning";
  return row;
}

async function showHealth() {
  const { version, spec, scenarios, reload } = await (await call("health")).json();
  byId("summary").textContent =
    `Version ${version} serves ${spec.title} ${spec.version} with ${scenarios.count} scenarios.`;
  byId("reload").textContent = reload ? reload.problems.join("\n") : "";
  await showScenarios();
}

function make(name, ...children) {
  const element = document.createElement(name);
  element.append(...children);
  return element;
}

async function repeat(action) {
  for (;;) {
    await action().catch((error) => {
      if (error.name !== "AbortError") byId("summary").textContent = error.message;
    });
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

byId("refused").addEventListener("change", () => {
  lastEventId = "0";
  byId("journal").replaceChildren();
  stream.abort();
});
byId("guard").addEventListener("submit", (event) => event.preventDefault());
repeat(readEvents);
repeat(showHealth);
