// The types of elements, and the class of each.

// Documented elements that the mock does not implement.
const UNIMPLEMENTED_TYPES = (
  "auBankAccount contactDetails currencySelector issuingCardCopyButton issuingCardCvcDisplay issuingCardExpiryDisplay " +
  "issuingCardNumberDisplay issuingCardPinDisplay linkSignup paymentForm paymentMethodMessaging shippingAddress taxId terms"
).split(" ");
// The release train clover has these no more.
const REMOVED_IN_CLOVER = ["affirmMessage", "afterpayClearpayMessage", "epsBank", "fpxBank", "idealBank", "p24Bank"];

/**
 * @param {MockElements} group
 * @param {string} name
 * @param {any} options
 * @returns {MockElement}
 */
function newElement(group, name, options) {
  switch (name) {
    case "payment":
      if (group._secret || group._deferred)
        return new LazyElement(group, name, options, async () => (await loadPart("payment")).PaymentElement);
      throw usageError("a payment element needs elements({clientSecret}) or elements({mode: 'setup'}).");
    case "card":
      return new CardElement(group, options);
    case "cardNumber":
    case "cardExpiry":
    case "cardCvc":
      return new CardPart(group, name, options);
    case "iban":
      return new LazyElement(group, name, options, async () => (await loadPart("iban")).IbanElement, false);
    case "address":
      if (!["billing", "shipping"].includes(options.mode))
        throw usageError("the address element needs a mode: 'billing' or 'shipping'.");
      return new LazyElement(group, name, options, async () => (await loadPart("address")).AddressElement);
    case "linkAuthentication":
      return otherElement(group, name, options, "LinkAuthenticationElement");
    case "expressCheckout":
      return otherElement(group, name, options, "ExpressCheckoutElement");
    case "paymentRequestButton":
      if (since("endive")) throw usageError(`elements.create("${name}"): endive has no such element.`);
      return otherElement(group, name, options, "PaymentRequestButtonElement");
    default:
      if (REMOVED_IN_CLOVER.includes(name) ? since("clover") : !UNIMPLEMENTED_TYPES.includes(name))
        throw usageError(`elements.create("${name}"): the release train ${MOCK.train} has no such element.`);
      return otherElement(group, name, options, "UnimplementedElement");
  }
}

/**
 * @param {MockElements} group
 * @param {string} type
 * @param {any} options
 * @param {keyof Parts["other_elements"]} className
 */
function otherElement(group, type, options, className) {
  return new LazyElement(group, type, options, async () => (await loadPart("other_elements"))[className]);
}

/** @param {any} type */
function typeName(type) {
  return String(type?.__elementType || type);
}
