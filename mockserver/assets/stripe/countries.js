// The countries of addresses.

// ISO 3166-1 country codes, without uninhabited territories.
const COUNTRIES = (
  "AD AE AF AG AI AL AM AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CD CF CG CH " +
  "CI CK CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FO FR GA GB GD GE GF GG GH GI GL GM " +
  "GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI " +
  "LK LR LS LT LU LV LY MA MC MD ME MF MG MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU NZ " +
  "OM PA PE PF PG PH PK PL PM PR PS PT PY QA RE RO RS RU RW SA SB SC SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TA " +
  "TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VN VU WF WS XK YE YT ZA ZM ZW"
).split(" ");

/**
 * Return the choices of a country field, sorted by name. Invalid codes stay as they are.
 * @param {string[]} [codes]
 * @returns {[string, string][]}
 */
function countryChoices(codes = COUNTRIES) {
  const names = new Intl.DisplayNames("en", { type: "region" });
  const isCode = (/** @type {string} */ code) => /^[A-Z]{2}$/.test(code);
  /** @type {[string, string][]} */
  const choices = codes.map((code) => [code, (isCode(code) && names.of(code)) || code]);
  return choices.sort(([, a], [, b]) => a.localeCompare(b));
}

/**
 * Return the country that a field shows first. Stripe uses the address of the network; the mock the browser's language.
 * @param {string[]} codes the countries to choose from
 * @param {string} [preferred] the page's choice
 */
function firstCountry(codes, preferred) {
  const { region } = new Intl.Locale(navigator.language).maximize();
  return [preferred, region].find((code) => code !== undefined && codes.includes(code)) || codes[0];
}
