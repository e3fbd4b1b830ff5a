"""Texts from files, fit to be printed on a terminal."""

from __future__ import annotations

__all__ = ["plain"]


def plain(text: str) -> str:
    """The text without control characters, on one line."""
    return text if text.isprintable() else "".join(each if each.isprintable() else " " for each in text)
