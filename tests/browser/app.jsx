// A React app written as in Stripe's documentation. It contains nothing that is specific to the mock.

import { CardElement, Elements, PaymentElement, useElements, useStripe } from "@stripe/react-stripe-js";
import { loadStripe } from "@stripe/stripe-js";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

const query = new URLSearchParams(window.location.search);
const stripePromise = loadStripe(query.get("key"), { stripeAccount: query.get("account") });

function describe({ error, setupIntent }) {
  return error
    ? ["failed", error.type, error.code, error.decline_code].filter(Boolean).join(" ")
    : `saved ${setupIntent.status}`;
}

function Form({ children, confirm }) {
  const stripe = useStripe();
  const elements = useElements();
  const [state, setState] = useState("");
  const [ready, setReady] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    setState("saving");
    setState(describe(await confirm(stripe, elements)));
  };
  return (
    <form onSubmit={submit}>
      {children(() => setReady(true))}
      <button disabled={!stripe || !ready || state === "saving"}>Save</button>
      <p role="status">{state}</p>
    </form>
  );
}

async function confirmPayment(stripe, elements) {
  const { error } = await elements.submit();
  if (error) return { error };
  const confirmParams = { return_url: `${window.location.origin}/done` };
  return stripe.confirmSetup({ elements, confirmParams, redirect: query.get("redirect") || "if_required" });
}

function Payment({ clientSecret }) {
  return (
    <Elements stripe={stripePromise} options={{ clientSecret }}>
      <Form confirm={confirmPayment}>{(onReady) => <PaymentElement onReady={onReady} />}</Form>
    </Elements>
  );
}

// The server confirms the setup intent, as in Stripe's guide "Finalize payments on the server".
async function confirmOnServer(stripe, elements, clientSecret) {
  const { error } = await elements.submit();
  if (error) return { error };
  const { error: failure, confirmationToken } = await stripe.createConfirmationToken({ elements });
  if (failure) return { error: failure };
  const reply = await fetch("/confirm", { method: "POST", body: JSON.stringify({ token: confirmationToken.id }) });
  const result = await reply.json();
  if (result.error) return { error: result.error };
  return result.status === "requires_action" ? stripe.handleNextAction({ clientSecret }) : { setupIntent: result };
}

function ServerPayment({ clientSecret }) {
  const confirm = (stripe, elements) => confirmOnServer(stripe, elements, clientSecret);
  return (
    <Elements stripe={stripePromise} options={{ mode: "setup", currency: "eur" }}>
      <Form confirm={confirm}>{(onReady) => <PaymentElement onReady={onReady} />}</Form>
    </Elements>
  );
}

function Card({ clientSecret }) {
  const confirm = (stripe, elements) =>
    stripe.confirmCardSetup(clientSecret, {
      payment_method: { card: elements.getElement(CardElement), billing_details: { name: "Jo Example" } },
    });
  return (
    <Elements stripe={stripePromise}>
      <Form confirm={confirm}>{(onReady) => <CardElement onReady={onReady} />}</Form>
    </Elements>
  );
}

const PaymentForm = { card: Card, server: ServerPayment }[query.get("element")] || Payment;
const forms = query.getAll("secret").map((secret) => <PaymentForm key={secret} clientSecret={secret} />);
createRoot(document.getElementById("root")).render(query.has("strict") ? <StrictMode>{forms}</StrictMode> : forms);
