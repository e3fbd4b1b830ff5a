// The list of payment methods in the Payment Element, as tabs or as an accordion. Stripe documents the options, but not
// the markup: https://docs.stripe.com/js/elements_object/create_payment_element.

/** @type {Record<string, string>} */
const METHODS = { card: "Card", sepa_debit: "SEPA Direct Debit" };

/** @typedef {{ type: string, label: string, panel: HTMLElement }} ListedMethod */
/** @typedef {ReturnType<typeof fullLayout>} Layout */

/**
 * Return the layout with all its members. Stripe does not document how it chooses for 'auto'. The mock takes the default
 * of the release train, and radios if there are several methods.
 * @param {any} option a type of layout, or an object
 */
function fullLayout(option) {
  const {
    type = "auto",
    radios = "auto",
    defaultCollapsed,
    spacedAccordionItems,
    visibleAccordionItemsCount = 5,
    paymentMethodLogoPosition,
    ...unknown
  } = typeof option === "string" ? { type: option } : option || {};
  if (!["auto", "tabs", "accordion"].includes(type)) warnOfOption(`layout.type: ${JSON.stringify(type)}`);
  if (paymentMethodLogoPosition) warnOfOption("layout.paymentMethodLogoPosition");
  for (const name of Object.keys(unknown)) warnOfUnknown("payment", `layout.${name}`);
  return {
    // https://docs.stripe.com/changelog/basil/2025-03-31/default-layout-of-payment-element
    isAccordion: type === "accordion" || (type !== "tabs" && since("basil")),
    // Before dahlia, `radios` is a boolean.
    radios: /** @type {Record<string, string>} */ ({ true: "always", false: "never" })[radios] || radios,
    /** @type {boolean | undefined} */
    defaultCollapsed,
    isSpaced: spacedAccordionItems === true,
    /** @type {number} how many methods are visible at first; 0 means all of them */
    visible: visibleAccordionItemsCount,
  };
}

/** Base class: one button for each method. */
class MethodList {
  /**
   * @param {Layout} layout
   * @param {(type: string) => void} onSelect called when the customer selects a method
   */
  constructor(layout, onSelect) {
    this._layout = layout;
    this._onSelect = onSelect;
    /** @type {ListedMethod[]} */
    this._methods = [];
    /** @type {HTMLButtonElement[]} */
    this._buttons = [];
    this.node = make("div");
  }

  /**
   * Whether no method is open at first. Since basil, an accordion of several methods starts folded. Tabs do not:
   * https://github.com/woocommerce/woocommerce-gateway-stripe/pull/5135.
   */
  get startsCollapsed() {
    const { defaultCollapsed, isAccordion } = this._layout;
    return defaultCollapsed ?? (isAccordion && since("basil") && this._methods.length > 1);
  }

  /** Whether a customer can open a method again after `collapse()`. */
  get canCollapse() {
    return this._buttons.length > 0;
  }

  /** Whether a customer can open another method if the form is read-only. */
  get isReadable() {
    return this._layout.isAccordion;
  }

  /** @param {ListedMethod[]} methods */
  show(methods) {
    this._methods = methods;
    this._buttons = [];
    this.node.replaceChildren(...this._arranged());
  }

  /** @param {string | null} open the method whose fields are visible */
  mark(open) {
    this._methods.forEach(({ type, panel }, index) => {
      panel.hidden = type !== open;
      if (this.canCollapse) this._mark(index, type === open);
    });
  }

  /** @param {boolean} disabled */
  set disabled(disabled) {
    for (const button of this._buttons) button.disabled = disabled;
  }

  focus() {
    this._buttons[0]?.focus();
  }

  /** @returns {Node[]} */
  _arranged() {
    return [];
  }

  /**
   * @param {number} _index
   * @param {boolean} _isOpen
   */
  _mark(_index, _isOpen) {}

  /**
   * @param {ListedMethod} method
   * @param {Record<string, string>} attributes
   * @param {...(Node | null)} children
   */
  _addButton({ type, panel }, attributes, ...children) {
    panel.id ||= newId();
    const button = make("button", { id: newId(), type: "button", "aria-controls": panel.id, ...attributes }, ...children);
    panel.setAttribute("aria-labelledby", button.id);
    button.addEventListener("click", () => this._onSelect(type));
    this._buttons.push(button);
    return button;
  }
}

/** Tabs, as in https://www.w3.org/WAI/ARIA/apg/patterns/tabs. A single method has no tab. */
class MethodTabs extends MethodList {
  _arranged() {
    const panels = this._methods.map(({ panel }) => panel);
    const [first, ...others] = this._methods;
    if (!others.length) {
      for (const attribute of ["role", "aria-labelledby"]) first.panel.removeAttribute(attribute);
      return panels;
    }
    const tabs = make("div", { class: "Tabs", role: "tablist", "aria-label": "Payment method" });
    for (const method of this._methods) {
      const label = make("span", { class: "TabLabel" }, method.label);
      tabs.append(this._addButton(method, { class: "Tab", role: "tab" }, label));
      method.panel.setAttribute("role", "tabpanel");
    }
    tabs.addEventListener("keydown", (event) => this._onKey(event));
    return [tabs, ...panels];
  }

  /**
   * @param {number} index
   * @param {boolean} isOpen
   */
  _mark(index, isOpen) {
    const button = this._buttons[index];
    const isFirst = index === 0 && this._methods.every(({ panel }) => panel.hidden);
    button.setAttribute("aria-selected", String(isOpen));
    button.classList.toggle("Tab--selected", isOpen);
    button.tabIndex = isOpen || isFirst ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  _onKey(event) {
    const last = this._buttons.length - 1;
    const current = this._buttons.findIndex((button) => button === event.target);
    const next = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const index = next < 0 ? last : next > last ? 0 : next;
    this._buttons[index].focus();
    this._onSelect(this._methods[index].type);
  }
}

/** An accordion, as in https://www.w3.org/WAI/ARIA/apg/patterns/accordion. */
class MethodAccordion extends MethodList {
  _arranged() {
    const { radios, isSpaced, visible } = this._layout;
    const hasRadios = radios === "always" || (radios !== "never" && this._methods.length > 1);
    const items = this._methods.map((method) => {
      const radio = hasRadios ? make("span", { class: "RadioIcon" }) : null;
      const button = this._addButton(method, { class: "AccordionButton" }, radio, make("span", {}, method.label));
      method.panel.setAttribute("role", "group");
      return make("div", { class: "AccordionItem" }, button, method.panel);
    });
    if (visible > 0 && items.length > visible) items.push(this._more(items.slice(visible)));
    return [make("div", { class: isSpaced ? "Accordion Accordion--spaced" : "Accordion" }, ...items)];
  }

  /**
   * Hide these items behind a button.
   * @param {HTMLElement[]} hidden
   */
  _more(hidden) {
    const button = make("button", { class: "AccordionButton", type: "button" }, "More");
    const item = make("div", { class: "AccordionItem" }, button);
    for (const each of hidden) each.hidden = true;
    button.addEventListener("click", () => {
      item.remove();
      for (const each of hidden) each.hidden = false;
      hidden[0].querySelector("button")?.focus();
    });
    return item;
  }

  /**
   * @param {number} index
   * @param {boolean} isOpen
   */
  _mark(index, isOpen) {
    const button = this._buttons[index];
    const item = /** @type {HTMLElement} */ (button.parentElement);
    button.setAttribute("aria-expanded", String(isOpen));
    item.classList.toggle("AccordionItem--selected", isOpen);
    if (isOpen) item.hidden = false;
  }
}

/**
 * @param {any} option the option `layout`
 * @param {(type: string) => void} onSelect
 * @returns {MethodList}
 */
function methodList(option, onSelect) {
  const layout = fullLayout(option);
  return new (layout.isAccordion ? MethodAccordion : MethodTabs)(layout, onSelect);
}

/**
 * Return the payment methods that the element has, in the order of the page.
 * @param {string[]} available
 * @param {string[]} [order]
 */
function sortedMethods(available, order = []) {
  const known = available.filter((type) => type in METHODS);
  if (!known.length) known.push("card");
  return [...new Set([...order.filter((type) => known.includes(type)), ...known])];
}
