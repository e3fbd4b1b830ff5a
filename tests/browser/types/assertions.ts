// Compiles only if Stripe's own types accept the mock's classes.

import type {
  Stripe as RealStripe,
  StripeAddressElement,
  StripeCardCvcElement,
  StripeCardElement,
  StripeCardExpiryElement,
  StripeCardNumberElement,
  StripeConstructor,
  StripeElements,
  StripeIbanElement,
  StripePaymentElement,
} from "@stripe/stripe-js";

const constructor: StripeConstructor = Stripe;
const stripe: RealStripe = Stripe("pk_test_1");
const group = new MockElements(new MockStripe("pk_test_1", {}), {});
const elements: StripeElements = group;

const payment: StripePaymentElement = new PaymentElement(group, "payment", {});
const card: StripeCardElement = new CardElement(group, {});
const number: StripeCardNumberElement = new CardPart(group, "cardNumber", {});
const expiry: StripeCardExpiryElement = new CardPart(group, "cardExpiry", {});
const code: StripeCardCvcElement = new CardPart(group, "cardCvc", {});
const iban: StripeIbanElement = new IbanElement(group, "iban", {});
const address: StripeAddressElement = new AddressElement(group, "address", { mode: "billing" });

export { address, card, code, constructor, elements, expiry, iban, number, payment, stripe };
