"""Building blocks of the file format. Each one parses a value, and describes it for editors as JSON Schema."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from mockserver.scenarios.format.flaws import Flaw, FlawsError, below, collected_flaws, collecting, expected
from mockserver.scenarios.suggestions import did_you_mean, nearest_names

Value = TypeVar("Value")
Step = TypeVar("Step", str, int)


@dataclass(frozen=True, slots=True)
class ValueFormat(Generic[Value]):
    """How a value is written: a function that parses it, which raises FlawsError, and its JSON Schema."""

    parse: Callable[[Any], Value]
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record: the format of its value, and a description for editors."""

    format: ValueFormat[Any]
    description: str


def record(
    build: Callable[..., Value],
    keys: Mapping[str, Key],
    *,
    required: Collection[str] = (),
    exactly_one_of: Collection[str] = (),
) -> ValueFormat[Value]:
    """The format of a mapping with known keys. `build` gets the parsed values, and may raise FlawsError."""

    def parse(value: Any) -> Value:
        if not isinstance(value, dict):
            raise FlawsError.one(expected("a mapping", value))
        members = {}
        with collected_flaws() as flaws:
            flaws += [Flaw((name,), "required, but missing") for name in required if name not in value]
            for name, member in value.items():
                with collecting(flaws):
                    if name not in keys:
                        raise FlawsError([Flaw((name,), f"unknown key{did_you_mean(name, keys)}", at_key=True)])
                    with below(name):
                        members[name] = keys[name].format.parse(member)
        found = [name for name in exactly_one_of if name in members]
        if exactly_one_of and len(found) != 1:
            names = ", ".join(exactly_one_of)
            raise FlawsError.one(f"expected exactly one of {names}, found {' and '.join(found) or 'none'}")
        return build(**members)

    return ValueFormat(
        parse,
        {
            "type": "object",
            "properties": {name: {**key.format.schema, "description": key.description} for name, key in keys.items()},
            "additionalProperties": False,
            **({"required": list(required)} if required else {}),
            **({"oneOf": [{"required": [name]} for name in exactly_one_of]} if exactly_one_of else {}),
        },
    )


def list_of(item: ValueFormat[Value], *, least: int = 0) -> ValueFormat[tuple[Value, ...]]:
    """The format of a list with at least `least` items: 0 or 1."""

    def parse(value: Any) -> tuple[Value, ...]:
        if not isinstance(value, list):
            raise FlawsError.one(expected("a list", value))
        if len(value) < least:
            raise FlawsError.one("expected at least one, found none")
        return tuple(_parse_each(enumerate(value), item.parse).values())

    return ValueFormat(parse, {"type": "array", "items": item.schema, "minItems": least})


def mapping_of(item: ValueFormat[Value]) -> ValueFormat[dict[str, Value]]:
    """The format of a mapping with any keys."""

    def parse(value: Any) -> dict[str, Value]:
        if not isinstance(value, dict):
            raise FlawsError.one(expected("a mapping", value))
        return _parse_each(value.items(), item.parse)

    return ValueFormat(parse, {"type": "object", "additionalProperties": item.schema})


def word_or(words: Mapping[str, Value], other: ValueFormat[Value], kinds: Collection[str]) -> ValueFormat[Value]:
    """The format of a word, or of a mapping with one of `kinds` as its key."""

    def parse(value: Any) -> Value:
        if isinstance(value, dict):
            needless = [key for key in value if key in words and key not in other.schema["properties"]]
            if needless:
                raise FlawsError.one(f"{needless[0]} takes no value: write the word alone")
            return other.parse(value)
        if isinstance(value, str) and value in words:
            return words[value]
        if value in kinds:
            raise FlawsError.one(f"{value} needs a value: {{{value}: …}}")
        raise _not_one_of(kinds, value)

    return ValueFormat(parse, {"oneOf": [{"enum": list(words)}, other.schema]})


def name_of(names: Collection[str]) -> ValueFormat[str]:
    """The format of a text that is one of some names."""

    def parse(value: Any) -> str:
        if value not in names:
            raise _not_one_of(names, value)
        return str(value)

    return ValueFormat(parse, {"enum": list(names)})


def whole_number(least: int, most: int) -> ValueFormat[int]:
    """The format of a whole number within limits."""

    def parse(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise FlawsError.one(expected(f"a whole number from {least} to {most}", value))
        return value

    return ValueFormat(parse, {"type": "integer", "minimum": least, "maximum": most})


def pattern(regex: str, what: str) -> ValueFormat[str]:
    """The format of a text that matches a regular expression as a whole. `what` describes it in messages."""
    compiled = re.compile(regex)

    def parse(value: Any) -> str:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise FlawsError.one(expected(what, value))
        return value

    return ValueFormat(parse, {"type": "string", "pattern": f"^{regex}$"})


def _parse_each(members: Iterable[tuple[Step, Any]], parse: Callable[[Any], Value]) -> dict[Step, Value]:
    parsed = {}
    with collected_flaws() as flaws:
        for step, member in members:
            with collecting(flaws, step):
                parsed[step] = parse(member)
    return parsed


def _not_one_of(names: Collection[str], value: Any) -> FlawsError:
    nearest = nearest_names(value, names) if isinstance(value, str) else []
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return FlawsError.one(expected(f"one of {', '.join(names)}", value) + hint)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    hint = "" if isinstance(value, list | dict) else "; write it in quotes"
    raise FlawsError.one(f"{expected('text', value)}{hint}")


def _line(value: Any) -> str:
    stripped = _text(value).strip()
    if not stripped or "\n" in stripped:
        raise FlawsError.one(expected("one line of text", value))
    return stripped


def _true(value: Any) -> bool:
    if value is not True:
        raise FlawsError.one(expected("true", value))
    return True


ANYTHING: Final[ValueFormat[Any]] = ValueFormat(lambda value: value, {})
TEXT: Final = ValueFormat(_text, {"type": "string"})
LINE: Final = ValueFormat(_line, {"type": "string", "minLength": 1})
TRUE: Final = ValueFormat(_true, {"const": True})
