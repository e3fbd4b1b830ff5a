"""Checks scenario files: reads them, compares their replies with the contract, and plays their examples."""

from pathlib import Path

from mockserver.checks.comparer import compare
from mockserver.checks.file_checker import FileChecker
from mockserver.checks.report import Report
from mockserver.contract import Contract
from mockserver.scenarios.format import read_folder
from mockserver.settings import Settings


def check(settings: Settings, *, against: Path | None = None) -> Report:
    """Check the scenario files that a server with these settings would load.

    `against` is another version of the contract: the report lists what breaks under it.
    Raises UsageError if a contract or the folder cannot be read.
    """
    contract = Contract.load(settings.spec_file)
    version = None if against is None else Contract.load(against)
    folder = None if settings.scenarios_folder is None else _relative(settings.scenarios_folder)
    files = [] if folder is None else read_folder(folder, operations=contract.operations)
    checker = FileChecker(files, contract)
    reports = [checker.report(file) for file in files]
    sound = [file for file, report in zip(files, reports, strict=True) if report.ok]
    return Report(
        spec=str(_relative(settings.spec_file)),
        version=contract.document.version,
        scenarios=None if folder is None else str(folder),
        files=tuple(reports),
        against=None if version is None else compare(sound, contract, version),
        notes=contract.document.notes,
    )


def _relative(path: Path) -> Path:
    """The path, relative to the current folder if it is inside."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
