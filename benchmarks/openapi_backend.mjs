// A mock server on openapi-backend, as its documentation has it: requests validated, replies from the contract.
import { createServer } from "node:http";
import { OpenAPIBackend } from "openapi-backend";

const [spec, port] = process.argv.slice(2);
const api = new OpenAPIBackend({ definition: spec, quick: true });
api.register("validationFail", (context, _request, response) => reply(response, 400, context.validation.errors));
api.register("notImplemented", (context, _request, response) => {
  const { status, mock } = api.mockResponseForOperation(context.operation.operationId);
  reply(response, status, { ...mock, customer_id: context.request.params.customer_id });
});
await api.init();

function reply(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { pathname: path, search: query } = new URL(request.url, "http://localhost");
  const body = JSON.parse(Buffer.concat(chunks).toString());
  await api.handleRequest({ method: request.method, path, query, headers: request.headers, body }, request, response);
}).listen(Number(port), "127.0.0.1");
