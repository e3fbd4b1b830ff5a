// The console: which scenario answers, and what came in, as it comes. It uses the control API like any other client.

const SHOWN = 200;
const BEAT = 900;

const at = (id) => document.getElementById(id);
let last = 0;
let listed = "";
let listening = new AbortController();

async function call(path, options = {}) {
  const token = at("token").value;
  const headers = { ...options.headers, ...(token ? { "Mock-Admin-Token": token } : {}) };
  const reply = await fetch(`/__mock/${path}`, { ...options, headers });
  at("guard").hidden = reply.status !== 401;
  if (!reply.ok) throw new Error((await reply.json()).detail);
  return reply;
}

async function showScenarios() {
  const text = await (await call("scenarios")).text();
  // Rows that are made anew lose the focus.
  if (text === listed) return;
  listed = text;
  const { scenarios, activated } = JSON.parse(text);
  const rows = scenarios.map((each) => scenarioRow(each, each.name === activated.server));
  at("scenarios").replaceChildren(...rows);
}

function scenarioRow({ name, about }, active) {
  const button = make("button", active ? "activated" : "activate");
  button.type = "button";
  button.setAttribute("aria-label", `${active ? "Back to the default from" : "Activate"} ${name}`);
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
    at("notice").textContent = "";
  } catch (error) {
    at("notice").textContent = error.message;
  }
}

// Not EventSource: it sends no header, and so no token.
async function listen() {
  listening.abort();
  listening = new AbortController();
  const path = at("refused").checked ? "events?refused=true" : "events";
  const headers = { "Last-Event-ID": String(last) };
  const { body } = await call(path, { headers, signal: listening.signal });
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const messages = (text + value).split("\n\n");
    text = messages.pop();
    messages.forEach(take);
  }
}

function take(message) {
  const fields = Object.fromEntries(message.split("\n").map((line) => line.split(/: (.*)/s)));
  if (!fields.data || fields.event) return;
  last = Number(fields.id);
  at("journal").prepend(entryRow(JSON.parse(fields.data)));
  while (at("journal").children.length > SHOWN) at("journal").lastElementChild.remove();
}

function entryRow(entry) {
  const { at: began, request, reply, refused, fault, scenario, stub, namespace } = entry;
  const status = make("span", fault || String(reply.status));
  status.className = "status";
  const summary = make("summary", status, ` ${request.method} ${request.path}`);
  const by = refused ? `refused: ${refused}` : [scenario, stub].filter(Boolean).join(": ") || "from the schema";
  const told = make("p", `${new Date(began * 1000).toLocaleTimeString()} · ${namespace} · ${by}`);
  const row = make("li", make("details", summary, make("pre", JSON.stringify(entry, null, 2))), told);
  row.className = refused ? "refused" : fault || reply.status >= 400 ? "bad" : "";
  return row;
}

async function showHealth() {
  const { version, spec, scenarios, reload } = await (await call("health")).json();
  at("served").textContent =
    `Version ${version} serves ${spec.title} ${spec.version} with ${scenarios.count} scenarios.`;
  at("reload").textContent = reload ? reload.problems.join("\n") : "";
  await showScenarios();
}

function make(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

async function forever(act) {
  for (;;) {
    await act().catch((error) => {
      if (error.name !== "AbortError") at("served").textContent = error.message;
    });
    await new Promise((resolve) => setTimeout(resolve, BEAT));
  }
}

at("refused").addEventListener("change", () => {
  last = 0;
  at("journal").replaceChildren();
  listening.abort();
});
at("guard").addEventListener("submit", (event) => event.preventDefault());
forever(listen);
forever(showHealth);
