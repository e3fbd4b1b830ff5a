"""Matchers in a scenario file: the expected JSON, with the operators `matches`, `one_of`, `absent` and `present`."""

from collections.abc import Callable
from typing import Any, Final

from mockserver.scenarios.format.flaws import Flaw, FlawsError, below, collected_flaws, collecting, expected
from mockserver.scenarios.format.formats import ANYTHING, TEXT, TRUE, Key, ValueFormat, list_of, record
from mockserver.scenarios.matchers import Equal, Matcher, Matches, OneOf, Presence, SearchPattern, Subset

PatternCompiler = Callable[[str], SearchPattern]
"""Compiles a regular expression. Raises ValueError, with the reason."""


class MatcherFormats:
    """The formats of matchers whose regular expressions are compiled by `compile_pattern`.

    `anything` is for JSON values, `text` for parameters and header fields.
    """

    def __init__(self, compile_pattern: PatternCompiler) -> None:
        self._compile_pattern = compile_pattern
        self._operators: dict[str, ValueFormat[Matcher]] = {
            "matches": ValueFormat(self._matches, {"type": "string", "format": "regex"}),
            "one_of": _one_of(ANYTHING),
            "absent": ValueFormat(lambda value: Presence(present=not TRUE.parse(value)), TRUE.schema),
            "present": ValueFormat(lambda value: Presence(present=TRUE.parse(value)), TRUE.schema),
        }
        self._text_operator: ValueFormat[Matcher] = record(
            lambda **operator: next(iter(operator.values())),
            {
                "matches": Key(self._operators["matches"], "A regular expression that occurs in the value."),
                "one_of": Key(_one_of(TEXT), "The value is one of these."),
                "absent": Key(self._operators["absent"], "There is no value."),
                "present": Key(self._operators["present"], "There is a value."),
            },
            exactly_one_of=tuple(self._operators),
        )
        self.anything: ValueFormat[Matcher] = ValueFormat(self._matcher, {})
        self.text: ValueFormat[Matcher] = ValueFormat(
            self._text_matcher, {"oneOf": [TEXT.schema, self._text_operator.schema]}
        )

    def _matches(self, source: Any) -> Matcher:
        if not isinstance(source, str):
            raise FlawsError.one(f"{expected('a regular expression as text', source)}; write it in quotes")
        try:
            return Matches(source, self._compile_pattern(source))
        except ValueError as error:
            raise FlawsError.one(str(error)) from None

    def _matcher(self, value: Any) -> Matcher:
        """The matcher for a JSON value: an object matches by subset, everything else as a whole.

        An object whose only key is an operator is that operator. `one_of` and lists contain plain values, not
        operators: to match a member that is named like an operator, write it inside `one_of`.
        """
        with collected_flaws() as flaws:
            if not isinstance(value, dict):
                flaws += [
                    Flaw((index,), "an operator does not work inside a list: a list is compared as a whole")
                    for index, item in enumerate(value if isinstance(value, list) else ())
                    if isinstance(item, dict) and len(item) == 1 and next(iter(item)) in self._operators
                ]
                return Equal(value)
            operators = [name for name in value if name in self._operators]
            if len(value) == 1 and operators:
                with below(operators[0]):
                    return self._operators[operators[0]].parse(value[operators[0]])
            flaws += [
                Flaw((name,), f"{name} is an operator: it must be the only key", at_key=True) for name in operators
            ]
            members = {}
            for name, item in value.items():
                with collecting(flaws, name):
                    members[name] = self._matcher(item)
            return Subset(members)

    def _text_matcher(self, value: Any) -> Matcher:
        if isinstance(value, str):
            return Equal(value)
        if not isinstance(value, dict):
            hint = "" if isinstance(value, list) else "; write it in quotes"
            raise FlawsError.one(expected(f"text or one of the operators {', '.join(self._operators)}", value) + hint)
        return self._text_operator.parse(value)


def _one_of(item: ValueFormat[Any]) -> ValueFormat[Matcher]:
    values = list_of(item, least=1)
    return ValueFormat(lambda value: OneOf(values.parse(value)), values.schema)


def _compile_pattern(source: str) -> SearchPattern:
    # Imported on first use: few scenarios need the compiler of regular expressions.
    from mockserver.contract.patterns.compiled_pattern import compile_pattern

    return compile_pattern(source)


MATCHERS: Final = MatcherFormats(_compile_pattern)
"""The formats of matchers in scenario files."""
