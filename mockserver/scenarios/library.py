"""The library: all scenarios of a folder, and the ways to choose one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

from mockserver.errors import ScenarioError
from mockserver.messages import Call
from mockserver.parsing import MAX_SCENARIO_BYTES
from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.expressions import KnowsFake
from mockserver.scenarios.format.flaws import nearest
from mockserver.scenarios.format.problems import BrokenScenariosError, Problem
from mockserver.scenarios.format.read_file import ReadFile
from mockserver.scenarios.matchers import Equal
from mockserver.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from mockserver.scenarios.format.file_reader import ScenarioReader

__all__ = ["Scenarios", "read_file", "read_folder"]

_Conditional = tuple[Scenario, Condition]


class Scenarios(Mapping[str, Scenario]):
    """Scenarios by name, in the order of their names; never changed once made."""

    def __init__(self, scenarios: Iterable[Scenario] = ()) -> None:
        self._by_name = {scenario.name: scenario for scenario in sorted(scenarios, key=lambda each: each.name)}
        # Most conditions name an exact path parameter; by it they are found, however many there are.
        self._by_parameter: dict[tuple[str, str], list[_Conditional]] = {}
        self._others: list[_Conditional] = []
        for scenario in self._by_name.values():
            if scenario.when is not None:
                parameter = _exact_parameter(scenario.when)
                found = self._others if parameter is None else self._by_parameter.setdefault(parameter, [])
                found.append((scenario, scenario.when))

    @classmethod
    def load(
        cls, folder: Path, *, operations: Collection[str] | None = None, knows_fake: KnowsFake | None = None
    ) -> Self:
        """The scenarios of a folder; BrokenScenariosError with every problem of every file.

        `operations` are the operationIds of the contract, `knows_fake` says whether a made-up value exists;
        without them, neither is checked.
        """
        return cls.of(read_folder(folder, operations=operations, knows_fake=knows_fake))

    @classmethod
    def of(cls, files: Iterable[ReadFile], *, problems: Iterable[Problem] = ()) -> Self:
        """The scenarios of files; BrokenScenariosError with every problem that they have, and those besides."""
        files = tuple(files)
        found = [*problems, *(problem for file in files for problem in file.problems)]
        if found:
            raise BrokenScenariosError(found)
        return cls(file.scenario for file in files if file.scenario is not None)

    def __getitem__(self, name: str) -> Scenario:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    @property
    def names(self) -> Collection[str]:
        """Every name, in order; asking for one of a thousand takes no longer than for one of ten."""
        return self._by_name.keys()

    def nearest(self, name: str, *, count: int = 3) -> list[str]:
        """The names that look most like this one, the nearest first."""
        return nearest(name, self._by_name, count=count)

    def differing(self, other: Scenarios) -> list[str]:
        """The names of scenarios that only one of the two libraries has, or whose files have another text."""
        return [name for name in sorted({*self, *other}) if self._text(name) != other._text(name)]

    def _text(self, name: str) -> bytes | None:
        return self._by_name[name].digest if name in self._by_name else None

    def fitting(self, call: Call) -> Scenario | None:
        """The first scenario whose file-level `when` fits the call.

        Those without one cost nothing, nor do those that name another value of a path parameter.
        """
        candidates = self._others
        for parameter in call.path.items():
            if parameter in self._by_parameter:
                candidates = [*candidates, *self._by_parameter[parameter]]
        if not candidates:
            return None
        if candidates is not self._others:
            candidates.sort(key=lambda each: each[0].name)
        return next((scenario for scenario, when in candidates if when.fits(call)), None)


def _exact_parameter(when: Condition) -> tuple[str, str] | None:
    """A path parameter that must have one value, and that value."""
    return next(((name, each.value) for name, each in when.path.items() if isinstance(each, Equal)), None)


def read_folder(
    folder: Path, *, operations: Collection[str] | None = None, knows_fake: KnowsFake | None = None
) -> list[ReadFile]:
    """What each scenario file of a folder is, in the order of their names: a scenario or its problems.

    Folders inside are not entered, and a link that leads out of the folder is not followed.
    """
    # Imported here: it brings pydantic, which takes 0.1 s, and a library may be empty.
    from mockserver.scenarios.format.file_reader import ScenarioReader

    reader = ScenarioReader(operations=operations, knows_fake=knows_fake)
    try:
        root = folder.resolve(strict=True)
        paths = sorted(path for path in folder.iterdir() if _is_scenario(path))
    except OSError as error:
        raise ScenarioError(f"{folder}: the folder of scenarios cannot be read: {error.strerror}") from None
    if not paths:
        raise ScenarioError(f"{folder}: the folder holds no scenario file (*.yaml)")
    return [_read(path, root, reader) for path in paths]


def read_file(
    path: Path, *, operations: Collection[str] | None = None, knows_fake: KnowsFake | None = None
) -> ReadFile:
    """What one scenario file is, without its neighbours: a scenario or its problems."""
    from mockserver.scenarios.format.file_reader import ScenarioReader  # as in read_folder

    return _read(path, path.parent.resolve(), ScenarioReader(operations=operations, knows_fake=knows_fake))


def _is_scenario(path: Path) -> bool:
    return path.suffix.lower() in (".yaml", ".yml") and not path.name.startswith(".") and not path.is_dir()


def _read(path: Path, root: Path, reader: ScenarioReader) -> ReadFile:
    file = str(path) if str(path).isprintable() else repr(str(path))
    try:
        return reader.read(_text(path, root), file=file, name=path.stem)
    except ScenarioError as error:
        problem = str(error)
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself, before Python 3.13
        problem = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    return ReadFile(file=file, name=path.stem, problems=(Problem(file, 1, 1, "", problem),))


def _text(path: Path, root: Path) -> bytes:
    """The text of a file, and a byte more than is allowed if there is one. Raises ScenarioError, OSError."""
    if path.suffix != ".yaml":
        raise ScenarioError(f"a scenario's file name ends with .yaml: rename it to {path.stem}.yaml")
    target = path.resolve(strict=True)
    if not target.is_relative_to(root):
        raise ScenarioError("the link leads out of the folder of scenarios, and is not followed")
    if not target.is_file():
        raise ScenarioError("not a regular file")
    with target.open("rb") as opened:
        return opened.read(MAX_SCENARIO_BYTES + 1)
