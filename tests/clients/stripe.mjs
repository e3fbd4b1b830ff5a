// Retrieve and confirm setup intents of a mock with Stripe's own library for Node, and print the results as JSON.
//
//     node stripe.mjs FOLDER URL KEY INTENTS
//
// FOLDER contains node_modules with the package. INTENTS is a JSON object with setup intent ids and an account.
import { createRequire } from "node:module";

const [folder, url, key, json] = process.argv.slice(2);
const { good, declined, challenged, canceled, account } = JSON.parse(json);
const Stripe = createRequire(`${folder}/`)("stripe");
const { hostname, port } = new URL(url);
const stripe = new Stripe(key, { host: hostname, port, protocol: "http", telemetry: false });
const results = {};

const before = await stripe.setupIntents.retrieve(good, { expand: ["payment_method"] }, { stripeAccount: account });
const confirmed = await stripe.setupIntents.confirm(good, { payment_method: "pm_card_visa" });
const after = await stripe.setupIntents.retrieve(good, { expand: ["payment_method"] });
const requestId = typeof confirmed.lastResponse.requestId;
results.good = [before.status, confirmed.status, after.payment_method.card.last4, requestId];

try {
  await stripe.setupIntents.confirm(declined, { payment_method: "pm_card_visa_chargeDeclinedInsufficientFunds" });
} catch (error) {
  results.declined = [error.type, error.code, error.decline_code, error.statusCode, error.setup_intent.status];
}

const pending = await stripe.setupIntents.confirm(challenged, {
  payment_method: "pm_card_authenticationRequiredOnSetup",
  return_url: "https://shop.example.com/done",
});
results.challenged = [pending.status, pending.next_action.type];

const method = await stripe.paymentMethods.create({
  type: "card",
  card: { number: "5555555555554444", exp_month: 12, exp_year: 2034, cvc: "123" },
  billing_details: { name: "Ada", address: { city: "Berlin" } },
});
const token = await stripe.tokens.create({ card: { number: "4242424242424242", exp_month: "12", exp_year: "2034" } });
results.made = [method.card.brand, method.billing_details.address.city, token.card.last4];

results.canceled = (await stripe.setupIntents.cancel(canceled, { cancellation_reason: "abandoned" })).status;

try {
  await stripe.setupIntents.retrieve("seti_nothing");
} catch (error) {
  results.missing = [error.type, error.code, error.statusCode];
}
console.log(JSON.stringify(results));
