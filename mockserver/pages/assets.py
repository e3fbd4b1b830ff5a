"""The files that a browser is given, and the scripts that are joined of them: nothing is built before."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Final, Literal

from mockserver.payments.test_cards import CARDS
from mockserver.payments.test_ibans import IBANS

_FOLDER: Final = Path(__file__).parent.parent / "assets"

# In the order in which they lean on each other.
_STRIPE: Final = (
    *("origin", "errors", "usage", "cards", "ibans", "dom", "emitter", "styles", "field", "fields", "postal"),
    *("element", "payment", "card", "address", "elements"),
    *("api", "challenge", "confirmation", "confirmation_token", "unimplemented", "stripe"),
)
_PARTS: Final = {
    "Stripe": tuple(f"stripe/{part}.js" for part in _STRIPE),
    "WingbackMock": (*(f"stripe/{part}.js" for part in _STRIPE), "wingback/wingback.js"),
}
_EXAMPLE_IBAN: Final = "DE89370400440532013000"

# Comments on lines of their own: a fifth of the text, which every page load would carry.
_COMMENT: Final = re.compile(r"^ *(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)\n", re.MULTILINE | re.DOTALL)
_LICENCE: Final = (
    "/* Wingback mock server, Apache-2.0: neither Stripe's nor Wingback's. mockserver/assets/ has the comments. */\n"
)


@cache
def read_asset(name: str) -> bytes:
    """A file of the folder `assets`, by its path in there."""
    return (_FOLDER / name).read_bytes()


def script(name: Literal["Stripe", "WingbackMock"], *, host: str, train: str = "v3") -> bytes:
    """A classic script that defines this global at once; `host` is where it was asked for, `train` in which path."""
    known = {
        "host": host,
        # The real script calls its oldest train 3.
        "train": 3 if train == "v3" else train,
        # With the country before the number, unless it is the United States: few bytes for many cards.
        "cards": " ".join(f"{card.country.removeprefix('US')}{card.number}" for card in CARDS.values()),
        # The first is the one that is shown as an example.
        "ibans": " ".join(sorted(IBANS, key=lambda iban: (iban != _EXAMPLE_IBAN, iban))),
    }
    return (
        f'{_LICENCE}(() => {{\n"use strict";\nconst MOCK = {json.dumps(known)};\n'
        f"{_joined(name)}if (window.{name} && window.{name}.isMock) "
        f'console.warn("Mock of Stripe.js: it is loaded more than once; the first stays.");\n'
        f"else window.{name} = {name};\n}})();\n"
    ).encode()


@cache
def _joined(name: str) -> str:
    text = "\n".join(read_asset(part).decode("utf-8") for part in _PARTS[name])
    return _COMMENT.sub("", text)
