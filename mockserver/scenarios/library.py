"""The library: all scenarios of a folder, and the ways to choose one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

from mockserver.errors import ScenarioError
from mockserver.exchange import Call
from mockserver.scenarios.expressions import KnowsFake
from mockserver.scenarios.flaws import nearest
from mockserver.scenarios.problems import BrokenScenariosError, Problem
from mockserver.scenarios.scenario import Scenario
from mockserver.yamltext import MAX_MARKED_BYTES

if TYPE_CHECKING:
    from mockserver.scenarios.reader import Reader

__all__ = ["Scenarios", "read_folder"]


class Scenarios(Mapping[str, Scenario]):
    """Scenarios by name, in the order of their names; never changed once made."""

    def __init__(self, scenarios: Iterable[Scenario] = ()) -> None:
        self._by_name = {scenario.name: scenario for scenario in sorted(scenarios, key=lambda each: each.name)}
        self._conditional = [(each, each.when) for each in self._by_name.values() if each.when is not None]

    @classmethod
    def load(
        cls, folder: Path, *, operations: Collection[str] | None = None, knows_fake: KnowsFake | None = None
    ) -> Self:
        """The scenarios of a folder; BrokenScenariosError with every problem of every file.

        `operations` are the operationIds of the contract, `knows_fake` says whether a made-up value exists;
        without them, neither is checked.
        """
        results = read_folder(folder, operations=operations, knows_fake=knows_fake)
        problems = [problem for result in results.values() if not isinstance(result, Scenario) for problem in result]
        if problems:
            raise BrokenScenariosError(problems)
        return cls(result for result in results.values() if isinstance(result, Scenario))

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

    def fitting(self, call: Call) -> Scenario | None:
        """The first scenario whose file-level `when` fits the call; those without one cost nothing."""
        return next((scenario for scenario, when in self._conditional if when.fits(call)), None)


def read_folder(
    folder: Path, *, operations: Collection[str] | None = None, knows_fake: KnowsFake | None = None
) -> dict[str, Scenario | list[Problem]]:
    """What each scenario file of a folder is, by the file's name: a scenario or its problems.

    Folders inside are not entered, and a link that leads out of the folder is not followed.
    """
    # Imported here: it brings pydantic, which takes 0.1 s, and a library may be empty.
    from mockserver.scenarios.reader import Reader

    reader = Reader(operations=operations, knows_fake=knows_fake)
    try:
        root = folder.resolve(strict=True)
        paths = sorted(path for path in folder.iterdir() if _is_scenario(path))
    except OSError as error:
        raise ScenarioError(f"{folder}: the folder of scenarios cannot be read: {error.strerror}") from None
    if not paths:
        raise ScenarioError(f"{folder}: the folder holds no scenario file (*.yaml)")
    return {path.name: _read(path, root, reader) for path in paths}


def _is_scenario(path: Path) -> bool:
    return path.suffix.lower() in (".yaml", ".yml") and not path.name.startswith(".") and not path.is_dir()


def _read(path: Path, root: Path, reader: Reader) -> Scenario | list[Problem]:
    file = str(path) if str(path).isprintable() else repr(str(path))
    if path.suffix != ".yaml":
        return [Problem(file, 1, 1, "", f"a scenario's file name ends with .yaml: rename it to {path.stem}.yaml")]
    try:
        target = path.resolve(strict=True)
        if not target.is_relative_to(root):
            return [Problem(file, 1, 1, "", "the link leads out of the folder of scenarios, and is not followed")]
        if not target.is_file():
            return [Problem(file, 1, 1, "", "not a regular file")]
        with target.open("rb") as opened:
            text = opened.read(MAX_MARKED_BYTES + 1)
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself, before Python 3.13
        return [Problem(file, 1, 1, "", f"cannot be read: {getattr(error, 'strerror', None) or error}")]
    return reader.read(text, file=file, name=path.stem)
