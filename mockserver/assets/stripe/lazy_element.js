// An element whose implementation is in a part of this script. It becomes an instance of its class when the part is
// loaded, like a custom element that is upgraded.

class LazyElement extends MockElement {
  /**
   * @param {MockElements} group
   * @param {string} type
   * @param {any} options
   * @param {() => Promise<{ prototype: MockElement & { _build: () => void } }>} loadClass
   * @param {boolean} [hasAppearance] whether the appearance of the group has an effect
   */
  constructor(group, type, options, loadClass, hasAppearance = true) {
    super(group, type, options);
    this._loadClass = loadClass;
    this._hasAppearance = hasAppearance;
    /** @type {Promise<void> | null} */
    this._loading = null;
    this._load().catch(() => {}); // The next caller gets the error.
  }

  /** Resolves when the element is an instance of its class; rejects if the part does not load. */
  _load() {
    if (!this._loading) {
      this._loading = this._upgrade();
      this._loading.catch(() => (this._loading = null));
    }
    return this._loading;
  }

  /** Only the address element has a value. */
  async getValue() {
    await this._load();
    return /** @type {any} */ (this).getValue();
  }

  get _complete() {
    return false;
  }

  /** Only the payment element collapses. */
  collapse() {
    this._load().then(
      () => this.collapse(),
      () => {} // `mount` reports it.
    );
    return this;
  }

  async _upgrade() {
    const loading = this._loadClass();
    const [{ prototype }] = await Promise.all([loading, this._hasAppearance && this._group._loadAppearance()]);
    Object.setPrototypeOf(this, prototype);
    const upgraded = /** @type {MockElement & { _build: () => void }} */ (/** @type {unknown} */ (this));
    upgraded._build();
    upgraded._restyle();
  }

  async _start() {
    const mounts = this._mounts;
    try {
      await this._load();
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      this._frame.replaceChildren(make("p", { class: "Error", role: "alert" }, message));
      this._emit("loaderror", { elementType: this._type, error: { type: "api_connection_error", message } });
      return;
    }
    // `this` has another class now, with another `_start`.
    if (this._container && mounts === this._mounts) this._start();
  }
}
