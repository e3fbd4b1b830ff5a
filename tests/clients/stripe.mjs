// Stripe's own library for Node, unmodified, against a mock: retrieves and confirms setup intents.
//
//     node stripe.mjs FOLDER URL KEY INTENTS
//
// FOLDER holds node_modules with the package; INTENTS is JSON: setup intent ids, and an account.
import { createRequire } from "node:module";

const [folder, url, key, text] = process.argv.slice(2);
const { good, declined, challenged, canceled, account } = JSON.parse(text);
const Stripe = createRequire(`${folder}/`)("stripe");
const { hostname, port } = new URL(url);
const stripe = new Stripe(key, { host: hostname, port, protocol: "http", telemetry: false });
const told = {};

const before = await stripe.setupIntents.retrieve(good, { expand: ["payment_method"] }, { stripeAccount: account });
const confirmed = await stripe.setupIntents.confirm(good, { payment_method: "pm_card_visa" });
const after = await stripe.setupIntents.retrieve(good, { expand: ["payment_method"] });
told.good = [before.status, confirmed.status, after.payment_method.card.last4, typeof confirmed.lastResponse.requestId];

try {
  await stripe.setupIntents.confirm(declined, { payment_method: "pm_card_visa_chargeDeclinedInsufficientFunds" });
} catch (error) {
  told.declined = [error.type, error.code, error.decline_code, error.statusCode, error.setup_intent.status];
}

const asked = await stripe.setupIntents.confirm(challenged, {
  payment_method: "pm_card_authenticationRequiredOnSetup",
  return_url: "https://shop.example.com/done",
});
told.challenged = [asked.status, asked.next_action.type];

const made = await stripe.paymentMethods.create({
  type: "card",
  card: { number: "5555555555554444", exp_month: 12, exp_year: 2034, cvc: "123" },
  billing_details: { name: "Ada", address: { city: "Berlin" } },
});
const token = await stripe.tokens.create({ card: { number: "4242424242424242", exp_month: "12", exp_year: "2034" } });
told.made = [made.card.brand, made.billing_details.address.city, token.card.last4];

told.canceled = (await stripe.setupIntents.cancel(canceled, { cancellation_reason: "abandoned" })).status;

try {
  await stripe.setupIntents.retrieve("seti_nothing");
} catch (error) {
  told.missing = [error.type, error.code, error.statusCode];
}
console.log(JSON.stringify(told));
