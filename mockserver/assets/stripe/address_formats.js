// The address formats of countries: https://www.upu.int/en/postal-solutions/programmes-services/addressing-solutions.
// Which formats Stripe's own form checks is not published.

// Countries that have no postal codes.
const NO_POSTAL_CODE = (
  "AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GA GD GH GM GQ GY HK JM KI KM KN LC ML MO MR MS MW NR " +
  "NU PA QA RW SB SC SL SR ST SY TG TK TL TO TT TV UG VU YE ZW"
).split(" ");

// Countries by the number of digits in their postal codes. Codes that are not listed here or below can have any format.
const POSTAL_CODE_DIGITS = {
  3: "FO IS LS MG OM PG",
  4: "AF AL AM AT AU BD BE BG CH CV CY DK GE GL GW HU LI LR LU MK MZ NE NO NZ PH PY SI SJ TN VE ZA",
  5:
    "AX BA BL BT CR CU DE DO DZ EE EG ES ET FI FR GF GP GT HR ID IQ IT JO KE KR KW LA LK LY MA MC ME MF MM MQ MV MX MY " +
    "NC NI NP PE PF PK PM RE RS SD SM SN TH TR UA UY VA WF XK YT ZM",
  6: "BY CN CO EC IN KG KZ NG RO RU SG TJ TM UZ",
};
/** @type {Record<string, string>} */
const POSTAL_CODE_PATTERNS = {
  AD: "AD\\d{3}",
  AR: "\\d{4}|[A-Z]\\d{4}[A-Z]{3}",
  BR: "\\d{5}-?\\d{3}",
  CA: "[A-Z]\\d[A-Z] ?\\d[A-Z]\\d",
  CL: "\\d{3}-?\\d{4}",
  CZ: "\\d{3} ?\\d{2}",
  GB: "[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}",
  GR: "\\d{3} ?\\d{2}",
  IE: "[A-Z]\\d[\\dW] ?[A-Z\\d]{4}",
  IL: "\\d{5}(\\d{2})?",
  JP: "\\d{3}-?\\d{4}",
  LT: "(LT-)?\\d{5}",
  LV: "(LV-)?\\d{4}",
  MT: "[A-Z]{3} ?\\d{4}",
  NL: "\\d{4} ?[A-Z]{2}",
  PL: "\\d{2}-?\\d{3}",
  PR: "\\d{5}(-?\\d{4})?",
  PT: "\\d{4}-?\\d{3}",
  SE: "\\d{3} ?\\d{2}",
  SK: "\\d{3} ?\\d{2}",
  US: "\\d{5}(-?\\d{4})?",
};
for (const [digits, countries] of Object.entries(POSTAL_CODE_DIGITS))
  for (const country of countries.split(" ")) POSTAL_CODE_PATTERNS[country] = `\\d{${digits}}`;
for (const country of ["GG", "IM", "JE"]) POSTAL_CODE_PATTERNS[country] = POSTAL_CODE_PATTERNS.GB;

/** @type {Record<string, string>} */
const POSTAL_CODE_LABELS = { IE: "Eircode", IN: "PIN code", PR: "ZIP code", US: "ZIP code" };

// Countries whose addresses have no city.
const NO_CITY = ["GI", "SG"];

// Countries whose addresses need a state, and those whose addresses can have one.
const STATE_REQUIRED = "AE AU BR CA CN ES HK IN IT JP KR MX TW US".split(" ");
const STATE_OPTIONAL = (
  "AR CL CO CR CV EG HN ID IE IQ IR KN KY MY MZ NG NI NR PA PE PG PH RU SO SR SV TH TR TV UA UY UZ VE VN"
).split(" ");

/** @type {Record<string, string>} */
const STATE_LABELS = {
  AE: "Emirate",
  CA: "Province",
  CN: "Province",
  CO: "Department",
  ES: "Province",
  HK: "Area",
  IE: "County",
  IT: "Province",
  JP: "Prefecture",
  KR: "Province",
  TR: "Province",
};

// The states of a country, each as "name", or "code:name" if the address has a code.
/** @type {Record<string, string>} */
const STATES_OF = {
  AE: "Abu Dhabi|Ajman|Dubai|Fujairah|Ras Al Khaimah|Sharjah|Umm Al Quwain",
  AU:
    "ACT:Australian Capital Territory|NSW:New South Wales|NT:Northern Territory|QLD:Queensland|SA:South Australia|" +
    "TAS:Tasmania|VIC:Victoria|WA:Western Australia",
  BR:
    "AC:Acre|AL:Alagoas|AP:Amapá|AM:Amazonas|BA:Bahia|CE:Ceará|DF:Distrito Federal|ES:Espírito Santo|GO:Goiás|" +
    "MA:Maranhão|MT:Mato Grosso|MS:Mato Grosso do Sul|MG:Minas Gerais|PA:Pará|PB:Paraíba|PR:Paraná|PE:Pernambuco|" +
    "PI:Piauí|RJ:Rio de Janeiro|RN:Rio Grande do Norte|RS:Rio Grande do Sul|RO:Rondônia|RR:Roraima|SC:Santa Catarina|" +
    "SP:São Paulo|SE:Sergipe|TO:Tocantins",
  CA:
    "AB:Alberta|BC:British Columbia|MB:Manitoba|NB:New Brunswick|NL:Newfoundland and Labrador|NT:Northwest Territories|" +
    "NS:Nova Scotia|NU:Nunavut|ON:Ontario|PE:Prince Edward Island|QC:Quebec|SK:Saskatchewan|YT:Yukon",
  ES:
    "A Coruña|Álava|Albacete|Alicante|Almería|Asturias|Ávila|Badajoz|Balears|Barcelona|Burgos|Cáceres|Cádiz|Cantabria|" +
    "Castellón|Ceuta|Ciudad Real|Córdoba|Cuenca|Girona|Granada|Guadalajara|Guipúzcoa|Huelva|Huesca|Jaén|La Rioja|" +
    "Las Palmas|León|Lleida|Lugo|Madrid|Málaga|Melilla|Murcia|Navarra|Ourense|Palencia|Pontevedra|Salamanca|" +
    "Santa Cruz de Tenerife|Segovia|Sevilla|Soria|Tarragona|Teruel|Toledo|Valencia|Valladolid|Vizcaya|Zamora|Zaragoza",
  HK: "Hong Kong Island|Kowloon|New Territories",
  IN:
    "Andaman and Nicobar Islands|Andhra Pradesh|Arunachal Pradesh|Assam|Bihar|Chandigarh|Chhattisgarh|" +
    "Dadra and Nagar Haveli and Daman and Diu|Delhi|Goa|Gujarat|Haryana|Himachal Pradesh|Jammu and Kashmir|Jharkhand|" +
    "Karnataka|Kerala|Ladakh|Lakshadweep|Madhya Pradesh|Maharashtra|Manipur|Meghalaya|Mizoram|Nagaland|Odisha|" +
    "Puducherry|Punjab|Rajasthan|Sikkim|Tamil Nadu|Telangana|Tripura|Uttar Pradesh|Uttarakhand|West Bengal",
  JP:
    "Hokkaido|Aomori|Iwate|Miyagi|Akita|Yamagata|Fukushima|Ibaraki|Tochigi|Gunma|Saitama|Chiba|Tokyo|Kanagawa|Niigata|" +
    "Toyama|Ishikawa|Fukui|Yamanashi|Nagano|Gifu|Shizuoka|Aichi|Mie|Shiga|Kyoto|Osaka|Hyogo|Nara|Wakayama|Tottori|" +
    "Shimane|Okayama|Hiroshima|Yamaguchi|Tokushima|Kagawa|Ehime|Kochi|Fukuoka|Saga|Nagasaki|Kumamoto|Oita|Miyazaki|" +
    "Kagoshima|Okinawa",
  MX:
    "Aguascalientes|Baja California|Baja California Sur|Campeche|Chiapas|Chihuahua|Ciudad de México|Coahuila|Colima|" +
    "Durango|Estado de México|Guanajuato|Guerrero|Hidalgo|Jalisco|Michoacán|Morelos|Nayarit|Nuevo León|Oaxaca|Puebla|" +
    "Querétaro|Quintana Roo|San Luis Potosí|Sinaloa|Sonora|Tabasco|Tamaulipas|Tlaxcala|Veracruz|Yucatán|Zacatecas",
  US:
    "AL:Alabama|AK:Alaska|AZ:Arizona|AR:Arkansas|CA:California|CO:Colorado|CT:Connecticut|DE:Delaware|" +
    "DC:District of Columbia|FL:Florida|GA:Georgia|HI:Hawaii|ID:Idaho|IL:Illinois|IN:Indiana|IA:Iowa|KS:Kansas|" +
    "KY:Kentucky|LA:Louisiana|ME:Maine|MD:Maryland|MA:Massachusetts|MI:Michigan|MN:Minnesota|MS:Mississippi|MO:Missouri|" +
    "MT:Montana|NE:Nebraska|NV:Nevada|NH:New Hampshire|NJ:New Jersey|NM:New Mexico|NY:New York|NC:North Carolina|" +
    "ND:North Dakota|OH:Ohio|OK:Oklahoma|OR:Oregon|PA:Pennsylvania|RI:Rhode Island|SC:South Carolina|SD:South Dakota|" +
    "TN:Tennessee|TX:Texas|UT:Utah|VT:Vermont|VA:Virginia|WA:Washington|WV:West Virginia|WI:Wisconsin|WY:Wyoming|" +
    "AA:Armed Forces Americas|AE:Armed Forces Europe|AP:Armed Forces Pacific",
};

// The prefectures of Japan in Japanese, in the same order.
const JAPANESE = (
  "北海道|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県|千葉県|東京都|神奈川県|新潟県|富山県|石川県|福井県|山梨県|長野県|岐阜県|静岡県|愛知県|三重県|" +
  "滋賀県|京都府|大阪府|兵庫県|奈良県|和歌山県|鳥取県|島根県|岡山県|広島県|山口県|徳島県|香川県|愛媛県|高知県|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県|鹿児島県|沖縄県"
).split("|");

/**
 * Return the states of a country as choices; none if the customer types the state.
 * @param {string} country
 * @returns {[string, string][]}
 */
function stateChoices(country) {
  const states = STATES_OF[country]?.split("|") || [];
  return states.map((state) => {
    const [code, name = code] = state.split(":");
    return [code, name];
  });
}

/**
 * Return the state in the country's own script.
 * @param {string} country
 * @param {string} state
 */
function localizedState(country, state) {
  return (country === "JP" && JAPANESE[STATES_OF.JP.split("|").indexOf(state)]) || state;
}

/**
 * Return the error of a postal code.
 * @param {string} text
 * @param {string} country
 * @param {string} label
 * @returns {Failure | null}
 */
function checkPostalCode(text, country, label) {
  const code = text.trim();
  if (!code) return invalid("incomplete_zip", `${label} is missing.`);
  const pattern = POSTAL_CODE_PATTERNS[country];
  if (!pattern || new RegExp(`^(${pattern})$`, "i").test(code)) return null;
  return invalid("incomplete_zip", `${label} is not valid in this country.`);
}
