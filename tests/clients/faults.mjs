// What Node's fetch sees of each scenario: `node faults.mjs URL MILLISECONDS SCENARIO…` prints an object by scenario.
// The signal is what a client gives up by that does not wait for ever.

const [url, patience, ...scenarios] = process.argv.slice(2);

async function see(scenario) {
  const headers = { "wb-key": "api_key_node", "Content-Type": "application/json", "Mock-Scenario": scenario };
  const body = JSON.stringify({ operation: "add_method", address: true });
  const signal = AbortSignal.timeout(Number(patience));
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

const seen = {};
for (const scenario of scenarios) seen[scenario] = await see(scenario);
console.log(JSON.stringify(seen));
