"""The check of a folder: each file is read, held against the contract and played."""

from __future__ import annotations

from pathlib import Path

from mockserver.checks.comparison import compare
from mockserver.checks.report import FileReport, Report
from mockserver.checks.trial import Trial
from mockserver.contract import Contract
from mockserver.payments import knows_fake
from mockserver.scenarios.format import ReadFile, read_folder
from mockserver.settings import Settings

__all__ = ["check"]


def check(settings: Settings, *, against: Path | None = None) -> Report:
    """Check the scenario files that a server with these settings would load, and how they fare under another version.

    Raises UsageError: a contract or the folder cannot be read.
    """
    contract = Contract.load(settings.spec_file)
    version = None if against is None else Contract.load(against)
    folder = None if settings.scenarios_folder is None else _from_here(settings.scenarios_folder)
    files = [] if folder is None else read_folder(folder, operations=contract.operations, knows_fake=knows_fake)
    trial = Trial(files, contract)
    reports = [_report(file, trial) for file in files]
    sound = [file for file, report in zip(files, reports, strict=True) if report.ok]
    return Report(
        spec=str(_from_here(settings.spec_file)),
        version=contract.document.version,
        folder=None if folder is None else str(folder),
        files=tuple(reports),
        against=None if version is None else compare(sound, contract, version),
    )


def _report(file: ReadFile, trial: Trial) -> FileReport:
    return FileReport(
        file=file.file,
        scenario=file.name,
        examples=len(file.scenario.example) if file.scenario is not None else 0,
        problems=tuple(sorted(file.problems or trial.vetted(file) or trial.played(file))),
        notes=tuple(trial.notes(file)),
    )


def _from_here(path: Path) -> Path:
    """A path as people write it who stand in this folder."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
