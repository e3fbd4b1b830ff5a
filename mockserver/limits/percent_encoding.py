"""Decodes percent-encoded text (RFC 3986, section 2.1) with the results of urllib.parse.

A run of escapes is decoded in one step. urllib makes two objects for each percent sign, and joins a million of them for
a body of a megabyte. No other thread runs meanwhile.
"""

import re
from typing import Final

_ESCAPES: Final = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")
_ASCII: Final = re.compile(r"[\x00-\x7f]+")


def unquoted(text: str, charset: str = "utf-8", errors: str = "replace") -> str:
    """Decode the escapes in a text. Their bytes, and the ASCII characters between them, have this charset.

    Raises UnicodeDecodeError if `errors` is "strict" and the bytes are not in the charset.
    """
    return _ASCII.sub(lambda run: _unescaped(run[0]).decode(charset, errors), text) if "%" in text else text


def unquoted_plus(text: str, charset: str = "utf-8", errors: str = "replace") -> str:
    """Decode a name or a value of a form: the same as `unquoted`, with spaces for plus signs."""
    return unquoted(text.replace("+", " "), charset, errors)


def _unescaped(text: str) -> bytes:
    return _ESCAPES.sub(lambda escapes: bytes.fromhex(escapes[0].replace(b"%", b"").decode()), text.encode())
