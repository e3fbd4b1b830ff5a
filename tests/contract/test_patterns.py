"""Patterns have the meaning of ECMA-262 and are matched in bounded time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.patterns.compiled_pattern import compile_pattern, linear_pattern

MEGABYTE = 1 << 20

# The pattern, texts that match, texts that do not match.
MEANINGS = {
    "digits are ASCII": (r"^\d+$", ["059"], ["٣"]),
    "word characters are ASCII": (r"^\w+$", ["a_Z9"], ["é"]),
    "spaces are Unicode": (r"^\s$", [" ", "\ufeff", "\u2003"], ["\u0085", "x"]),
    "not a word character": (r"^[^\w]\W$", ["éé", "--"], ["ab"]),
    "a word boundary": (r"\bx", ["x", "éx"], ["ax", "yx"]),
    "a word boundary, backtracking": (r"\bx(?!y)", ["x", "éx"], ["ax", "xy"]),
    "not a word boundary": (r"a\Bb", ["ab"], ["a b", "aé"]),
    "not a word boundary, backtracking": (r"a\B(?!x)", ["ab"], ["a", "aé", "ax"]),
    "a dot does not match line ends": (
        "^a.b$",
        ["axb", "a\u0085b", "a\U0001f600b"],
        ["a\nb", "a\rb", "a\u2028b", "ab"],
    ),
    "a dot under a flag": ("^(?s)a.b$", ["a\nb"], ["ab"]),
    "a dot under a flag in a group": ("^(?s:.).$", ["\nx"], ["x\n"]),
    "$ matches the end only": ("^a$", ["a"], ["a\n", "\na"]),
    "a match anywhere": ("b", ["abc"], ["ac"]),
    "an empty pattern": ("", ["", "x"], []),
    "an escaped slash": (r"^a\/b$", ["a/b"], [r"a\/b"]),
    "needless escapes": (r"^\-\_\@\ \#\"$", ['-_@ #"'], ["-"]),
    "Unicode properties": (r"^\p{L}\p{Script=Greek}\pN\P{L}$", ["éα٣-"], ["éa3-", "éα٣é"]),
    "code points": (r"^\x41\u00e9\u{1F600}\cA\0\t$", ["Aé\U0001f600\x01\0\t"], ["A"]),
    "a surrogate pair": (r"^\uD83D\uDE00$", ["\U0001f600"], ["\ufffd"]),
    "surrogate pairs as bounds": (r"^[\u0020-\uD7FF\uD800\uDC00-\uDBFF\uDFFF]$", ["é", "\U0001f600"], ["\ue000"]),
    "halves of surrogate pairs": (r"^(?:[\uD800-\uDBFF]|a|\uDC00)$", ["a"], ["\U0001f600"]),
    "one character is one code point": ("^.{2}$", ["\U0001f600\U0001f600"], ["\U0001f600"]),
    "an empty class": ("^[]$", [], ["", "a"]),
    "a full class": ("^[^]$", ["a", "\n"], ["", "ab"]),
    "a backspace": (r"^[\b]$", ["\b"], ["b"]),
    "hyphens in classes": (r"^[\w-.][a-\d][-x][x-]$", ["---x", "aa-x", ".1x-"], ["abxx"]),
    "no nested classes": ("^[a-z&&[^b]]$", ["b]", "&]", "[]"], ["b"]),
    "a lone bracket or brace": ("^]}{a{,3}$", ["]}{a{,3}"], ["]}{aa"]),
    "lookahead": ("^(?!x)(?=.*y)", ["ay"], ["xy", "a"]),
    "lookbehind": ("(?<=a|bc)d(?<!x)", ["ad", "bcd"], ["d"]),
    "a back reference": (r"^(a|b)\1$", ["aa", "bb"], ["ab"]),
    "a digit after a back reference": (r"^(?:(a))\1{1}0$", ["aa0"], ["aa"]),
    "named groups": (r"^(?<first>a|b)-\k<first>$", ["a-a"], ["a-b"]),
    "named groups in the syntax of Python": ("^(?P<first>a|b)-(?P=first)$", ["a-a"], ["a-b"]),
    "anchors of other dialects": (r"\Aa\Z|\Ab\z", ["a", "b"], ["a\n", "xa", "bx"]),
    "flags": ("^(?i)ab(?i:c)$", ["ABC"], ["abd"]),
    "counts": ("^a{2}b{1,}c{0,2}d?e*?f+$", ["aabf", "aabbccdef"], ["abf", "aabcccf"]),
    "an empty alternative": ("^(?:a|)$", ["a", ""], ["b"]),
    "a class with a large count": (r"^[\p{L}_]{1,2048}$", ["é" * 2048, "a"], ["", "é" * 2049]),
    "a dot with a large count": ("^.{1,65535}$", ["x" * 65535], ["x" * 65536, "\n"]),
}


@pytest.mark.parametrize(("pattern", "matching", "others"), MEANINGS.values(), ids=MEANINGS)
def test_meaning(pattern: str, matching: list[str], others: list[str]) -> None:
    """A pattern matches exactly the texts that it matches in ECMA-262."""
    compiled = compile_pattern(pattern)

    assert (matching, others) == (
        [text for text in matching if compiled.search(text)],
        [text for text in others if not compiled.search(text)],
    )


REASONS = {
    "an open bracket": ("[a", "a [ without its ] at character 3"),
    "an open bracket after a hyphen": ("[a-", "a [ without its ] at character 4"),
    "an open parenthesis": ("(a", "a ( without its ) at character 3"),
    "a closing parenthesis": ("a)", "a ) without its ( at character 2"),
    "nothing to repeat": ("a|*b", "nothing to repeat before * at character 3"),
    "nothing to count": ("a|{2}", "nothing to repeat before { at character 4"),
    "a repeated assertion": ("^*", "nothing to repeat at character 3"),
    "a repeated repeat": ("a+*", "a quantifier of a quantifier at character 3"),
    "counts out of order": ("a{3,1}", "a count that is too large or out of order at character 7"),
    "a range out of order": ("[z-a]", "a range out of order at character 5"),
    "an escape of another dialect": (r"\h", "an unknown escape \\h at character 3"),
    "a backslash at the end": ("a\\", "an unknown escape \\ at character 4"),
    "an unknown group": ("(?#x)", "an unknown kind of group at character 2"),
    "an unknown name": (r"\k<a>", "a reference to the undefined group 'a' at character 6"),
    "an unknown Python name": ("(?P=a)", "a reference to the undefined group 'a' at character 7"),
    "not a code point": (r"\u{110000}", "a code point beyond Unicode at character 11"),
    "an unknown property": (r"\p{Nope}", "it is not a valid regular expression of ECMA-262, or it is too large"),
    "a number without its group": (r"\1", "it is not a valid regular expression of ECMA-262, or it is too large"),
    "counts of counts": (
        "^(a{1,1000}){1,1000}$",
        "it is not a valid regular expression of ECMA-262, or it is too large",
    ),
    "too deep": ("(" * 31 + ")" * 31, "parentheses deeper than 30 at character 32"),
    "too long": ("a" * 10_001, "longer than 10000 characters"),
}


@pytest.mark.parametrize(("pattern", "reason"), REASONS.values(), ids=REASONS)
def test_reason(pattern: str, reason: str) -> None:
    """A pattern that cannot be compiled raises the same reason each time."""
    for _ in range(2):
        with pytest.raises(ValueError, match="cannot be used") as error:
            compile_pattern(pattern)
        assert str(error.value).endswith(f"cannot be used: {reason}")


HOSTILE = {
    "nested repeats": ("(a+)+$", "a" * MEGABYTE + "!"),
    "overlapping choices": ("^(a|a)*$", "a" * MEGABYTE + "!"),
    "nested repeats, backtracking": ("(?!z)(a+)+$", "a" * MEGABYTE + "!"),
    "a lookahead at every position": (r"(?=(a+))\1b", "a" * MEGABYTE),
    "repeats of a back reference": (r"(a+)(a+)\1\2+$", "a" * MEGABYTE + "!"),
    "counts of counts": ("(a{1,1000}){1,9}x", "a" * MEGABYTE),
    "counts of counts, backtracking": ("(?!z)(a{1,300}){1,9}x", "a" * 2000),
}


@pytest.mark.parametrize(("pattern", "text"), HOSTILE.values(), ids=HOSTILE)
def test_hostile(pattern: str, text: str) -> None:
    """Patterns and texts that explode count as no match. Without the bounds, the suite would hang here."""
    assert not compile_pattern(pattern).search(text)


ORDINARY = {
    "not blank": (r"^(?!\s*$).+", "x" * MEGABYTE),
    "without a word": ("^(?:(?!foo).)*bar$", "x" * 4000 + "bar"),
    "a password": (r"^(?=.*[a-z])(?=.*\d).{8,}$", "x" * 100_000 + "1"),
    "a list": ("^(?:[a-z]+,)*[a-z]+$", "abc," * 100_000 + "abc"),
}


@pytest.mark.parametrize(("pattern", "text"), ORDINARY.values(), ids=ORDINARY)
def test_ordinary_patterns_on_long_texts(pattern: str, text: str) -> None:
    """Ordinary patterns stay within the bounds that stop hostile ones."""
    assert compile_pattern(pattern).search(text)


def test_lone_surrogate() -> None:
    """No pattern matches a text with a lone surrogate."""
    assert not compile_pattern("a").search("a\ud800")


def test_compiled_once() -> None:
    """The same text gives the same compiled pattern."""
    assert compile_pattern("^once$") is compile_pattern("^once$")


def test_linear_pattern() -> None:
    """In a compiled schema the pattern is written for the linear engine."""
    assert r"^[a][^\u{a}\u{d}\u{2028}-\u{2029}][\-]{0,1}(?-u:\b)$" == linear_pattern(r"^a.\-?\b$")


@pytest.mark.parametrize(
    ("pattern", "reason"), [("^(?!x)", "needs backtracking"), ("(a{1,9}){1,99}", "is too large to search")]
)
def test_no_linear_pattern(pattern: str, reason: str) -> None:
    """A pattern that needs backtracking or a bound has no linear form."""
    with pytest.raises(ValueError, match=reason):
        linear_pattern(pattern)


@given(
    st.from_regex(r"\A(?:\^?(?:[ab]|\[[ab]\]|\(a\|b\)|\(ab\)|\(\?:b\))(?:\*|\+|\?|\{1,2\})?){1,5}\$?\Z"),
    st.text("ab", max_size=8),
)
def test_same_as_python_where_both_agree(pattern: str, text: str) -> None:
    """Where all dialects agree, the result is that of Python's `re`."""
    assert bool(re.search(pattern, text)) == compile_pattern(pattern).search(text)
