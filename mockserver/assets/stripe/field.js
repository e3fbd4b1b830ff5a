// One labelled field with its error message.

/**
 * @typedef {object} FieldOptions
 * @property {string} label
 * @property {string} name
 * @property {string} [autocomplete]
 * @property {string} [inputMode]
 * @property {string} [placeholder]
 * @property {boolean} [wide]
 * @property {boolean} [optional]
 * @property {boolean} [bare] only assistive technology sees the label and the error
 * @property {(text: string, deleting: boolean) => string} [format]
 * @property {(text: string) => Failure | null} [check]
 * @property {[string, string][]} [choices] the value and text of each option of a select field
 */

// Showing an error moves the content below it. While a pointer is down, this could move the button that is being
// clicked, and the click would be lost.
let pointerIsDown = false;
window.addEventListener("pointerdown", (event) => (pointerIsDown = event.button === 0), true);
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => (pointerIsDown = false), true);

class Field {
  /** @param {FieldOptions} options */
  constructor(options) {
    const { label, name, bare, choices, optional } = options;
    const id = newId();
    this._format = options.format || ((/** @type {string} */ text) => text);
    this._check = options.check || ((/** @type {string} */ text) => this._checkRequired(text));
    this._optional = optional;
    this._label = label;
    /** @type {Failure | null} */
    this.shownError = null;
    this.onChange = () => {};
    this.onWrite = () => {};
    const attributes = {
      id,
      name,
      class: "Input",
      autocomplete: options.autocomplete || "off",
      "aria-describedby": `${id}-error`,
      "aria-required": optional ? null : "true",
      // Numbers are written left to right, also on right-to-left pages.
      dir: options.inputMode ? "ltr" : null,
    };
    this.input = choices
      ? make("select", attributes, ...choices.map(([value, text]) => make("option", { value }, text)))
      : make("input", {
          ...attributes,
          type: "text",
          inputmode: options.inputMode,
          placeholder: options.placeholder || " ",
        });
    this._error = make("p", { id: `${id}-error`, class: bare ? "Hidden" : "Error", role: "alert" });
    this._labelNode = make("label", { for: id, class: bare ? "Hidden" : "Label" });
    this.relabel(label);
    this.node = make(
      "div",
      { class: [bare ? "Plain" : "Field", options.wide ? "Wide" : ""].join(" ").trim() },
      this._labelNode,
      this.input,
      this._error
    );
    this.input.addEventListener("input", (event) => this._onInput(/** @type {InputEvent} */ (event)));
    this.input.addEventListener("blur", () => this._onBlur());
  }

  /**
   * Change the label of the field.
   * @param {string} label
   */
  relabel(label) {
    this._label = label;
    this._labelNode.textContent = this._optional ? `${label} (optional)` : label;
  }

  /** @param {boolean} optional */
  setOptional(optional) {
    this._optional = optional;
    this.relabel(this._label);
    if (optional) this.input.removeAttribute("aria-required");
    else this.input.setAttribute("aria-required", "true");
  }

  get text() {
    return this.input.value;
  }

  set text(text) {
    this.input.value = this._format(text, false);
    this.show(null);
    this.onWrite();
  }

  get empty() {
    return this.text.trim() === "";
  }

  /** The error of the current text, shown or not; null if it is valid. */
  get failure() {
    return this._optional && this.empty ? null : this._check(this.text);
  }

  /** Show the error of the current text, if it has one, and return it. */
  validate() {
    this.show(this.failure);
    return this.shownError;
  }

  /** @param {Failure | null} failure */
  show(failure) {
    this.shownError = failure;
    this._error.textContent = failure ? failure.message || "" : "";
    this.input.classList.toggle("Input--invalid", failure !== null);
    this.input.classList.toggle("Input--complete", !this.empty && this.failure === null);
    if (failure) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  /** @param {string} text */
  _checkRequired(text) {
    return text.trim() ? null : invalid("incomplete_field", `${this._label} is missing.`);
  }

  /** @param {InputEvent} event */
  _onInput(event) {
    if (this.input instanceof HTMLInputElement) this._reformat(this.input, /^delete/.test(event.inputType || ""));
    // Hide an error as soon as it is fixed, but show a new one only when the field loses focus.
    this.show(this.shownError && this.failure);
    this.onWrite();
    this.onChange();
  }

  _onBlur() {
    // Wait for the click: on touch screens the order is pointerup, blur, click.
    const validateLater = () => setTimeout(() => (pointerIsDown ? this._onBlur() : this._validateIfFilled()), 0);
    if (pointerIsDown) window.addEventListener("pointerup", validateLater, { once: true });
    else validateLater();
  }

  _validateIfFilled() {
    if (!this.empty && this.failure !== this.shownError) {
      this.validate();
      this.onChange();
    }
  }

  /**
   * Format the text, and keep the caret behind the same digit or letter.
   * @param {HTMLInputElement} input
   * @param {boolean} deleting
   */
  _reformat(input, deleting) {
    const before = input.value;
    const after = this._format(before, deleting);
    if (after === before) return;
    const caret = input.selectionStart ?? before.length;
    let remaining = before.slice(0, caret).replace(/[^0-9a-z]/gi, "").length;
    if (caret === before.length) remaining = Infinity;
    let position = 0;
    while (position < after.length && remaining > 0) if (/[0-9a-z]/i.test(after[position++])) remaining -= 1;
    input.value = after;
    input.setSelectionRange(position, position);
  }
}

/**
 * Put the fields that are not hidden into `parent`, in their order, and take the hidden ones out: a test that looks for a
 * label finds no hidden field. Nodes that stay are not moved, because they would lose the focus.
 * @param {Element} parent
 * @param {Field[]} fields
 * @param {Node | null} [end] what follows the last field
 */
function placeFields(parent, fields, end = null) {
  let next = end;
  for (const { node } of [...fields].reverse()) {
    if (node.hidden) node.remove();
    else {
      if (node.parentElement !== parent) parent.insertBefore(node, next);
      next = node;
    }
  }
}
