"""Masks: what stands for a credential where credentials are not stored."""

import re
from hashlib import blake2b
from typing import Final

_MASK: Final = re.compile("mask-[0-9a-f]{32}")


def mask(credential: str) -> str:
    """The mask of a credential: a hash, always the same for the same credential."""
    digest = blake2b(credential.encode("utf-8", "surrogatepass"), digest_size=16, person=b"mask").hexdigest()
    return f"mask-{digest}"


def is_mask_of(text: object, credential: object) -> bool:
    """Tell whether a text is the mask of a credential."""
    return (
        isinstance(text, str)
        and isinstance(credential, str)
        and _MASK.fullmatch(text) is not None
        and text == mask(credential)
    )
