"""Reads the scenario files of a folder, without leaving the folder."""

from collections.abc import Collection, Iterable
from pathlib import Path

from mockserver.errors import ScenarioError
from mockserver.parsing.regular_file import read_regular_file
from mockserver.parsing.text_reader import MAX_SCENARIO_BYTES
from mockserver.scenarios.format.file_reader import read_text
from mockserver.scenarios.format.problems import BrokenScenariosError, Problem, ReadFile
from mockserver.scenarios.library import Scenarios


def load_folder(folder: Path) -> Scenarios:
    """The scenarios of a folder, without a check of their operations. Raises ScenarioError."""
    return library_of(read_folder(folder))


def library_of(files: Iterable[ReadFile], *, problems: Iterable[Problem] = ()) -> Scenarios:
    """The scenarios of files. Raises BrokenScenariosError with the problems of all files and the further `problems`."""
    files = tuple(files)
    found = [*problems, *(problem for file in files for problem in file.problems)]
    if found:
        raise BrokenScenariosError(found)
    return Scenarios(file.scenario for file in files if file.scenario is not None)


def read_folder(folder: Path, *, operations: Collection[str] | None = None) -> list[ReadFile]:
    """Read each scenario file of a folder, sorted by name. Folders inside it are ignored.

    `operations` are the operationIds of the contract; with None they are not checked. Raises ScenarioError: the folder
    cannot be read, or has no scenario file.
    """
    try:
        root = folder.resolve(strict=True)
        paths = sorted(path for path in folder.iterdir() if _is_scenario(path))
    except OSError as error:
        raise ScenarioError(f"{folder}: the folder of scenarios cannot be read: {error.strerror}") from None
    if not paths:
        raise ScenarioError(f"{folder}: the folder has no scenario file (*.yaml)")
    return [_read(path, root, operations) for path in paths]


def read_file(path: Path) -> ReadFile:
    """Read one scenario file, without a check of its operations."""
    return _read(path, path.parent.resolve(), None)


def _is_scenario(path: Path) -> bool:
    return path.suffix.lower() in (".yaml", ".yml") and not path.name.startswith(".") and not path.is_dir()


def _read(path: Path, root: Path, operations: Collection[str] | None) -> ReadFile:
    file = str(path) if str(path).isprintable() else repr(str(path))
    try:
        return read_text(_text(path, root), file=file, name=path.stem, operations=operations)
    except ScenarioError as error:
        problem = str(error)
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself, before Python 3.13
        problem = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    return ReadFile(file=file, name=path.stem, problems=(Problem(file, 1, 1, "", problem),))


def _text(path: Path, root: Path) -> bytes:
    """The text of a file, up to one byte more than the limit. Raises ScenarioError, OSError."""
    if path.suffix != ".yaml":
        raise ScenarioError(f"a scenario's file name ends with .yaml: rename it to {path.stem}.yaml")
    target = path.resolve(strict=True)
    if not target.is_relative_to(root):
        raise ScenarioError("the link leads out of the folder of scenarios, and is not followed")
    return read_regular_file(target, limit=MAX_SCENARIO_BYTES)
