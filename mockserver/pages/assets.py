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
    *(
        "origin",
        "errors",
        "usage",
        "options",
        "cards",
        "dom",
        "parts",
        "emitter",
        "styles",
        "field",
        "fields",
        "postal",
    ),
    *("element", "lazy_element", "card", "element_types", "elements"),
    *("api", "confirmation", "payment_request", "unimplemented", "stripe"),
)
_FILES: Final = {
    "Stripe": tuple(f"stripe/{name}.js" for name in _STRIPE),
    "WingbackMock": (*(f"stripe/{name}.js" for name in _STRIPE), "wingback/wingback.js"),
}
_EXAMPLE_IBAN: Final = "DE89370400440532013000"
PARTS: Final = {
    "address": ("stripe/countries.js", "stripe/address_formats.js", "stripe/address.js"),
    "appearance": ("stripe/form_styles.js", "stripe/appearance.js"),
    "challenge": ("stripe/challenge.js",),
    "confirmation_token": ("stripe/confirmation_token.js",),
    "iban": ("stripe/ibans.js", "stripe/iban.js"),
    "other_elements": ("stripe/other_elements.js",),
    "payment": (
        *("stripe/countries.js", "stripe/card_address.js", "stripe/billing_rules.js"),
        *("stripe/method_list.js", "stripe/payment.js"),
    ),
}
"""The parts of both scripts that are loaded on first use: the files of each."""

_DECLARED: Final = re.compile(r"^(?:class|const|(?:async )?function\*?) (\w+)", re.MULTILINE)

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
    }
    text = f"{_joined(_FILES[name])}const CORE = {{ {', '.join(_shared_names())} }};\n"
    return (
        f'{_LICENCE}(() => {{\n"use strict";\nconst MOCK = {json.dumps(known)};\n'
        f"{_without_indentation(text)}if (window.{name} && window.{name}.isMock) "
        f'console.warn("Mock of Stripe.js: it is loaded more than once; the first stays.");\n'
        f"else window.{name} = {name};\n}})();\n"
    ).encode()


def part(name: str) -> bytes:
    """The script of one of `PARTS`. It hands a function over to the script that loaded it (see parts.js).

    The function takes CORE, an object with the names of that script, and returns the names that the part defines.
    """
    text = _joined(PARTS[name])
    if name == "iban":
        # The first is the one that is shown as an example.
        ibans = " ".join(sorted(IBANS, key=lambda iban: (iban != _EXAMPLE_IBAN, iban)))
        text = f"const IBANS = {json.dumps(ibans)};\n{text}"
    used = [each for each in _shared_names() if re.search(rf"\b{each}\b", text)]
    text = f"const {{ {', '.join(used)} }} = core;\n{text}return {{ {', '.join(_DECLARED.findall(text))} }};\n"
    return (
        f'{_LICENCE}document.currentScript.mockPart?.((core) => {{\n"use strict";\n{_without_indentation(text)}}});\n'
    ).encode()


@cache
def _shared_names() -> list[str]:
    """The names of the script that its parts use."""
    parts = "\n".join(_joined(files) for files in PARTS.values())
    declared = ["MOCK", *_DECLARED.findall(_joined(_FILES["Stripe"]))]
    return [name for name in declared if re.search(rf"\b{name}\b", parts)]


@cache
def _joined(files: tuple[str, ...]) -> str:
    return _COMMENT.sub("", "\n".join(read_asset(name).decode("utf-8") for name in files))


def _without_indentation(text: str) -> str:
    return re.sub(r"^ +", "", text, flags=re.MULTILINE)
