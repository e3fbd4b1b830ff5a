// Event emitter: `on`, `once` and `off`.

/** @typedef {(event?: any) => any} Handler */

class Emitter {
  constructor() {
    /** @type {{ type: string, handler: Handler, once: boolean }[]} */
    this._handlers = [];
  }

  /**
   * @param {string} type
   * @param {Handler} handler
   * @returns {any}
   */
  on(type, handler) {
    this._handlers.push({ type, handler, once: false });
    return this;
  }

  /**
   * @param {string} type
   * @param {Handler} handler
   * @returns {any}
   */
  once(type, handler) {
    this._handlers.push({ type, handler, once: true });
    return this;
  }

  /**
   * Remove one handler, or all handlers of this type.
   * @param {string} type
   * @param {Handler} [handler]
   * @returns {any}
   */
  off(type, handler) {
    this._handlers = this._handlers.filter((each) => each.type !== type || (handler && each.handler !== handler));
    return this;
  }

  /**
   * @param {string} type
   * @param {unknown} [event]
   */
  _emit(type, event) {
    const matching = this._handlers.filter((each) => each.type === type);
    this._handlers = this._handlers.filter((each) => !(each.once && matching.includes(each)));
    for (const { handler } of matching) {
      try {
        handler(event);
      } catch (error) {
        // An error in the page's handler must not stop the other handlers.
        reportError(error);
      }
    }
  }
}
