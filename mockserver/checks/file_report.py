"""The result of checking one scenario file, as data."""

from dataclasses import dataclass

from mockserver.scenarios.format import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """The result for one scenario file. `examples` is the number of its examples; notes are not problems."""

    file: str
    scenario: str
    examples: int
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether the file has no problem."""
        return not self.problems
