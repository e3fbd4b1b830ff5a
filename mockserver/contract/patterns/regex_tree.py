"""A regular expression of ECMA-262, as the tree it means.

The tree serves twice: it is written out again for an engine that cannot hang (`patterns`), and strings that match
are made from it (`samples`).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Alternation",
    "Assertion",
    "BackReference",
    "Characters",
    "ClassEscape",
    "Flags",
    "Group",
    "Lookaround",
    "RegexNode",
    "Repeat",
    "Sequence",
    "is_linear",
    "weight",
    "written",
]

WORD = "[0-9A-Za-z_]"
SYNTAX = frozenset("^$\\.*+?()[]{}|/-&~#")


class RegexNode:
    """A part of an expression."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ClassEscape:
    """A class of characters that has a name, such as `[0-9]` as a backslash and a d."""

    name: str


@dataclass(frozen=True, slots=True)
class Characters(RegexNode):
    """One character out of ranges of code points and named classes, or one that is in none of them."""

    members: tuple[tuple[int, int] | ClassEscape, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Sequence(RegexNode):
    """Parts one after the other."""

    parts: tuple[RegexNode, ...]


@dataclass(frozen=True, slots=True)
class Alternation(RegexNode):
    """One of several."""

    options: tuple[RegexNode, ...]


@dataclass(frozen=True, slots=True)
class Group(RegexNode):
    """A part in parentheses; `number` is what a back reference calls it, `flags` hold inside."""

    body: RegexNode
    number: int | None = None
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Repeat(RegexNode):
    """A part several times; `high` is None where there is no end, `suffix` is `?` where it is lazy."""

    body: RegexNode
    low: int
    high: int | None
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Lookaround(RegexNode):
    """A look ahead (`=`, `!`) or behind (`<=`, `<!`)."""

    kind: str
    body: RegexNode


@dataclass(frozen=True, slots=True)
class BackReference(RegexNode):
    """What the group of this number matched, once more."""

    number: int


@dataclass(frozen=True, slots=True)
class Assertion(RegexNode):
    """A place between characters: `^`, `$`, or one of the letters b, B, A and z, which follow a backslash."""

    name: str


@dataclass(frozen=True, slots=True)
class Flags(RegexNode):
    """Flags from here on, such as `(?i)`."""

    letters: str


def parts(node: RegexNode) -> tuple[RegexNode, ...]:
    """The parts of a part."""
    match node:
        case Sequence(parts) | Alternation(parts):
            return parts
        case Group(body) | Repeat(body) | Lookaround(_, body):
            return (body,)
    return ()


def is_linear(node: RegexNode) -> bool:
    """Whether it can be matched without backtracking."""
    return not isinstance(node, Lookaround | BackReference) and all(is_linear(part) for part in parts(node))


def weight(node: RegexNode) -> int:
    """How many parts it has, once counted repeats are written out."""
    match node:
        case Repeat(body, low, high):
            return weight(body) * max(low, high or 1, 1)
    return 1 + sum(weight(part) for part in parts(node))


def written(node: RegexNode, *, linear: bool) -> str:  # noqa: PLR0911  # one for each kind of part
    """The expression as text, for Rust's linear engine or for the one that backtracks."""
    match node:
        case Characters(members, negated):
            return _written_characters(members, negated=negated)
        case Sequence(parts):
            return "".join(written(part, linear=linear) for part in parts)
        case Alternation(options):
            return "|".join(written(option, linear=linear) for option in options)
        case Group(body, number, flags):
            start = f"?{flags}:" if number is None else ""
            return f"({start}{written(body, linear=linear)})"
        case Repeat(body, low, high, suffix):
            return f"{written(body, linear=linear)}{{{low},{'' if high is None else high}}}{suffix}"
        case Lookaround(kind, body):
            return f"(?{kind}{written(body, linear=linear)})"
        case BackReference(number):
            # In a group of its own, so that a digit after it stays a digit.
            return f"(?:\\{number})"
        case Assertion(name):
            return _written_edge(name, linear=linear)
        case Flags(letters):
            return f"(?{letters})"
    raise TypeError(node)


def _written_edge(name: str, *, linear: bool) -> str:
    # ECMA-262's word is of ASCII; Rust's is of Unicode unless told, and the backtracking engine cannot be told.
    match name:
        case "b":
            return r"(?-u:\b)" if linear else f"(?:(?<={WORD})(?!{WORD})|(?<!{WORD})(?={WORD}))"
        case "B":
            return r"(?-u:\B)" if linear else f"(?:(?<={WORD})(?={WORD})|(?<!{WORD})(?!{WORD}))"
        case "A" | "z":
            return f"\\{name}"
    return name


def _written_characters(members: tuple[tuple[int, int] | ClassEscape, ...], *, negated: bool) -> str:
    if not members:
        return "[\\s\\S]" if negated else "[^\\s\\S]"
    listed = [
        member.name if isinstance(member, ClassEscape) else "-".join(map(_written_character, dict.fromkeys(member)))
        for member in members
    ]
    return f"[{'^' if negated else ''}{''.join(listed)}]"


def _written_character(code_point: int) -> str:
    character = chr(code_point)
    if character in SYNTAX:
        return f"\\{character}"
    return character if 0x20 < code_point < 0x7F else f"\\u{{{code_point:x}}}"
