"""The architecture, held by reading the source: imports run downwards, and each framework has one owner."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mockserver"

# From the ground up: a part may import from those before it, never from its own line or below it.
LAYERS = (
    ("mockserver",),
    ("cardnumbers", "exchange", "keeping", "printing"),
    ("redaction",),
    ("errors",),
    ("shelf",),
    ("yamltext",),
    ("contract",),
    ("scenarios",),
    ("payments",),
    ("journal", "marks", "namespaces", "settings"),
    ("answers", "coverage", "verification"),
    ("additions",),
    ("vetting",),
    ("served",),
    ("engine",),
    ("browser", "stripe"),
    ("reloading",),
    ("checking", "control"),
    ("web",),
    ("server",),
    ("testing",),
    ("greeting", "health", "listing"),
    ("cli",),
    ("__main__",),
)

# What is not in the standard library and not in this table may not be imported at all.
OWNERS = {
    "_pytest": "testing",
    "click": "cli",
    "faker": "payments",
    "httptools": "server",
    "httpx": "testing",
    "jsonschema": "contract",
    "jsonschema_path": "contract",
    "jsonschema_rs": "contract",
    "openapi_core": "contract",
    "openapi_schema_validator": "contract",
    "openapi_spec_validator": "contract",
    "orjson": "contract",
    "pydantic": "scenarios",
    "pydantic_core": "scenarios",
    "pytest": "testing",
    "referencing": "contract",
    "starlette": "web",
    "uvicorn": "server",
    "uvloop": "server",
    "watchfiles": "reloading",
    "werkzeug": "contract",
    "yaml": "yamltext",
}

LEVELS = {part: level for level, parts in enumerate(LAYERS) for part in parts}

MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def part_of(module: str) -> str:
    """The line of LAYERS to which a module belongs: `mockserver.web.app` to `web`."""
    return module.split(".")[1] if "." in module else module


def imports(source: str, *, module: str, is_package: bool) -> Iterator[str]:
    """Every module that a source imports, wherever the statement stands: in functions and TYPE_CHECKING too."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=name, names=names, level=level):
                package = module.split(".") if is_package else module.split(".")[:-1]
                base = package[: len(package) - level + 1] if level else []
                target = ".".join([*base, *([name] if name else [])])
                # `from mockserver import engine` imports a module, `from mockserver import __version__` a name.
                yield from (
                    f"{target}.{alias.name}" if f"{target}.{alias.name}" in MODULES else target for alias in names
                )
            case ast.Call(func=ast.Name(id="__import__") | ast.Attribute(attr="import_module"), args=[argument, *_]):
                yield str(argument.value) if isinstance(argument, ast.Constant) else "an import by a computed name"


def complaints(source: str, *, module: str, is_package: bool = False) -> list[str]:
    """What is wrong with a module's imports, a line each."""
    part = part_of(module)
    found = []
    for target in imports(source, module=module, is_package=is_package):
        top = target.split(".")[0]
        if top == "mockserver":
            other = part_of(target)
            if other != part and LEVELS.get(other, sys.maxsize) >= LEVELS.get(part, 0):
                found.append(f"{module} imports upwards: {target}")
        elif top in sys.stdlib_module_names:
            continue
        elif top not in OWNERS:
            found.append(f"{module} imports {target}, which has no owner")
        elif OWNERS[top] != part:
            found.append(f"{module} imports {target}, which belongs to {OWNERS[top]}")
    return found


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_downwards_and_frameworks_have_one_owner(module: str) -> None:
    """A module imports only from lines before its own in LAYERS, and only the frameworks that its part owns."""
    path = MODULES[module]

    assert [] == complaints(path.read_text("utf-8"), module=module, is_package=path.name == "__init__.py")


def test_no_module_imports_itself_by_a_detour() -> None:
    """Inside one part the order is free, but it is an order: no import runs in a circle."""
    graph = {
        module: {
            target
            for target in imports(path.read_text("utf-8"), module=module, is_package=path.name == "__init__.py")
            # A package's __init__ gathers its modules; they reach each other by their own names.
            if target in MODULES and not module.startswith(f"{target}.")
        }
        for module, path in MODULES.items()
    }

    assert sorted(MODULES) == sorted(TopologicalSorter(graph).static_order())


def test_layers_name_what_there_is() -> None:
    """Every part of the package stands in LAYERS, so that a new one is placed by a decision."""
    assert set() == {part_of(module) for module in MODULES} - set(LEVELS)


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        pytest.param("mockserver.engine", "import mockserver.web.app", "imports upwards", id="plain"),
        pytest.param("mockserver.engine", "from mockserver.cli import main", "imports upwards", id="from"),
        pytest.param("mockserver.contract.routing", "from ..engine import Engine", "imports upwards", id="relative"),
        pytest.param("mockserver.journal", "from mockserver.namespaces import X", "imports upwards", id="sideways"),
        pytest.param(
            "mockserver.engine", "def f():\n    import starlette.requests", "belongs to web", id="in a function"
        ),
        pytest.param(
            "mockserver.web.app", "if TYPE_CHECKING:\n    import uvicorn", "belongs to server", id="for types"
        ),
        pytest.param("mockserver.web.app", "importlib.import_module('yaml')", "belongs to yamltext", id="by name"),
        pytest.param("mockserver.web.app", "importlib.import_module(x)", "has no owner", id="by a computed name"),
        pytest.param("mockserver.web.app", "import requests", "has no owner", id="unknown"),
    ],
)
def test_the_rules_are_seen_broken(module: str, source: str, expected: str) -> None:
    """The checks above see what they are meant to see, wherever the import hides."""
    found = complaints(source, module=module)

    assert 1 == len(found)
    assert expected in found[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        pytest.param("mockserver.web.app", "from starlette.requests import Request", id="own framework"),
        pytest.param("mockserver.web.app", "from mockserver.engine import Engine", id="downwards"),
        pytest.param("mockserver.contract.routing", "from .document import Document", id="own part"),
        pytest.param("mockserver.cli", "from mockserver import __version__", id="package"),
        pytest.param("mockserver.cli", "import json", id="standard library"),
    ],
)
def test_what_is_allowed_is_not_complained_about(module: str, source: str) -> None:
    """The checks above do not say no to everything."""
    assert [] == complaints(source, module=module)
