"""A parsed regular expression of ECMA-262, as a tree of nodes.

The tree has two uses: it is written out again for a safe engine (`compiled_pattern.py`), and strings that match are
made from it (`samples/pattern_strings.py`).
"""

from dataclasses import dataclass

WORD = "[0-9A-Za-z_]"
PROPERTY_SIZE = 100
"""The size of a class such as `\\p{L}` in a compiled pattern, compared with that of one character."""
SYNTAX_CHARACTERS = frozenset("^$\\.*+?()[]{}|/-&~#")


class RegexNode:
    """A part of an expression."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ClassEscape:
    r"""A named class of characters, such as `\d`."""

    name: str


ClassMember = tuple[int, int] | ClassEscape
"""A range of code points or a named class."""


@dataclass(frozen=True, slots=True)
class Characters(RegexNode):
    """One character that a member contains; if negated, one that no member contains."""

    members: tuple[ClassMember, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Sequence(RegexNode):
    """Nodes one after the other."""

    parts: tuple[RegexNode, ...]


@dataclass(frozen=True, slots=True)
class Alternation(RegexNode):
    """One of several nodes."""

    options: tuple[RegexNode, ...]


@dataclass(frozen=True, slots=True)
class Group(RegexNode):
    """A node in parentheses. Back references use its `number`, `flags` apply inside."""

    body: RegexNode
    number: int | None = None
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Repeat(RegexNode):
    """A repeated node. `high` is None without an upper limit, `suffix` is `?` for a lazy repeat."""

    body: RegexNode
    low: int
    high: int | None
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Lookaround(RegexNode):
    """A lookahead (`=`, `!`) or lookbehind (`<=`, `<!`)."""

    kind: str
    body: RegexNode


@dataclass(frozen=True, slots=True)
class BackReference(RegexNode):
    """The text that the group with this number matched."""

    number: int


@dataclass(frozen=True, slots=True)
class Assertion(RegexNode):
    r"""A condition on the position: `^`, `$`, or a letter that follows a backslash (`\b`, `\B`, `\A`, `\z`)."""

    name: str


@dataclass(frozen=True, slots=True)
class Flags(RegexNode):
    """Flags that apply to the rest of the group, such as `(?i)`."""

    letters: str


def parts(node: RegexNode) -> tuple[RegexNode, ...]:
    """The nodes inside a node."""
    match node:
        case Sequence(parts) | Alternation(parts):
            return parts
        case Group(body) | Repeat(body) | Lookaround(_, body):
            return (body,)
    return ()


def is_linear(node: RegexNode) -> bool:
    """Whether an engine can match the node without backtracking."""
    return not isinstance(node, Lookaround | BackReference) and all(map(is_linear, parts(node)))


def weight(node: RegexNode) -> int:
    """The number of nodes after counted repeats are written out."""
    match node:
        case Repeat(body, low, high):
            return weight(body) * max(low, high or 1, 1)
    return 1 + sum(map(weight, parts(node)))


def program_size(node: RegexNode) -> int:
    """About how many states the compiled node has. A state takes up to 1 kB of memory and 5 µs to compile."""
    match node:
        case Repeat(body, low, high):
            return program_size(body) * max(low, high or 1, 1)
        case Characters(members):
            return max(1, sum(map(_class_size, members)))
    return 1 + sum(map(program_size, parts(node)))


def _class_size(member: ClassMember) -> int:
    # A property such as `\p{L}` has hundreds of ranges, and a range several sequences of bytes.
    return PROPERTY_SIZE if isinstance(member, ClassEscape) and member.name[1] in "pP" else 1


def as_text(node: RegexNode, *, linear: bool) -> str:  # noqa: PLR0911  # one return for each kind of node
    """The expression as text for one of Rust's engines: the linear one, or the one that backtracks."""
    inner = [as_text(part, linear=linear) for part in parts(node)]
    match node:
        case Characters():
            return _characters_text(node)
        case Sequence():
            return "".join(inner)
        case Alternation():
            return "|".join(inner)
        case Group(_, number, flags):
            return f"({f'?{flags}:' if number is None else ''}{inner[0]})"
        case Repeat(_, low, high, suffix):
            return f"{inner[0]}{{{low},{'' if high is None else high}}}{suffix}"
        case Lookaround(kind):
            return f"(?{kind}{inner[0]})"
        case BackReference(number):
            # In a group of its own, so that a digit that follows does not change the number.
            return f"(?:\\{number})"
        case Assertion(name):
            return _assertion_text(name, linear=linear)
        case Flags(letters):
            return f"(?{letters})"
    raise TypeError(node)


def _assertion_text(name: str, *, linear: bool) -> str:
    # In ECMA-262 a word has ASCII characters only. Rust's linear engine has a flag for this, the other one does not.
    match name:
        case "b":
            return r"(?-u:\b)" if linear else f"(?:(?<={WORD})(?!{WORD})|(?<!{WORD})(?={WORD}))"
        case "B":
            return r"(?-u:\B)" if linear else f"(?:(?<={WORD})(?={WORD})|(?<!{WORD})(?!{WORD}))"
        case "A" | "z":
            return f"\\{name}"
    return name


def _characters_text(node: Characters) -> str:
    if not node.members:
        return "[\\s\\S]" if node.negated else "[^\\s\\S]"
    members = [
        member.name if isinstance(member, ClassEscape) else "-".join(map(_character_text, dict.fromkeys(member)))
        for member in node.members
    ]
    return f"[{'^' if node.negated else ''}{''.join(members)}]"


def _character_text(code_point: int) -> str:
    character = chr(code_point)
    if character in SYNTAX_CHARACTERS:
        return f"\\{character}"
    return character if 0x20 < code_point < 0x7F else f"\\u{{{code_point:x}}}"
