"""Plain words, and readable text for a member by its name."""

import random
import re
from collections.abc import Callable
from functools import lru_cache

TEXT = """
amber anchor apple autumn bamboo basil beacon birch bridge candle canyon cedar cherry cliff clover cobalt copper coral
cotton crystal dawn delta eagle ember falcon fern field forest garden ginger glacier granite harbour hazel heron indigo
island ivory jasmine juniper lantern laurel lemon linen lotus maple marble meadow mint moss north oak ocean olive
orchard otter paper pearl pepper pine plum quartz raven river saffron sage silver spruce stone summer sunset thyme
timber topaz valley velvet violet walnut water willow winter
"""
WORDS = tuple(TEXT.split())

# Maps a format to the last words of member names that suggest it.
FORMAT_WORDS = {
    "date": "date",
    "date-time": "at timestamp",
    "email": "email",
    "hostname": "domain host hostname",
    "uri": "href link uri url website",
    "uuid": "guid uuid",
}
FORMATS = {word: name for name, words in FORMAT_WORDS.items() for word in words.split()}
# Maps a word to values to choose from.
VALUES = {
    "city": ("Berlin", "Lisbon", "Oslo", "Vienna"),
    "country": ("AT", "DE", "FR", "NL"),
    "currency": ("EUR", "GBP", "USD"),
    "firstname": ("Ada", "Grace", "Linus", "Noor"),
    "language": ("de", "en", "fr"),
    "lastname": ("Hopper", "Lovelace", "Okafor", "Turing"),
    "locale": ("de-DE", "en-GB", "fr-FR"),
    "phone": ("+493012345678", "+441632960123"),
    "status": ("active", "pending"),
    "version": ("1.0.0", "2.1.0"),
}
# Maps a word to the number of words in the text.
COUNTS = {"comment": 6, "description": 8, "message": 6, "summary": 6, "text": 6, "title": 3}
OPAQUE = frozenset({"hash", "id", "key", "secret", "sha", "token"})


Text = Callable[[random.Random], str]


def named_text(name: str, rng: random.Random) -> tuple[str, str]:
    """Readable text for a member of this name, and the format that the name suggests (else empty)."""
    make, suggested_format = text_for(name)
    return make(rng), suggested_format


@lru_cache(maxsize=4096)
def text_for(name: str) -> tuple[Text, str]:
    """A function that makes readable text for a member of this name, and the format that the name suggests."""
    parts = [part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)] or [""]
    last = parts[-1]
    values = VALUES.get("".join(parts[-2:])) or VALUES.get(last)
    if values:
        return lambda rng: values[int(rng.random() * len(values))], ""
    if last in OPAQUE:
        return lambda rng: f"{rng.getrandbits(64):016x}", ""
    count = COUNTS.get(last, 2)
    if last == "name":
        return lambda rng: phrase(rng, count).title(), ""
    return lambda rng: phrase(rng, count), FORMATS.get(last, "")


def phrase(rng: random.Random, count: int) -> str:
    """This many words."""
    return " ".join([WORDS[int(rng.random() * len(WORDS))] for _ in range(count)])
