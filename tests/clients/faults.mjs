// Send a request with Node's fetch for each scenario, and print the results as JSON:
//
//     node faults.mjs URL MILLISECONDS SCENARIO…
//
// The request for the scenario `hang` times out after MILLISECONDS, the others after 20 seconds.

const [url, timeout, ...scenarios] = process.argv.slice(2);

async function send(scenario) {
  const headers = { "wb-key": "api_key_node", "Content-Type": "application/json", "Mock-Scenario": scenario };
  const body = JSON.stringify({ operation: "add_method", address: true });
  const signal = AbortSignal.timeout(scenario === "hang" ? Number(timeout) : 20000);
  let status = null;
  try {
    const response = await fetch(url, { method: "POST", headers, body, signal });
    status = response.status;
    const session = await response.json();
    return { status, provider: session.provider };
  } catch (error) {
    return { status, error: error.name, code: error.cause?.code ?? null };
  }
}

const results = {};
for (const scenario of scenarios) results[scenario] = await send(scenario);
console.log(JSON.stringify(results));
