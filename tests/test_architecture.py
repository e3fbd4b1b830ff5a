"""The architecture, checked by reading the source: imports run downwards, and each framework has one owner."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mockserver"

# From the ground up. A part may import from the lines above its own, never from its own line or from a line below it.
LAYERS = (
    ("values", "version"),
    ("limits",),
    ("delivery", "messages", "redaction", "storage"),
    ("errors",),
    ("parsing", "settings"),
    ("contract.rust_validators",),
    ("contract.formats", "contract.patterns"),
    ("contract.document",),
    ("contract.compiled", "contract.validation"),
    ("contract",),
    ("payments", "samples"),
    ("scenarios",),
    ("scenarios.format",),
    ("engine",),
    ("loading",),
    ("pages", "saved_methods", "stripe"),
    ("store",),
    ("control",),
    ("checks", "reloading"),
    ("web",),
    ("server",),
    ("testing",),
    ("cli",),
    # Another distribution may overwrite `mockserver/__init__.py`, so no module imports from it.
    ("__main__", "mockserver"),
)

# Only the standard library and what this table lists may be imported.
OWNERS = {
    "_pytest": "testing",
    "backports": "web",
    "brotli": "web",
    "click": "cli",
    # In the standard library from Python 3.14 on.
    "compression": "web",
    "faker": "payments",
    "httptools": "server",
    "httpx": "testing",
    "jsonschema": "contract",
    "jsonschema_path": "contract",
    "jsonschema_rs": "contract",
    "openapi_core": "contract",
    "openapi_schema_validator": "contract",
    "openapi_spec_validator": "contract",
    "orjson": "parsing",
    "prometheus_client": "control",
    "pytest": "testing",
    "redis": "store",
    "referencing": "contract",
    "starlette": "web",
    "trustme": "server",
    "uvicorn": "server",
    "uvloop": "server",
    "watchfiles": "reloading",
    "werkzeug": "parsing",
    "yaml": "parsing",
}

LEVELS = {part: level for level, parts in enumerate(LAYERS) for part in parts}

MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def part_of(module: str) -> str:
    """The name in LAYERS that a module belongs to: `mockserver.web.app` belongs to `web`."""
    steps = module.split(".")[1:]
    names = [".".join(steps[:length]) for length in range(len(steps), 0, -1)]
    return next((name for name in names if name in LEVELS), names[-1] if names else "mockserver")


def imports(source: str, *, module: str, is_package: bool) -> Iterator[str]:
    """Every module that a source imports, wherever the statement is: also in functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=name, names=names, level=level):
                package = module.split(".") if is_package else module.split(".")[:-1]
                base = package[: len(package) - level + 1] if level else []
                target = ".".join([*base, *([name] if name else [])])
                # `from mockserver import engine` imports a module, `from mockserver import Settings` a name.
                yield from (
                    f"{target}.{alias.name}" if f"{target}.{alias.name}" in MODULES else target for alias in names
                )
            case ast.Call(func=ast.Name(id="__import__") | ast.Attribute(attr="import_module"), args=[argument, *_]):
                yield str(argument.value) if isinstance(argument, ast.Constant) else "an import by a computed name"


def imports_of(module: str) -> Iterator[str]:
    """Every module that a module of the package imports."""
    path = MODULES[module]
    return imports(path.read_text("utf-8"), module=module, is_package=path.name == "__init__.py")


def complaints(module: str, targets: Iterator[str]) -> list[str]:
    """What is wrong with a module's imports, one line each."""
    part = part_of(module)
    found = []
    for target in targets:
        top = target.split(".")[0]
        if top == "mockserver":
            other = part_of(target)
            if other != part and LEVELS.get(other, sys.maxsize) >= LEVELS.get(part, 0):
                found.append(f"{module} imports upwards: {target}")
        elif top in sys.stdlib_module_names:
            continue
        elif top not in OWNERS:
            found.append(f"{module} imports {target}, which has no owner")
        elif OWNERS[top] not in (part, part.split(".")[0]):
            found.append(f"{module} imports {target}, which belongs to {OWNERS[top]}")
    return found


def test_imports_run_downwards_and_frameworks_have_one_owner() -> None:
    """A module imports only from the lines above its own in LAYERS, and only the frameworks that its part owns."""
    assert [] == [complaint for module in MODULES for complaint in complaints(module, imports_of(module))]


def test_no_module_imports_itself_by_a_detour() -> None:
    """Modules of one part may import each other in any order, but never in a circle."""
    graph = {
        # A package's __init__ gathers its modules; they import each other by their own names.
        module: {target for target in imports_of(module) if target in MODULES and not module.startswith(f"{target}.")}
        for module in MODULES
        if module != "mockserver"
    }

    assert sorted(graph) == sorted(set(TopologicalSorter(graph).static_order()) - {"mockserver"})


def test_every_part_has_a_layer() -> None:
    """Every part of the package is listed in LAYERS, and LAYERS lists nothing else."""
    assert set(LEVELS) == {part_of(module) for module in MODULES}


def layout() -> list[str]:
    """The folders of the tree in the README, in its order."""
    readme = (PACKAGE.parent / "README.md").read_text("utf-8")
    folders: list[str] = []
    parents: dict[int, str] = {}
    for line in readme.split("```text\n")[1].split("```")[0].splitlines():
        indent, name = len(line) - len(line.lstrip()), line.split()[0]
        parents[indent] = f"{parents.get(indent - 2, '')}{name}"
        folders.append(parents[indent])
    return folders


def test_the_readme_shows_every_folder() -> None:
    """The tree in the README has one line for each folder of the package and of the top level, and no other line."""
    root = PACKAGE.parent
    packages = {path.parent for path in MODULES.values()} | {PACKAGE / "assets"}
    others = {root / name for name in ("benchmarks", "deploy", "docs", "scenarios", "spec", "tests")}
    visible = {path for path in root.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}

    assert sorted(f"{path.relative_to(root)}/" for path in packages | others) == sorted(layout())
    assert visible <= {PACKAGE, *others}


def test_the_readme_shows_the_folders_from_the_ground_up() -> None:
    """In the tree of the README, a folder comes after the folders that it may import from."""
    packages = [
        folder.split("/")[1] for folder in layout() if folder.count("/") == 2 and folder.startswith("mockserver/")
    ]
    outer = [LEVELS[name] for name in packages if name in LEVELS]

    assert sorted(outer) == outer


def test_few_modules_are_outside_packages() -> None:
    """At most five modules lie directly in the package, besides its `__init__`."""
    modules = sorted(path.name for path in PACKAGE.glob("*.py") if path.name != "__init__.py")

    assert len(modules) <= 5, modules


def test_a_file_name_is_used_once() -> None:
    """No two modules have the same file name."""
    names = Counter(path.name for path in MODULES.values() if path.name != "__init__.py")

    assert [] == [name for name, count in names.items() if count > 1]


def test_a_class_name_is_used_once() -> None:
    """No two classes have the same name; a leading underscore makes no difference."""
    names = Counter(
        node.name.lstrip("_")
        for path in MODULES.values()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    )

    assert [] == [name for name, count in names.items() if count > 1]


def test_every_package_says_what_it_is() -> None:
    """The docstring of each package's `__init__` says what the package may import and where to start reading."""
    docstrings = {
        module: ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        for module, path in MODULES.items()
        if path.name == "__init__.py" and module != "mockserver"
    }

    assert [] == [
        module for module, text in docstrings.items() if "May import: " not in text or "Start with `" not in text
    ]


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        pytest.param("mockserver.engine.engine", "import mockserver.web.app", "imports upwards", id="plain"),
        pytest.param("mockserver.engine.engine", "from mockserver.cli.main import run_command", "upwards", id="from"),
        pytest.param("mockserver.contract.router", "from ..engine import engine", "imports upwards", id="relative"),
        pytest.param("mockserver.pages.pages", "from mockserver.stripe import X", "imports upwards", id="sideways"),
        pytest.param("mockserver.contract.document.bundle", "import mockserver.contract.router", "upwards", id="inner"),
        pytest.param("mockserver.web.app", "from mockserver import Settings", "imports upwards", id="the top"),
        pytest.param(
            "mockserver.engine.engine", "def f():\n    import starlette", "belongs to web", id="in a function"
        ),
        pytest.param("mockserver.web.app", "if TYPE_CHECKING:\n    import uvicorn", "to server", id="for types"),
        pytest.param("mockserver.web.app", "importlib.import_module('yaml')", "belongs to parsing", id="by name"),
        pytest.param("mockserver.web.app", "importlib.import_module(x)", "has no owner", id="by a computed name"),
        pytest.param("mockserver.web.app", "import requests", "has no owner", id="unknown"),
    ],
)
def test_a_broken_rule_is_noticed(module: str, source: str, expected: str) -> None:
    """The check of imports finds each kind of wrong import."""
    found = complaints(module, imports(source, module=module, is_package=False))

    assert 1 == len(found)
    assert expected in found[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        pytest.param("mockserver.web.app", "from starlette.requests import Request", id="own framework"),
        pytest.param("mockserver.web.app", "from mockserver.engine.engine import Engine", id="downwards"),
        pytest.param("mockserver.contract.router", "from .document.operations import Operation", id="own part"),
        pytest.param("mockserver.contract.validation.validator", "import openapi_core", id="owned by the outer part"),
        pytest.param("mockserver.cli.commands", "from mockserver.version import __version__", id="the version"),
        pytest.param("mockserver.cli.commands", "import json", id="standard library"),
    ],
)
def test_an_allowed_import_is_accepted(module: str, source: str) -> None:
    """The check of imports accepts what is allowed."""
    assert [] == complaints(module, imports(source, module=module, is_package=False))
