"""Measure replies that are generated from schemas, and a document as large as those of Stripe and GitHub.

    .venv/bin/python benchmarks/generated_replies.py            # print a table
    .venv/bin/python benchmarks/generated_replies.py --write    # also put it into benchmarks/README.md
    .venv/bin/python benchmarks/generated_replies.py --quick    # only check that it runs; ignore the figures

It calls the engine without HTTP, so that the CPU time for finding the operation and making the reply is visible.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from commandline import MACHINE, CommandLine
from engine_calls import Case, Rounds, measure

from mockserver.engine.engine import Engine
from mockserver.loading import load_engine
from mockserver.messages import Headers, Request
from mockserver.settings import Settings, bundled
from scenarios import post

FEW, MANY = 10, 1_200


FULL = Rounds(count=15, requests=500)
QUICK = Rounds(count=2, requests=10)


def schema(number: int, kinds: int) -> dict[str, Any]:
    """An object with forty members, as Stripe has them: texts, amounts, choices, times, lists, other objects."""
    members: dict[str, Any] = {
        "id": {"type": "string", "maxLength": 5000},
        "object": {"type": "string", "enum": [f"kind_{number}"]},
        "metadata": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 500}},
        "next": {"anyOf": [{"type": "string"}, {"$ref": f"#/components/schemas/kind_{(number + 1) % kinds}"}]},
        "parent": {"nullable": True, "anyOf": [{"$ref": f"#/components/schemas/part_{number}"}]},
        "lines": {"type": "array", "items": {"$ref": f"#/components/schemas/part_{number}"}},
    }
    for index in range(34):
        members[f"member_{index}"] = (
            {"type": "string", "maxLength": 5000},
            {"type": "integer", "format": "unix-time"},
            {"type": "string", "enum": ["active", "pending", "canceled"]},
            {"type": "boolean"},
        )[index % 4]
    return {"type": "object", "required": ["id", "object"], "properties": members}


def document(operations: int) -> dict[str, Any]:
    """A document of this size: each kind of object can be listed, created and retrieved, with nested parameters."""
    kinds = max(operations // 3, 1)
    part = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer", "minimum": 0}}}
    expand = {"name": "expand", "in": "query", "style": "deepObject", "schema": {"type": "array", "items": {}}}
    item = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 5000}}
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for number in range(kinds):
        name = f"kind_{number}"
        schemas[name], schemas[f"part_{number}"] = schema(number, kinds), part
        one = {"schema": {"$ref": f"#/components/schemas/{name}"}}
        published = {
            "schema": {"type": "array", "items": part},
            "example": [{"amount": amount} for amount in range(50)],
        }
        paths[f"/v1/{name}"] = {
            "get": operation(f"list_{name}", published, [expand]),
            "post": operation(f"create_{name}", one, []),
        }
        paths[f"/v1/{name}/{{id}}"] = {"get": operation(f"retrieve_{name}", one, [expand, item])}
    info = {"title": "A large document", "version": "1"}
    return {"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": schemas}}


def operation(name: str, described: dict[str, Any], parameters: list[Any]) -> dict[str, Any]:
    """An operation that returns this content."""
    response = {"description": "Success.", "content": {"application/json": described}}
    return {"operationId": name, "parameters": parameters, "responses": {"200": response}}


def get(path: str) -> Request:
    """A request without a body."""
    return Request(method="GET", path=path, headers=Headers([("host", "127.0.0.1")]))


def load(folder: Path, operations: int) -> Engine:
    """Load an engine for a document with this number of operations."""
    path = folder / f"{operations}.json"
    path.write_text(json.dumps(document(operations)), "utf-8")
    return load_engine(Settings(seed=1, spec=path))


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="generated_replies")
    arguments = command_line.read()
    rounds = QUICK if arguments.quick else FULL
    scenario = Case(engine=load_engine(Settings(seed=1)), request=post())
    contract_alone = load_engine(Settings(seed=1, spec=bundled("spec") / "wingback.yaml"))
    generated = Case(engine=contract_alone, request=post())
    with TemporaryDirectory() as scratch:
        few, many = (load(Path(scratch), operations) for operations in (FEW, MANY))
    requests = {
        "GET with a published example": ("/v1/kind_{last}", 200),
        "GET of an object with 40 members": ("/v1/kind_{last}/x", 200),
        "unknown path": ("/v1/unknown", 404),
        "unknown path below another": ("/v1/kind_{last}/x/y/z", 404),
        "path with a typing error": ("/v1/kid_{last}/x", 404),
    }
    pairs = {
        name: [
            Case(engine=engine, request=get(path.format(last=operations // 3 - 1)), status=status)
            for engine, operations in ((few, FEW), (many, MANY))
        ]
        for name, (path, status) in requests.items()
    }
    measure([scenario, generated, *(case for pair in pairs.values() for case in pair)], rounds)
    command_line.show(
        [
            "| request | CPU time | relative to a scenario reply |",
            "|---|---|---|",
            f"| the payment session of a scenario | {scenario.microseconds:.0f} µs | 1.00 |",
            (
                f"| the same, generated from the schema | {generated.microseconds:.0f} µs "
                f"| {generated.microseconds / scenario.microseconds:.2f} |"
            ),
            "",
            f"| request | with {FEW} operations | with {MANY:,} operations | ratio | per second |",
            "|---|---|---|---|---|",
            *(
                f"| {name} | {a.microseconds:.0f} µs | {b.microseconds:.0f} µs "
                f"| {b.microseconds / a.microseconds:.2f} | {1e6 / b.microseconds:,.0f} |"
                for name, (a, b) in pairs.items()
            ),
            "",
            f"{MACHINE}; median of {rounds.count} alternating rounds of {rounds.requests:,} requests.",
        ]
    )


if __name__ == "__main__":
    main()
