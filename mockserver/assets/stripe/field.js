// One labelled field, with its error beside it.

/**
 * @typedef {object} FieldOptions
 * @property {string} label
 * @property {string} name
 * @property {string} [autocomplete]
 * @property {string} [inputMode]
 * @property {string} [placeholder]
 * @property {boolean} [wide]
 * @property {boolean} [optional]
 * @property {boolean} [bare] label and error are there for assistive technology only
 * @property {(text: string, deleting: boolean) => string} [format]
 * @property {(text: string) => Failure | null} [check]
 * @property {[string, string][]} [choices] value and text of each, for a field that is chosen and not typed
 */

// An error that appears moves what is below it. While a pointer is down that would be the button that is being clicked,
// and the click would be lost.
let pointerIsDown = false;
window.addEventListener("pointerdown", (event) => (pointerIsDown = event.button === 0), true);
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => (pointerIsDown = false), true);

class Field {
  /** @param {FieldOptions} options */
  constructor(options) {
    const { label, name, bare, choices, optional } = options;
    const id = newId();
    this._format = options.format || ((/** @type {string} */ text) => text);
    this._check = options.check || ((/** @type {string} */ text) => this._missing(text));
    this._label = label;
    this._optional = optional;
    /** @type {Failure | null} */
    this.shown = null;
    this.changed = () => {};
    this.written = () => {};
    const attributes = {
      id,
      name,
      class: "Input",
      autocomplete: options.autocomplete || "off",
      "aria-describedby": `${id}-error`,
      "aria-required": optional ? null : "true",
      // Numbers are read from the left, also where words are not.
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
    const shownLabel = optional ? `${label} (optional)` : label;
    this.node = make(
      "div",
      { class: [bare ? "Plain" : "Field", options.wide ? "Wide" : ""].join(" ").trim() },
      make("label", { for: id, class: bare ? "Hidden" : "Label" }, shownLabel),
      this.input,
      this._error
    );
    this.input.addEventListener("input", (event) => this._typed(/** @type {InputEvent} */ (event)));
    this.input.addEventListener("blur", () => this._left());
  }

  get text() {
    return this.input.value;
  }

  set text(text) {
    this.input.value = this._format(text, false);
    this.show(null);
    this.written();
  }

  get empty() {
    return this.text.trim() === "";
  }

  /** What is wrong with the text, whether it is shown or not. */
  get failure() {
    return this._optional && this.empty ? null : this._check(this.text);
  }

  /** Shows what is wrong, if anything is. */
  validate() {
    this.show(this.failure);
    return this.shown;
  }

  /** @param {Failure | null} failure */
  show(failure) {
    this.shown = failure;
    this._error.textContent = failure ? failure.message || "" : "";
    this.input.classList.toggle("Input--invalid", failure !== null);
    this.input.classList.toggle("Input--complete", !this.empty && this.failure === null);
    if (failure) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  /** @param {string} text */
  _missing(text) {
    return text.trim() ? null : invalid("incomplete_field", `${this._label} is missing.`);
  }

  /** @param {InputEvent} event */
  _typed(event) {
    if (this.input instanceof HTMLInputElement) this._reformat(this.input, /^delete/.test(event.inputType || ""));
    // An error goes away as soon as it is mended, and comes only when the field is left.
    this.show(this.shown && this.failure);
    this.written();
    this.changed();
  }

  _left() {
    // Later, for the click of a finger comes after its pointer is up, and the blur in between.
    const judge = () => setTimeout(() => (pointerIsDown ? this._left() : this._judge()), 0);
    if (pointerIsDown) window.addEventListener("pointerup", judge, { once: true });
    else judge();
  }

  _judge() {
    if (!this.empty && this.failure !== this.shown) {
      this.validate();
      this.changed();
    }
  }

  /**
   * The caret stays behind the same sign, however many spaces were put before it.
   * @param {HTMLInputElement} input
   * @param {boolean} deleting
   */
  _reformat(input, deleting) {
    const before = input.value;
    const after = this._format(before, deleting);
    if (after === before) return;
    const caret = input.selectionStart ?? before.length;
    let signs = before.slice(0, caret).replace(/[^0-9a-z]/gi, "").length;
    if (caret === before.length) signs = Infinity;
    let place = 0;
    while (place < after.length && signs > 0) if (/[0-9a-z]/i.test(after[place++])) signs -= 1;
    input.value = after;
    input.setSelectionRange(place, place);
  }
}
