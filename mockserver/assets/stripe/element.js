// What every element has: a place on the page, fields, events.

class MockElement extends Emitter {
  /**
   * @param {MockElements} group
   * @param {string} type
   * @param {any} options
   */
  constructor(group, type, options) {
    super();
    this._group = group;
    this._type = type;
    this._options = { ...options };
    this._destroyed = false;
    this._mounts = 0;
    this._told = "";
    /** @type {Field[]} */
    this._fields = [];
    /** @type {HTMLElement | null} */
    this._container = null;
    this._host = make("div");
    // As from a frame: what is typed here is no event of the page's.
    for (const type of ["keydown", "keypress", "keyup", "beforeinput", "input", "paste"])
      this._host.addEventListener(type, (event) => event.stopPropagation());
    this._root = shadowOf(this._host, group._sheets(this._ownSheet()));
    this._frame = make("div", { class: "Frame", lang: "en" });
    this._badge = badge();
    this._root.append(this._frame);
    this._listen();
  }

  /** @param {string | HTMLElement} place a CSS selector or an element */
  mount(place) {
    if (this._destroyed) throw mistake("this element was destroyed; create another one.");
    const container =
      typeof place === "string" ? /** @type {HTMLElement | null} */ (document.querySelector(place)) : place;
    if (!container || container.nodeType !== 1)
      throw mistake(`there is no place ${String(place)} to mount an element in.`);
    if (this._container === container && container.contains(this._host)) return;
    this.unmount();
    this._container = container;
    if (container.getRootNode() instanceof ShadowRoot)
      console.warn("Mock of Stripe.js: the real one cannot mount an element in a shadow tree.");
    container.replaceChildren(this._host);
    this._group._placeBadges();
    this._watchLabels(container);
    this._state();
    const mounts = ++this._mounts;
    setTimeout(() => this._container && mounts === this._mounts && this._start(), 0);
  }

  get _isOnPage() {
    return this._container !== null && this._host.isConnected;
  }

  unmount() {
    this._host.remove();
    if (this._container) {
      this._container.classList.remove(...Object.keys(STATES).flatMap((name) => this._classes(name)));
      this._container = null;
      this._group._placeBadges();
    }
  }

  destroy() {
    this.unmount();
    this._destroyed = true;
    this._group._forget(this);
  }

  /** @param {any} options */
  update(options) {
    Object.assign(this._options, options);
    this._applyOptions();
    return /** @type {any} */ (this);
  }

  focus() {
    const first = this._shownFields()[0];
    if (first) first.input.focus();
  }

  blur() {
    const focused = /** @type {HTMLElement | null} */ (this._root.activeElement);
    if (focused) focused.blur();
  }

  clear() {
    for (const field of this._fields) field.text = "";
    this._changed();
  }

  /** The same for everything that is sent with it. */
  _validateWhole() {
    return this._validate();
  }

  /** Shows what is wrong, and gives the first error with its field. */
  _validate() {
    const wrong = this._shownFields().filter((field) => field.validate());
    this._changed();
    return wrong.length ? { field: wrong[0], error: /** @type {Failure} */ (wrong[0].shown) } : null;
  }

  _shownFields() {
    return this._fields;
  }

  get _complete() {
    return this._shownFields().every((field) => field.failure === null);
  }

  get _empty() {
    return this._shownFields().every((field) => field.empty);
  }

  /** The first error that is shown, as change events tell it. */
  get _error() {
    const shown = this._shownFields().find((field) => field.shown);
    return shown && shown.shown
      ? { type: "validation_error", code: shown.shown.code, message: shown.shown.message }
      : undefined;
  }

  /** What only this type tells in its change events. */
  _details() {
    return {};
  }

  /** The sheet of an element with a `style` option of its own. */
  _ownSheet() {
    return sheetOf("");
  }

  /** @param {...Field} fields */
  _add(...fields) {
    this._fields.push(...fields);
    for (const field of fields) field.changed = () => this._changed();
    this._applyOptions();
    this._told = JSON.stringify(this._change());
  }

  _applyOptions() {
    for (const { input } of this._fields) {
      input.disabled = this._options.disabled === true;
      if (input instanceof HTMLInputElement) input.readOnly = this._options.readOnly === true;
    }
  }

  /** What a change event says. */
  _change() {
    const { _type: elementType, _empty: empty, _complete: complete } = this;
    return { elementType, empty, complete, ...this._details() };
  }

  /** Tells of what is new: https://docs.stripe.com/js/element/events/on_change has it so. */
  _changed() {
    this._state();
    const change = this._change();
    const told = JSON.stringify(change);
    if (told === this._told) return;
    this._told = told;
    this._emit("change", change);
  }

  /** Once mounted; later than `mount` returns, for who listens only then. */
  _start() {
    this._emit("ready", { elementType: this._type });
  }

  _listen() {
    const event = { elementType: this._type };
    this._frame.addEventListener("focusin", (moved) => {
      this._state(true);
      if (!(moved.relatedTarget instanceof Node && this._root.contains(moved.relatedTarget)))
        this._emit("focus", event);
    });
    this._frame.addEventListener("focusout", (moved) => {
      if (moved.relatedTarget instanceof Node && this._root.contains(moved.relatedTarget)) return;
      this._state(false);
      this._emit("blur", event);
    });
    this._frame.addEventListener("keydown", (pressed) => {
      if (pressed.key === "Escape") this._emit("escape", event);
      // With Enter a composition of signs ends, too.
      if (pressed.key === "Enter" && !pressed.isComposing && pressed.target instanceof HTMLInputElement)
        this._submitForm();
    });
  }

  /** Enter in a field submits the form around the element, as it would for a field of the form's own. */
  _submitForm() {
    const form = this._container && this._container.closest("form");
    const isButton = (/** @type {Element} */ each) =>
      (each instanceof HTMLButtonElement || each instanceof HTMLInputElement) && each.type === "submit";
    const button = form && /** @type {HTMLElement | undefined} */ ([...form.elements].find(isButton));
    if (form && !(button && button.matches(":disabled"))) form.requestSubmit(button || null);
  }

  /** @param {boolean} [focused] */
  _state(focused = this._root.activeElement !== null) {
    const state = { focus: focused, complete: this._complete, empty: this._empty, invalid: this._error !== undefined };
    if (!this._container) return;
    const holding = Object.entries({ base: true, ...state }).filter(([, holds]) => holds);
    // Several states may have a class in common.
    this._container.classList.remove(...Object.keys(STATES).flatMap((name) => this._classes(name)));
    this._container.classList.add(...holding.flatMap(([name]) => this._classes(name)));
  }

  /** @param {string} name of a state: the page may have given it one class or several */
  _classes(name) {
    const given = (this._options.classes || {})[name] || STATES[name];
    return given.split(/\s+/).filter(Boolean);
  }

  /** @param {HTMLElement} container */
  _watchLabels(container) {
    const own = container.closest("label");
    const others = container.id ? document.querySelectorAll(`label[for=${CSS.escape(container.id)}]`) : [];
    for (const label of [...(own ? [own] : []), ...others]) {
      label.addEventListener("click", (event) => {
        if (this._container === container && !event.composedPath().includes(this._host)) this.focus();
      });
    }
  }
}

/** @type {Record<string, string>} */
const STATES = {
  base: "StripeElement",
  focus: "StripeElement--focus",
  complete: "StripeElement--complete",
  empty: "StripeElement--empty",
  invalid: "StripeElement--invalid",
};
