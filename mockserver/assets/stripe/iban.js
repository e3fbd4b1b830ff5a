// The IBAN Element.

class IbanElement extends BareElement {
  _build() {
    this._show("Single", ibanField({ bare: true }));
  }

  _details() {
    return { ...super._details(), country: normalizeIban(this._fields[0].text).slice(0, 2), bankName: "" };
  }

  _data() {
    return ibanData(this._fields[0].text);
  }
}
