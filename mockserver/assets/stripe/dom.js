// Building the page: no markup is ever read from a text.

let counted = 0;

/** An id of our own, unique on the page. */
const newId = () => `mock-stripe-${++counted}`;

/**
 * An HTML element with attributes and children; what is null, undefined or false is left out.
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
 * A shadow tree that the page's own styles do not reach, and whose inputs belong to no form of the page: a card number
 * is never part of what the page itself submits.
 * @param {Element} host
 * @param {CSSStyleSheet[]} sheets
 */
function shadowOf(host, sheets) {
  const root = host.attachShadow({ mode: "open" });
  // Made by script and adopted: a page whose policy forbids inline styles shows them all the same.
  root.adoptedStyleSheets = sheets;
  return root;
}

/** @param {string} text */
function sheetOf(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}
