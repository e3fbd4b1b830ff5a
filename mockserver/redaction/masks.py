"""Masks: what stands for a credential where credentials are not stored."""

import re
from hashlib import blake2b
from typing import Final

MASK: Final = re.compile("(mask-[0-9a-f]{32})")
_MOST_TRIED: Final = 16
"""How many ends of a credential are tried if the text after its mask occurs several times."""


def mask(credential: str) -> str:
    """The mask of a credential: a hash, always the same for the same credential."""
    digest = blake2b(credential.encode("utf-8", "surrogatepass"), digest_size=16, person=b"mask").hexdigest()
    return f"mask-{digest}"


def is_masked(text: str, original: str) -> bool:
    """Tell whether a text is the original with masks instead of credentials, and has at least one."""
    masks = MASK.findall(text)
    if not masks:
        return False
    before, *after = MASK.split(text)[::2]
    if not original.startswith(before):
        return False
    place = len(before)
    for number, (expected, following) in enumerate(zip(masks, after, strict=True), start=1):
        end = _end_of(expected, original, place, following, is_last=number == len(masks))
        if end is None:
            return False
        place = end + len(following)
    return True


def _end_of(expected: str, original: str, start: int, following: str, *, is_last: bool) -> int | None:
    """Where the credential with a mask ends that begins at `start`, and is followed by a text; None if nowhere."""
    if is_last:
        end = len(original) - len(following)
        return end if original[end:] == following and expected == mask(original[start:end]) else None
    end = start
    for _ in range(_MOST_TRIED):
        end = original.find(following, end + 1)
        if end < 0:
            return None
        if expected == mask(original[start:end]):
            return end
    return None
