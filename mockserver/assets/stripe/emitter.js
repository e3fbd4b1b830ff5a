// Things that tell what happens to them.

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
   * Without a handler, every handler of this type.
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
    const called = this._handlers.filter((each) => each.type === type);
    this._handlers = this._handlers.filter((each) => !(each.once && called.includes(each)));
    for (const { handler } of called) {
      try {
        handler(event);
      } catch (error) {
        // As from a frame: what a page's handler throws is the page's alone.
        reportError(error);
      }
    }
  }
}
