r"""Parses a regular expression of ECMA-262 into the tree of `regex_tree`.

The grammar is that of the `u` flag. It also accepts what published documents use beyond it: lone braces and needless
escapes (`\-`, `\_`, `\@`; Annex B), surrogate pairs, and from other dialects `(?P<name>…)`, `(?i)`, `\A`, `\Z`, `\z`,
which have no other meaning in ECMA-262.
"""

import re

from mockserver.contract.patterns import regex_tree as tree

MAX_DEPTH = 30
MAX_LENGTH = 10_000
MAX_REPEATS = 1_000_000

LINE_ENDS = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
FIRST_SURROGATE, LAST_SURROGATE = 0xD800, 0xDFFF
CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
ASSERTIONS = {"b": "b", "B": "B", "A": "A", "z": "z", "Z": "z"}

COUNT = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")
GROUP_START = re.compile(r"\?(?:(:)|(<?[=!])|P?<([A-Za-z_$][\w$]*)>|([ims]+):|([ims]+)\))", re.ASCII)
NAMED_REFERENCE = re.compile(r"k<([^>]*)>")
NUMBERED_REFERENCE = re.compile(r"[1-9][0-9]?")
PROPERTY = re.compile(r"[pP](\{\^?[A-Za-z_=0-9 -]+\}|[A-Z])")
CODE_POINT = re.compile(r"x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|c([A-Za-z])|(0)(?![0-9])")
LOW_SURROGATE = re.compile(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")


def parse_regex(text: str) -> tree.RegexNode:
    """The tree of an expression. Raises ValueError, with the reason, if it cannot be parsed."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"longer than {MAX_LENGTH} characters")
    parser = RegexParser(text)
    parsed = parser.alternation(0)
    if parser.index < len(text):
        raise parser.error("a ) without its (")
    return parsed


class RegexParser:
    """Reads a text from left to right. Each method reads one part of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.index = 0
        self.groups = 0
        self.names: dict[str, int] = {}
        self.dot_matches_all = False

    def error(self, problem: str) -> ValueError:
        """The error for a problem at the current character."""
        return ValueError(f"{problem} at character {self.index + 1}")

    def peek(self) -> str:
        """The next character, or an empty string at the end."""
        return self.text[self.index : self.index + 1]

    def take(self, expected: str) -> bool:
        """Read a text if it comes next, and return whether it did."""
        found = self.text.startswith(expected, self.index)
        if found:
            self.index += len(expected)
        return found

    def match(self, expected: re.Pattern[str]) -> re.Match[str] | None:
        """Read what matches, if it comes next."""
        found = expected.match(self.text, self.index)
        if found:
            self.index = found.end()
        return found

    def alternation(self, depth: int) -> tree.RegexNode:
        """Everything up to the closing parenthesis or the end."""
        if depth > MAX_DEPTH:
            raise self.error(f"parentheses deeper than {MAX_DEPTH}")
        options = [self.sequence(depth)]
        while self.take("|"):
            options.append(self.sequence(depth))
        return options[0] if len(options) == 1 else tree.Alternation(tuple(options))

    def sequence(self, depth: int) -> tree.RegexNode:
        """Everything up to the next `|`, closing parenthesis or the end."""
        parts: list[tree.RegexNode] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeat(self.atom(depth)))
        return parts[0] if len(parts) == 1 else tree.Sequence(tuple(parts))

    def repeat(self, atom: tree.RegexNode) -> tree.RegexNode:
        """The atom, with the quantifier that follows it."""
        low, high = 0, None
        if self.take("?"):
            high = 1
        elif self.take("+"):
            low = 1
        elif count := self.match(COUNT):
            low = int(count[1])
            high = low if count[2] is None else int(count[3]) if count[3] else None
            if max(low, high or 0) > MAX_REPEATS or (high is not None and low > high):
                raise self.error("a count that is too large or out of order")
        elif not self.take("*"):
            return atom
        if isinstance(atom, tree.Assertion | tree.Flags):
            raise self.error("nothing to repeat")
        suffix = "?" if self.take("?") else "+" if self.take("+") else ""
        if self.peek() in ("*", "+", "?"):
            raise self.error("a quantifier of a quantifier")
        return tree.Repeat(atom, low, high, suffix)

    def atom(self, depth: int) -> tree.RegexNode:
        """A group, class, assertion, escape or single character."""
        start = self.peek()
        if start in ("*", "+", "?"):
            raise self.error(f"nothing to repeat before {start}")
        self.index += 1
        match start:
            case "(":
                return self.group(depth + 1)
            case "[":
                return self.character_class()
            case "^" | "$":
                return tree.Assertion(start)
            case ".":
                return tree.Characters(() if self.dot_matches_all else LINE_ENDS, negated=True)
            case "\\":
                return self.escape()
            case "{" if COUNT.match(self.text, self.index - 1):
                raise self.error("nothing to repeat before {")
        return tree.Characters(((ord(start), ord(start)),))

    def group(self, depth: int) -> tree.RegexNode:
        """The rest of a group, after its opening parenthesis."""
        dot_matches_all = self.dot_matches_all
        number, flags, lookaround = None, "", ""
        if start := self.match(GROUP_START):
            _, lookaround, name, flags, flags_onwards = start.groups("")
            if flags_onwards:
                self.dot_matches_all |= "s" in flags_onwards
                return tree.Flags(flags_onwards)
            self.dot_matches_all |= "s" in flags
            if name:
                number = self.groups = self.groups + 1
                self.names[name] = number
        elif self.take("?P="):
            name, _, _ = self.text[self.index :].partition(")")
            self.index += len(name) + 1
            return self.named_reference(name)
        elif self.peek() == "?":
            raise self.error("an unknown kind of group")
        else:
            number = self.groups = self.groups + 1
        body = self.alternation(depth)
        if not self.take(")"):
            raise self.error("a ( without its )")
        self.dot_matches_all = dot_matches_all
        return tree.Lookaround(lookaround, body) if lookaround else tree.Group(body, number, flags)

    def named_reference(self, name: str) -> tree.BackReference:
        """A back reference to a group with a name, which must come before it."""
        if name not in self.names:
            raise self.error(f"a reference to the undefined group {name!r}")
        return tree.BackReference(self.names[name])

    def escape(self) -> tree.RegexNode:
        """The rest of an escape outside brackets, after its backslash."""
        letter = self.peek()
        if letter in ASSERTIONS:
            self.index += 1
            return tree.Assertion(ASSERTIONS[letter])
        if named := self.match(NAMED_REFERENCE):
            return self.named_reference(named[1])
        if numbered := self.match(NUMBERED_REFERENCE):
            return tree.BackReference(int(numbered[0]))
        return tree.Characters(without_surrogates(self.escaped_member()))

    def escaped_member(self) -> int | tree.ClassEscape:
        """The code point or class of an escape, inside or outside brackets, after its backslash."""
        letter = self.peek()
        if letter and letter in "dDwWsS":
            self.index += 1
            return tree.ClassEscape("\\" + letter)
        if named := self.match(PROPERTY):
            name = named[1] if named[1].startswith("{") else f"{{{named[1]}}}"
            return tree.ClassEscape(f"\\{named[0][0]}{name}")
        if code := self.match(CODE_POINT):
            return self.code_point(code)
        self.index += 1
        if letter in CONTROLS:
            return CONTROLS[letter]
        if not letter or (letter.isascii() and letter.isalnum()):
            raise self.error(f"an unknown escape \\{letter}")
        return ord(letter)

    def code_point(self, code: re.Match[str]) -> int:
        """The code point of a numeric escape; the low half of a surrogate pair is read too."""
        short, braced, four, control, _ = code.groups()
        if control:
            return ord(control) % 32
        code_point = int(short or braced or four or "0", 16)
        if 0xD800 <= code_point <= 0xDBFF and four and (low := self.match(LOW_SURROGATE)):
            return 0x10000 + ((code_point - 0xD800) << 10) + int(low[1], 16) - 0xDC00
        if code_point > 0x10FFFF:
            raise self.error("a code point beyond Unicode")
        return code_point

    def character_class(self) -> tree.Characters:
        """The rest of a class, after its opening bracket."""
        negated = self.take("^")
        members: list[tree.ClassMember] = []
        while not self.take("]"):
            low = self.class_member()
            if self.peek() == "-" and self.text[self.index + 1 : self.index + 2] != "]":
                before = self.index
                self.index += 1
                high = self.class_member()
                if isinstance(low, int) and isinstance(high, int):
                    if low > high:
                        raise self.error("a range out of order")
                    members += without_surrogates(low, high)
                    continue
                # Annex B: a class such as \d cannot begin or end a range, so the hyphen is an ordinary character.
                self.index = before
            members += without_surrogates(low)
        return tree.Characters(tuple(members), negated=negated)

    def class_member(self) -> int | tree.ClassEscape:
        """One character or named class in brackets."""
        if not self.peek():
            raise self.error("a [ without its ]")
        if self.take("\\"):
            return 8 if self.take("b") else self.escaped_member()
        self.index += 1
        return ord(self.text[self.index - 1])


def without_surrogates(low: int | tree.ClassEscape, high: int | None = None) -> tuple[tree.ClassMember, ...]:
    """The members of a class, without the halves of surrogate pairs, which no text contains."""
    if isinstance(low, tree.ClassEscape):
        return (low,)
    high = low if high is None else high
    ranges = ((low, min(high, FIRST_SURROGATE - 1)), (max(low, LAST_SURROGATE + 1), high))
    return tuple((first, last) for first, last in ranges if first <= last)
