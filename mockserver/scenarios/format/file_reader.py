"""Reads the text of one scenario file: a scenario, or every problem of the file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mockserver.parsing import AmbiguousScalar, TextError, read_with_positions
from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.format.fields import KNOWS_FAKE
from mockserver.scenarios.format.file_model import ConditionModel, ScenarioModel
from mockserver.scenarios.format.flaws import Flaw, FlawsError, Path, expected
from mockserver.scenarios.format.problems import Problem, ReadFile, key_of
from mockserver.scenarios.format.template_fields import KnowsFake
from mockserver.scenarios.suggestions import did_you_mean

__all__ = ["ScenarioReader", "parse_condition"]

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioReader:
    """Reads scenario files. Operations and made-up values are checked unless they are None."""

    operations: Collection[str] | None = None
    knows_fake: KnowsFake | None = None

    def read(self, text: bytes, *, file: str, name: str) -> ReadFile:
        """Read the text of a file."""
        read = ReadFile(file=file, name=name)
        problems: list[Problem] = []
        if not _NAME.fullmatch(name):
            message = f"expected a file name of lower-case letters, digits, - and _, found {name!r}"
            problems.append(read.problem(Flaw((), message)))
        try:
            positions = read_with_positions(text, name=file)
        except TextError as error:
            problems.append(Problem(file, error.position.line, error.position.column, "", error.problem))
            return replace(read, problems=tuple(problems))
        read = replace(read, positions=positions)
        model = None
        try:
            model = ScenarioModel.model_validate(positions.data, context={KNOWS_FAKE: self.knows_fake})
        except ValidationError as error:
            problems += [read.problem(flaw) for flaw in _flaws(error, ScenarioModel)]
        ambiguous = [
            Problem(file, each.position.line, each.position.column, key_of(each.path), _ambiguity(each))
            for each in positions.ambiguous
        ]
        for problem in (*ambiguous, *map(read.problem, self._unknown_operations(positions.data))):
            # One problem per key is enough: `times: 012` is not a number, with or without quotes.
            if problem.key not in {known.key for known in problems}:
                problems.append(problem)
        if model is None or problems:
            return replace(read, problems=tuple(sorted(problems)))
        return replace(read, scenario=model.scenario(name=name, digest=blake2b(text, digest_size=16).digest()))

    def _unknown_operations(self, data: Any) -> Iterator[Flaw]:
        # Checked on the data, not on the model: a file with other problems has no model.
        stubs = data.get("stubs") if isinstance(data, dict) else None
        if self.operations is None or not isinstance(stubs, list):
            return
        for index, stub in enumerate(stubs):
            operation = stub.get("operation") if isinstance(stub, dict) else None
            if isinstance(operation, str) and operation not in self.operations:
                message = f"the contract has no operation {operation!r}{did_you_mean(operation, self.operations)}"
                yield Flaw(("stubs", index, "operation"), message)


def parse_condition(members: Mapping[str, Any]) -> Condition:
    """The condition that these members describe, as under `when` in a scenario file. Raises FlawsError."""
    try:
        return ConditionModel.model_validate(members).condition()
    except ValidationError as error:
        raise FlawsError(_flaws(error, ConditionModel)) from None


def _ambiguity(scalar: AmbiguousScalar) -> str:
    return f"other YAML readers read {scalar.text} without quotes as {scalar.read_as}; write it in quotes"


def _flaws(error: ValidationError, model: type[BaseModel]) -> Iterator[Flaw]:
    """The flaws that pydantic found."""
    for details in error.errors(include_url=False):
        yield from _flaws_of(details, model)


def _flaws_of(details: ErrorDetails, model: type[BaseModel]) -> list[Flaw]:
    path = details["loc"]
    match details["type"]:
        case "value_error":
            return [flaw.under(path) for flaw in details["ctx"]["error"].flaws]
        case "missing":
            return [Flaw(path, "required, but missing")]
        case "extra_forbidden":
            hint = did_you_mean(str(path[-1]), _keys_at(path[:-1], model))
            return [Flaw(path, f"unknown key{hint}", at_key=True)]
        case "list_type":
            return [Flaw(path, expected("a list", details["input"]))]
        case "too_short":
            return [Flaw(path, "expected at least one, found none")]
        case _:
            return [Flaw(path, expected("a mapping", details["input"]))]


def _keys_at(path: Path, model: type[BaseModel]) -> list[str]:
    """The keys that the model has at a path."""
    for step in path:
        if isinstance(step, str):
            model = _model_in(model.model_fields[step].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)
