// Style sheets. Colours, sizes and spaces are custom properties, so that a page's `appearance` can change them
// (appearance.js).

const STYLES_TEXT = `
  :host { display: block; }
  * { box-sizing: border-box; }
  .Frame {
    all: initial; display: block; pointer-events: inherit; visibility: inherit;
    color: var(--colorText, #1d2433);
    font-family: var(--fontFamily, system-ui, sans-serif);
    font-size: var(--fontSizeBase, 16px);
    font-weight: var(--fontWeightNormal, 400);
    line-height: var(--fontLineHeight, 1.4);
  }
  [hidden] { display: none; }
  fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
  .Grid {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    column-gap: var(--gridColumnSpacing, var(--spacingGridColumn, 0.75em));
    row-gap: var(--gridRowSpacing, var(--spacingGridRow, 0.75em));
  }
  .Wide { grid-column: 1 / -1; }
  .Label {
    color: var(--labelColorText, inherit);
    display: block;
    font-size: var(--labelFontSize, var(--fontSizeSm, 0.875em));
    font-weight: var(--labelFontWeight, var(--fontWeightMedium, 500));
    margin-bottom: var(--labelSpacing, 0.25em);
  }
  .Input {
    background: var(--colorBackground, #fff);
    border: var(--inputBorder, 1px solid var(--inputColorBorder, #8a94a6));
    border-radius: var(--borderRadius, 6px);
    box-shadow: var(--inputBoxShadow, none);
    color: inherit;
    font: inherit;
    padding: calc(var(--spacingUnit, 4px) * 2.5) calc(var(--spacingUnit, 4px) * 3);
    width: 100%;
  }
  .Input::placeholder { color: var(--colorTextPlaceholder, #5f677a); opacity: 1; }
  .Input:focus {
    border-color: var(--inputFocusColorBorder, var(--colorPrimary, #2456d6));
    box-shadow: var(--inputFocusBoxShadow, var(--focusBoxShadow, none));
    outline: var(--focusOutline, 2px solid var(--colorPrimary, #2456d6));
    outline-offset: 1px;
  }
  .Input:disabled { opacity: 0.6; }
  .Input--invalid { border-color: var(--colorDanger, #b3142b); color: var(--colorDanger, #b3142b); }
  .Error { color: var(--colorDanger, #b3142b); font-size: 0.875em; margin: 0.25em 0 0; }
  .Error:empty { display: none; }
  .Number { position: relative; }
  .Number .Brand {
    color: var(--colorTextSecondary, #525c6f); font-size: 0.8em; pointer-events: none;
    position: absolute; right: 0.9em; top: 50%; transform: translateY(-50%);
  }
  .Badge {
    background: #fff4d6; border: 1px solid #d9a514; border-radius: 999px; color: #5c4300; display: inline-block;
    font: 500 12px/1.3 system-ui, sans-serif; margin: 0.75em 0 0; padding: 0.15em 0.7em;
  }
  .Badge[hidden] { display: none; }
  .Hidden { clip-path: inset(50%); height: 1px; overflow: hidden; position: absolute; white-space: nowrap; width: 1px; }
  .Line { align-items: baseline; display: flex; flex-wrap: wrap; gap: 0.25em 0.3em; }
  .Line > .Plain { flex: 1 1 2.1em; min-width: 0; }
  .Line > .Number { flex: 8 1 11.2em; min-width: 0; }
  .Line > .Number + .Plain { flex-basis: 3.95em; }
  .Line > .Postal { flex-basis: 3.2em; }
  .Line .Number .Number, .Single .Number .Number { align-items: baseline; display: flex; gap: 0.5em; }
  .Line .Number .Brand, .Single .Number .Brand { position: static; transform: none; white-space: nowrap; }
  .Line .Number .Brand { flex: 0 1 auto; min-width: 0; overflow: hidden; }
  .Line .Number .Input, .Single .Number .Input { flex: 1 0 0; min-width: 11.2em; }
  :where(.Line, .Single) .Input, :where(.Line, .Single) .Input:focus {
    background: transparent; border: 0; box-shadow: none; padding: 0.15em 0;
  }
  .Line .Badge, .Single .Badge { margin: 0.25em 0 0; }
`;
const STYLES = sheetOf(STYLES_TEXT);

/**
 * Convert rem to px, as the real elements are in a frame, where 1rem is the browser's default and not the page's.
 * @param {unknown} value
 */
const inPixels = (value) => String(value).replace(/(\d*\.?\d+)rem\b/g, (_, size) => `${size * 16}px`);

/**
 * @param {CSSStyleSheet} sheet
 * @param {string} selector
 * @param {any} declarations
 */
function addRule(sheet, selector, declarations) {
  try {
    const rule = /** @type {CSSStyleRule} */ (
      sheet.cssRules[sheet.insertRule(`${selector} { }`, sheet.cssRules.length)]
    );
    for (const [name, value] of Object.entries(declarations)) {
      rule.style.setProperty(
        name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
        inPixels(value)
      );
    }
  } catch {
    console.warn(`Mock of Stripe.js: appearance.rules has an invalid selector: ${selector}`);
  }
}

/**
 * Return the rules of a card element's `style` option: https://docs.stripe.com/js/appendix/style.
 * @param {any} style
 */
function sheetOfStyle(style) {
  const sheet = sheetOf(":host { }");
  const states = {
    base: ".Input",
    empty: ".Input:placeholder-shown",
    complete: ".Input--complete",
    invalid: ".Input--invalid",
  };
  for (const [state, selector] of Object.entries(states)) {
    const declarations = Object.entries((style || {})[state] || {});
    addRule(sheet, selector, Object.fromEntries(declarations.filter(([, value]) => typeof value !== "object")));
    for (const [pseudo, nested] of declarations) {
      if (typeof nested === "object") addRule(sheet, `${selector}${pseudo}`, nested);
    }
  }
  return sheet;
}
