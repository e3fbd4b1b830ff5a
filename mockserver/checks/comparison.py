"""The result of comparing two versions of a contract, as data."""

from dataclasses import dataclass

from mockserver.checks.file_report import FileReport
from mockserver.scenarios.format import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One cause for which something breaks under the other version.

    `operations` are those whose callers it concerns. `scenarios` are those whose check or examples show it, and
    `problems` the places in their files. Both are empty if only a generated message or the documents show it.
    """

    message: str
    operations: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What was compared: the scenarios, the generated messages and the operations that the scenarios use.

    `not_generated` are the messages that no valid one could be generated for, each as text: the operation, and the kind
    of message in brackets.
    """

    scenarios: int = 0
    requests: int = 0
    replies: int = 0
    operations: tuple[str, ...] = ()
    not_generated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Another version of the contract, the files that have problems only under it, and all findings."""

    spec: str
    version: str
    broken: tuple[FileReport, ...]
    findings: tuple[Finding, ...]
    compared: Compared
