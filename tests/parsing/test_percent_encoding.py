"""Percent-encoded text is decoded as by urllib.parse."""

from __future__ import annotations

from urllib.parse import unquote, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.limits.percent_encoding import unquoted, unquoted_plus

PARTS = st.sampled_from(("%", "%4", "%41", "%c3", "%A9", "%ff", "%E4%BD", "%83", "+", "a", "A", "(", "é", "中", "\x00"))
TEXTS = st.lists(PARTS, max_size=12).map("".join)


def outcome(decode: object, *arguments: str) -> str | type[Exception]:
    assert callable(decode)
    try:
        return str(decode(*arguments))
    except UnicodeDecodeError as error:
        return type(error)


@given(TEXTS, st.sampled_from(("utf-8", "latin-1", "shift_jis", "utf-16")), st.sampled_from(("replace", "strict")))
def test_the_results_are_those_of_urllib(text: str, charset: str, errors: str) -> None:
    """Whatever is escaped, the decoded text and the error are the same."""
    assert outcome(unquote, text, charset, errors) == outcome(unquoted, text, charset, errors)
    assert outcome(unquote_plus, text, charset, errors) == outcome(unquoted_plus, text, charset, errors)


@pytest.mark.parametrize("part", ["%", "%25", "%41x", "%c3%a9", "é%"])
def test_long_texts(part: str) -> None:
    """A long text has the same result as a short one."""
    assert unquote(part) * 100_000 == unquoted(part * 100_000)
