// Methods in the types of @stripe/stripe-js, version 4 to 10, that the mock does not implement.

// These methods return a rejected promise.
const REJECTED = /** @type {const} */ ([
  "collectBankAccountForPayment",
  "collectBankAccountForSetup",
  "collectBankAccountToken",
  "collectFinancialConnectionsAccounts",
  "confirmAcssDebitPayment",
  "confirmAcssDebitSetup",
  "confirmAffirmPayment",
  "confirmAfterpayClearpayPayment",
  "confirmAlipayPayment",
  "confirmAmazonPaySetup",
  "confirmAuBecsDebitPayment",
  "confirmAuBecsDebitSetup",
  "confirmBacsDebitSetup",
  "confirmBancontactPayment",
  "confirmBancontactSetup",
  "confirmBilliePayment",
  "confirmBlikPayment",
  "confirmBlikSetup",
  "confirmBoletoPayment",
  "confirmCardPayment",
  "confirmCashappPayment",
  "confirmCashappSetup",
  "confirmCustomerBalancePayment",
  "confirmEpsPayment",
  "confirmFpxPayment",
  "confirmGiropayPayment",
  "confirmGrabPayPayment",
  "confirmIdealPayment",
  "confirmIdealSetup",
  "confirmKlarnaPayment",
  "confirmKonbiniPayment",
  "confirmMobilepayPayment",
  "confirmMultibancoPayment",
  "confirmOxxoPayment",
  "confirmP24Payment",
  "confirmPayByBankPayment",
  "confirmPayNowPayment",
  "confirmPayPalPayment",
  "confirmPayPalSetup",
  "confirmPixPayment",
  "confirmPromptPayPayment",
  "confirmSepaDebitPayment",
  "confirmSofortPayment",
  "confirmSofortSetup",
  "confirmTwintPayment",
  "confirmUsBankAccountPayment",
  "confirmUsBankAccountSetup",
  "confirmWechatPayPayment",
  "createEmbeddedCheckoutPage",
  "createEphemeralKeyNonce",
  "createRadarSession",
  "handleCardAction",
  "initCustomCheckout",
  "initializePricing",
  "processOrder",
  "redirectToCheckout",
  "retrieveOrder",
  "retrievePaymentIntent",
  "verifyIdentity",
  "verifyMicrodepositsForPayment",
  "verifyMicrodepositsForSetup",
]);

// These methods do not return a promise, so they throw.
const THROWN = /** @type {const} */ (["initCheckoutElementsSdk", "initCheckoutFormSdk"]);

// The release train dahlia removed or renamed these methods: there, they throw.
const REMOVED_IN_DAHLIA = /** @type {const} */ ([
  "confirmPaymentIntent",
  "confirmSetupIntent",
  "createSource",
  "handleCardPayment",
  "handleCardSetup",
  "initCheckout",
  "initEmbeddedCheckout",
  "retrieveSource",
]);

/** @param {string} method */
const unimplemented = (method) => usageError(`stripe.${method}() is ${NOT_IMPLEMENTED}.`);

/** @typedef {(...args: any[]) => any} Method */
/** @type {Record<(typeof REJECTED)[number] | (typeof THROWN)[number] | (typeof REMOVED_IN_DAHLIA)[number], Method>} */
const UNIMPLEMENTED = /** @type {any} */ ({});
for (const method of REJECTED) UNIMPLEMENTED[method] = async () => Promise.reject(unimplemented(method));
for (const method of THROWN) {
  UNIMPLEMENTED[method] = () => {
    throw unimplemented(method);
  };
}
for (const method of REMOVED_IN_DAHLIA) {
  UNIMPLEMENTED[method] = () => {
    if (since("dahlia")) throw usageError(`stripe.${method}() was removed in dahlia.`);
    return Promise.reject(unimplemented(method));
  };
}
