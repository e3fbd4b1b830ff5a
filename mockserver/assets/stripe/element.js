// Base class of all elements: mounting, fields and events.

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
    this._lastChange = "";
    /** @type {Field[]} */
    this._fields = [];
    /** @type {HTMLElement | null} */
    this._container = null;
    this._host = make("div");
    // Keep events inside the element, as if it were a frame.
    for (const type of ["keydown", "keypress", "keyup", "beforeinput", "input", "paste"])
      this._host.addEventListener(type, (event) => event.stopPropagation());
    this._root = shadowOf(this._host, this._sheets());
    this._frame = make("div", { class: "Frame", lang: "en" });
    this._badge = badge();
    this._root.append(this._frame);
    this._listen();
  }

  /** @param {string | HTMLElement} target a CSS selector or an element */
  mount(target) {
    if (this._destroyed) throw usageError("this element was destroyed; create a new one.");
    const container =
      typeof target === "string" ? /** @type {HTMLElement | null} */ (document.querySelector(target)) : target;
    if (!container || container.nodeType !== 1)
      throw usageError(`cannot mount in ${String(target)}: there is no such element.`);
    if (this._container === container && container.contains(this._host)) return;
    this.unmount();
    this._container = container;
    if (container.getRootNode() instanceof ShadowRoot)
      console.warn("Mock of Stripe.js: the real Stripe.js cannot mount in a shadow tree.");
    container.replaceChildren(this._host);
    this._group._updateBadges();
    this._watchLabels(container);
    this._updateClasses();
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
      this._group._updateBadges();
    }
  }

  destroy() {
    this.unmount();
    this._destroyed = true;
    this._group._remove(this);
  }

  /** @param {any} options */
  update(options) {
    checkOptions(this._type, options);
    Object.assign(this._options, options);
    this._applyOptions();
    return /** @type {any} */ (this);
  }

  focus() {
    this._shownFields()[0]?.input.focus();
  }

  blur() {
    /** @type {HTMLElement | null} */ (this._root.activeElement)?.blur();
  }

  clear() {
    for (const field of this._fields) field.text = "";
    this._changed();
  }

  /** Resolves when the element has its fields. */
  async _load() {}

  /** Validate all elements that belong to the same payment method. */
  _validateAll() {
    return this._validate();
  }

  /** Show all errors; return the first one with its field. */
  _validate() {
    const [field] = this._shownFields().filter((each) => each.validate());
    this._changed();
    return field ? { field, error: /** @type {Failure} */ (field.shownError) } : null;
  }

  _shownFields() {
    return this._fields.filter(({ node }) => !node.hidden);
  }

  get _complete() {
    return this._shownFields().every((field) => field.failure === null);
  }

  get _empty() {
    return this._shownFields().every((field) => field.empty);
  }

  /** The first visible error, as change events report it. */
  get _error() {
    const error = this._shownFields().find((field) => field.shownError)?.shownError;
    return error ? { type: "validation_error", code: error.code, message: error.message } : undefined;
  }

  /** Members of change events that only this type of element has. */
  _details() {
    return {};
  }

  /**
   * The style sheets of this element, with the appearance of its group.
   * @returns {CSSStyleSheet[]}
   */
  _sheets() {
    const { _appearance, _options } = this._group;
    return _appearance ? _appearance.sheetsOfAppearance(_options.appearance) : [STYLES];
  }

  _restyle() {
    this._root.adoptedStyleSheets = this._sheets();
  }

  /** @param {...Field} fields */
  _add(...fields) {
    this._fields.push(...fields);
    for (const field of fields) field.onChange = () => this._changed();
    this._applyOptions();
    this._lastChange = JSON.stringify(this._change());
  }

  _applyOptions() {
    for (const { input } of this._fields) {
      const { disabled, readOnly } = this._options;
      const isText = input instanceof HTMLInputElement;
      if (isText) input.readOnly = readOnly === true;
      // A select field cannot be read-only.
      input.disabled = disabled === true || (readOnly === true && !isText);
    }
  }

  /** Return a change event. */
  _change() {
    const { _type: elementType, _empty: empty, _complete: complete } = this;
    return { elementType, empty, complete, ...this._details() };
  }

  /** Emit a change event if something changed: https://docs.stripe.com/js/element/events/on_change. */
  _changed() {
    this._updateClasses();
    // Without fields, the element is not ready.
    if (!this._fields.length) return;
    const change = this._change();
    const serialized = JSON.stringify(change);
    if (serialized === this._lastChange) return;
    this._lastChange = serialized;
    this._emit("change", change);
  }

  /** Called after `mount` has returned, so that the page can add listeners first. */
  _start() {
    this._emit("ready", { elementType: this._type });
  }

  _listen() {
    const detail = { elementType: this._type };
    const staysInside = (/** @type {FocusEvent} */ { relatedTarget }) =>
      relatedTarget instanceof Node && this._root.contains(relatedTarget);
    this._frame.addEventListener("focusin", (event) => {
      this._updateClasses(true);
      if (!staysInside(event)) this._emit("focus", detail);
    });
    this._frame.addEventListener("focusout", (event) => {
      if (staysInside(event)) return;
      this._updateClasses(false);
      this._emit("blur", detail);
    });
    this._frame.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this._emit("escape", detail);
      // Input methods for Japanese and Chinese use Enter to end a composition.
      if (event.key === "Enter" && !event.isComposing && event.target instanceof HTMLInputElement)
        this._submitForm();
    });
  }

  /** Submit the form around the element, as Enter does in a field of that form. */
  _submitForm() {
    const form = this._container && this._container.closest("form");
    const isButton = (/** @type {Element} */ each) =>
      (each instanceof HTMLButtonElement || each instanceof HTMLInputElement) && each.type === "submit";
    const button = form && /** @type {HTMLElement | undefined} */ ([...form.elements].find(isButton));
    if (form && !(button && button.matches(":disabled"))) form.requestSubmit(button || null);
  }

  /** @param {boolean} [focused] */
  _updateClasses(focused = this._root.activeElement !== null) {
    if (!this._container) return;
    const invalid = this._error !== undefined;
    const states = { base: true, focus: focused, complete: this._complete, empty: this._empty, invalid };
    const active = Object.entries(states).filter(([, isActive]) => isActive);
    // States can share a class: remove all classes first, then add the active ones.
    this._container.classList.remove(...Object.keys(STATES).flatMap((name) => this._classes(name)));
    this._container.classList.add(...active.flatMap(([name]) => this._classes(name)));
  }

  /** @param {string} name a state; the page can set several classes for it */
  _classes(name) {
    const classes = (this._options.classes || {})[name] || STATES[name];
    return classes.split(/\s+/).filter(Boolean);
  }

  /** @param {HTMLElement} container */
  _watchLabels(container) {
    const parent = container.closest("label");
    const others = container.id ? document.querySelectorAll(`label[for=${CSS.escape(container.id)}]`) : [];
    for (const label of [...(parent ? [parent] : []), ...others]) {
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
