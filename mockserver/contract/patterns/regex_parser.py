r"""Reads the text of a regular expression of ECMA-262 into the tree of `regex`.

The grammar is that of the `u` flag, with what published documents hold besides: Annex B's lone braces and needless
escapes (`\-`, `\_`, `\@`), surrogate pairs, and from other dialects `(?P<name>…)`, `(?i)`, `\A`, `\Z` and `\z`,
which ECMA-262 has no other use for.
"""

from __future__ import annotations

import re

from mockserver.contract.patterns.regex_tree import (
    Alternation,
    Assertion,
    BackReference,
    Characters,
    ClassEscape,
    Flags,
    Group,
    Lookaround,
    RegexNode,
    Repeat,
    Sequence,
)

__all__ = ["parse_regex"]

DEEPEST = 30
LONGEST = 10_000
MOST_REPEATS = 1_000_000

LINE_ENDS = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
SURROGATES = (0xD800, 0xDFFF)
CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
EDGES = {"b": "b", "B": "B", "A": "A", "z": "z", "Z": "z"}

COUNT = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")
GROUP_START = re.compile(r"\?(?:(:)|(<?[=!])|P?<([A-Za-z_$][\w$]*)>|([ims]+):|([ims]+)\))", re.ASCII)
PROPERTY = re.compile(r"[pP](\{\^?[A-Za-z_=0-9 -]+\}|[A-Z])")
CODE_POINT = re.compile(r"x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|c([A-Za-z])|(0)(?![0-9])")
LOW_SURROGATE = re.compile(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")


def parse_regex(text: str) -> RegexNode:
    """The tree of an expression; a ValueError says what in it cannot be read."""
    if len(text) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    reader = RegexParser(text)
    tree = reader.choice(0)
    if reader.here < len(text):
        raise ValueError(f"a ) without its ( at character {reader.here + 1}")
    return tree


class RegexParser:
    """Where the reading stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.here = 0
        self.groups = 0
        self.names: dict[str, int] = {}
        self.dot_matches_all = False

    def failure(self, problem: str) -> ValueError:
        """What is wrong, and where."""
        return ValueError(f"{problem} at character {self.here + 1}")

    def peek(self) -> str:
        """The next character, or nothing at the end."""
        return self.text[self.here : self.here + 1]

    def take(self, expected: str) -> bool:
        """Whether this stands here; if so it is read."""
        found = self.text.startswith(expected, self.here)
        if found:
            self.here += len(expected)
        return found

    def match(self, expected: re.Pattern[str]) -> re.Match[str] | None:
        """What of this stands here; if so it is read."""
        found = expected.match(self.text, self.here)
        if found:
            self.here = found.end()
        return found

    def choice(self, depth: int) -> RegexNode:
        """Everything up to the closing parenthesis or the end."""
        if depth > DEEPEST:
            raise self.failure(f"parentheses deeper than {DEEPEST}")
        options = [self.sequence(depth)]
        while self.take("|"):
            options.append(self.sequence(depth))
        return options[0] if len(options) == 1 else Alternation(tuple(options))

    def sequence(self, depth: int) -> RegexNode:
        """Everything up to the next bar, closing parenthesis or the end."""
        parts: list[RegexNode] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.atom(depth)))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def repeated(self, atom: RegexNode) -> RegexNode:
        """The atom, with the quantifier that follows it."""
        low, high = 0, None
        if self.take("?"):
            high = 1
        elif self.take("+"):
            low = 1
        elif counted := self.match(COUNT):
            low = int(counted[1])
            high = low if counted[2] is None else int(counted[3]) if counted[3] else None
            if max(low, high or 0) > MOST_REPEATS or (high is not None and low > high):
                raise self.failure("a count that is too large or out of order")
        elif not self.take("*"):
            return atom
        if isinstance(atom, Assertion | Flags):
            raise self.failure("nothing to repeat")
        suffix = "?" if self.take("?") else "+" if self.take("+") else ""
        if self.peek() in ("*", "+", "?") and self.peek():
            raise self.failure("a quantifier of a quantifier")
        return Repeat(atom, low, high, suffix)

    def atom(self, depth: int) -> RegexNode:
        """One part."""
        start = self.peek()
        if start in ("*", "+", "?"):
            raise self.failure(f"nothing to repeat before {start}")
        self.here += 1
        match start:
            case "(":
                return self.group(depth + 1)
            case "[":
                return self.set()
            case "^" | "$":
                return Assertion(start)
            case ".":
                return Characters((), negated=True) if self.dot_matches_all else Characters(LINE_ENDS, negated=True)
            case "\\":
                return self.escape()
            case "{" if COUNT.match(self.text, self.here - 1):
                raise self.failure("nothing to repeat before {")
        return Characters(((ord(start), ord(start)),))

    def group(self, depth: int) -> RegexNode:
        """What stands in parentheses; the first one is read."""
        dot_matches_all = self.dot_matches_all
        number, flags, look = None, "", ""
        if start := self.match(GROUP_START):
            _, look, name, flags, onwards = start.groups("")
            if onwards:
                self.dot_matches_all |= "s" in onwards
                return Flags(onwards)
            self.dot_matches_all |= "s" in flags
            if name:
                number = self.groups = self.groups + 1
                self.names[name] = number
        elif self.take("?P="):
            name, _, _ = self.text[self.here :].partition(")")
            self.here += len(name) + 1
            return self.reference(name)
        elif self.peek() == "?":
            raise self.failure("an unknown kind of group")
        else:
            number = self.groups = self.groups + 1
        body = self.choice(depth)
        if not self.take(")"):
            raise self.failure("a ( without its )")
        self.dot_matches_all = dot_matches_all
        return Lookaround(look, body) if look else Group(body, number, flags)

    def reference(self, name: str) -> BackReference:
        """A reference to a group by its name."""
        if name not in self.names:
            raise self.failure(f"a reference to the group {name!r}, which is not before it,")
        return BackReference(self.names[name])

    def escape(self) -> RegexNode:
        """What a backslash outside brackets means; it is read."""
        letter = self.peek()
        if letter in EDGES:
            self.here += 1
            return Assertion(EDGES[letter])
        if named := self.match(re.compile(r"k<([^>]*)>")):
            return self.reference(named[1])
        if numbered := self.match(re.compile(r"[1-9][0-9]?")):
            return BackReference(int(numbered[0]))
        return Characters(whole(self.escaped_member()))

    def escaped_member(self) -> int | ClassEscape:
        """The code point or class that a backslash means, in brackets and outside; it is read."""
        letter = self.peek()
        if letter and letter in "dDwWsS":
            self.here += 1
            return ClassEscape("\\" + letter)
        if named := self.match(PROPERTY):
            name = named[1] if named[1].startswith("{") else f"{{{named[1]}}}"
            return ClassEscape(f"\\{named[0][0]}{name}")
        return self.escaped_code_point()

    def escaped_code_point(self) -> int:
        """The one character that an escape stands for."""
        if written := self.match(CODE_POINT):
            short, braced, four, control, _ = written.groups()
            if control:
                return ord(control) % 32
            code_point = int(short or braced or four or "0", 16)
            if 0xD800 <= code_point <= 0xDBFF and four and (low := self.match(LOW_SURROGATE)):
                return 0x10000 + ((code_point - 0xD800) << 10) + int(low[1], 16) - 0xDC00
            if code_point > 0x10FFFF:
                raise self.failure("a code point beyond Unicode")
            return code_point
        letter = self.peek()
        self.here += 1
        if letter in CONTROLS:
            return CONTROLS[letter]
        if not letter or (letter.isascii() and letter.isalnum()):
            raise self.failure(f"an unknown escape \\{letter}")
        return ord(letter)

    def set(self) -> Characters:
        """What stands in brackets; the first one is read."""
        negated = self.take("^")
        members: list[tuple[int, int] | ClassEscape] = []
        while not self.take("]"):
            low = self.set_member()
            if self.peek() == "-" and self.text[self.here + 1 : self.here + 2] != "]":
                before = self.here
                self.here += 1
                high = self.set_member()
                if isinstance(low, int) and isinstance(high, int):
                    if low > high:
                        raise self.failure("a range out of order")
                    members += whole(low, high)
                    continue
                # Annex B: a class such as \d bounds no range, so the hyphen stands for itself.
                self.here = before
            members += whole(low)
        return Characters(tuple(members), negated=negated)

    def set_member(self) -> int | ClassEscape:
        """One character or class in brackets."""
        if not self.peek():
            raise self.failure("a [ without its ]")
        if self.take("\\"):
            return 8 if self.take("b") else self.escaped_member()
        self.here += 1
        return ord(self.text[self.here - 1])


def whole(low: int | ClassEscape, high: int | None = None) -> tuple[tuple[int, int] | ClassEscape, ...]:
    """The members of a set, without the halves of surrogate pairs, which no text holds."""
    if isinstance(low, ClassEscape):
        return (low,)
    if high is None:
        high = low
    first, last = SURROGATES
    if high < first or low > last:
        return ((low, high),)
    return tuple((start, end) for start, end in ((low, first - 1), (last + 1, high)) if start <= end)
