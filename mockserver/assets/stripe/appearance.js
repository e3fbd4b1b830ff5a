// The option `appearance` of a group: https://docs.stripe.com/elements/appearance-api.

// The values are the mock's own. `none` leaves the design to the page's variables and rules.
const THEMES = {
  stripe: {},
  flat: { colorBackground: "#f1f3f7", inputBorder: "1px solid transparent", inputBoxShadow: "none", itemBackground: "transparent" },
  night: {
    colorBackground: "#23272f",
    colorText: "#eef1f6",
    colorTextSecondary: "#b3bac7",
    colorTextPlaceholder: "#a3abba",
    colorPrimary: "#8fb0ff",
    colorDanger: "#ff8f98",
  },
  none: { borderRadius: "0", colorPrimary: "currentcolor", fontWeightMedium: "400" },
};

/**
 * Return the style sheets of elements that have an appearance.
 * @param {any} appearance
 */
function sheetsOfAppearance(appearance) {
  const sheet = sheetOf(":host { }");
  const { theme = "stripe", variables = {}, rules = {} } = appearance || {};
  const host = /** @type {CSSStyleRule} */ (sheet.cssRules[0]).style;
  for (const [name, value] of Object.entries({ ...THEMES[/** @type {"stripe"} */ (theme)], ...variables })) {
    host.setProperty(`--${name}`, inPixels(value));
  }
  for (const [selector, declarations] of Object.entries(rules)) {
    // Pages cannot change the mock's badge and frame.
    if (!/\.(Badge|Frame)\b/.test(selector)) addRule(sheet, selector, declarations);
  }
  return [STYLES, FORM_STYLES, sheet];
}

/**
 * Say in the console which parts of an appearance have no effect.
 * @param {any} appearance
 */
function checkAppearance(appearance) {
  const { theme = "stripe", variables = {}, rules = {}, labels, inputs, disableAnimations, ...unknown } = appearance || {};
  if (!(theme in THEMES)) warnOfOption(`appearance.theme: ${JSON.stringify(theme)}`);
  if (labels === "floating") warnOfOption("appearance.labels");
  if (inputs === "condensed") warnOfOption("appearance.inputs");
  // The mock has no animations.
  if (disableAnimations) warnOfOption("appearance.disableAnimations");
  for (const name of Object.keys(unknown)) warnOfUnknown("elements", `appearance.${name}`);
  // A variable also has an effect if other variables or rules refer to it.
  const texts = [STYLES_TEXT, FORM_STYLES_TEXT, JSON.stringify([rules, Object.values(variables)])].join();
  for (const name of Object.keys(variables))
    if (!new RegExp(`--${name}\\b`).test(texts)) warnOfOption(`appearance.variables.${name}`);
}
