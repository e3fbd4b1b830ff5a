"""Reads one scenario file: from its text to a scenario, or to every problem that it has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mockserver.parsing import Position, PositionedData, TextError, read_with_positions
from mockserver.scenarios.expressions import KnowsFake
from mockserver.scenarios.format.file_model import ScenarioFile
from mockserver.scenarios.format.flaws import Path, did_you_mean, expected
from mockserver.scenarios.format.problems import Problem, key_of
from mockserver.scenarios.format.pydantic_leaves import FLAW, KNOWS_FAKE
from mockserver.scenarios.format.read_file import ReadFile
from mockserver.scenarios.format.scenario_builder import scenario_of

__all__ = ["ScenarioReader"]

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioReader:
    """Reads scenario files; operations and made-up values are checked if they are given."""

    operations: Collection[str] | None = None
    knows_fake: KnowsFake | None = None

    def read(self, text: bytes, *, file: str, name: str) -> ReadFile:
        """The scenario that a file's text describes, or all that is wrong with it."""
        problems: list[Problem] = []
        if not _NAME.fullmatch(name):
            message = f"expected a file name of lower-case letters, digits, - and _, found {name!r}"
            problems.append(Problem(file, 1, 1, "", message))
        try:
            marked = read_with_positions(text, name=file)
        except TextError as error:
            problems.append(Problem(file, error.line, error.column, "", error.problem))
            return ReadFile(file=file, name=name, problems=tuple(problems))
        try:
            model = ScenarioFile.model_validate(marked.data, context={KNOWS_FAKE: self.knows_fake})
        except ValidationError as error:
            model = None
            problems += [_invalid(details, marked) for details in error.errors(include_url=False)]
        for problem in (*_bent(marked), *self._unknown_operations(marked)):
            # Where a number is meant, `012` is no number: that says more than that it is not quoted.
            if problem.key not in {known.key for known in problems}:
                problems.append(problem)
        if model is None or problems:
            return ReadFile(file=file, name=name, problems=tuple(sorted(problems)), marked=marked)
        scenario = scenario_of(model, name=name, digest=blake2b(text, digest_size=16).digest())
        return ReadFile(file=file, name=name, scenario=scenario, marked=marked)

    def _unknown_operations(self, marked: PositionedData) -> Iterator[Problem]:
        # Asked of the data and not of the model, for a file with other problems is to show this one too.
        stubs = marked.data.get("stubs") if isinstance(marked.data, dict) else None
        if self.operations is None or not isinstance(stubs, list):
            return
        for index, stub in enumerate(stubs):
            operation = stub.get("operation") if isinstance(stub, dict) else None
            if isinstance(operation, str) and operation not in self.operations:
                message = f"the contract has no operation {operation!r}{did_you_mean(operation, self.operations)}"
                path = ("stubs", index, "operation")
                yield _at(marked, marked.place(path), path, message)


def _invalid(details: ErrorDetails, marked: PositionedData) -> Problem:
    """What pydantic has to say, in our words and with its place."""
    path = details["loc"]
    context = details.get("ctx", {})
    place = marked.place(path)
    match details["type"]:
        case kind if kind == FLAW:
            message = details["msg"]
            if context["at_key"]:
                place = marked.key_place(path)
        case "missing":
            message = "required, and not there"
        case "extra_forbidden":
            message = f"unknown key{did_you_mean(str(path[-1]), _keys_at(path[:-1]))}"
            place = marked.key_place(path)
        case "list_type":
            message = expected("a list", details["input"])
        case "too_short":
            message = "expected at least one, found none"
        case _:
            message = expected("a mapping", details["input"])
    return _at(marked, place, path, message)


def _bent(marked: PositionedData) -> Iterator[Problem]:
    for bent in marked.bent:
        message = f"{bent.text} without quotes is read as {bent.taken_for} elsewhere; write it in quotes"
        yield _at(marked, Position(bent.line, bent.column), bent.path, message)


def _at(marked: PositionedData, place: Position, path: Path, message: str) -> Problem:
    return Problem(marked.name, place.line, place.column, key_of(path), message)


def _keys_at(path: Path) -> list[str]:
    """The keys that the model knows at a path."""
    model: type[BaseModel] = ScenarioFile
    for step in path:
        if isinstance(step, str):
            model = _model_in(model.model_fields[step].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)
