// Helpers to build HTML elements, without parsing markup.

let lastId = 0;

/** Return an id that is unique on the page. */
const newId = () => `mock-stripe-${++lastId}`;

/**
 * Create an HTML element. Attributes that are null, undefined or false and children that are null are omitted.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | boolean | null | undefined>} [attributes]
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value != null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/**
 * Attach a shadow tree. The page's styles do not apply to it, and its inputs belong to no form of the page, so the page
 * never submits a card number.
 * @param {Element} host
 * @param {CSSStyleSheet[]} sheets
 */
function shadowOf(host, sheets) {
  const root = host.attachShadow({ mode: "open" });
  // Constructed style sheets also work on pages whose Content Security Policy forbids inline styles.
  root.adoptedStyleSheets = sheets;
  return root;
}

/** @param {string} text */
function sheetOf(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}
