"""Checks of the project's files: they exist, they agree with each other, and they follow the house rules."""

from __future__ import annotations

import ast
import hashlib
import re
import tomllib
from pathlib import Path

import pytest
import yaml

import mockserver

ROOT = Path(__file__).parent.parent
FOLDERS = ("mockserver", "tests", "benchmarks", "docs", "scenarios", ".ci", ".github")
SUFFIXES = {"", ".css", ".html", ".js", ".jsx", ".json", ".md", ".mjs", ".py", ".toml", ".ts", ".yaml", ".yml"}
TEXTS = [
    path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in SUFFIXES and path.is_file() and not {"node_modules", "__pycache__"} & {*path.parts}
] + [path for path in sorted(ROOT.glob("*")) if path.suffix in {".md", ".toml", ".yaml"}]
SOURCES = [path for path in TEXTS if path.suffix == ".py"]

# Names that the code had before its structure was changed.
OLD_CLASSES = (
    r"Acceptance|Answers|Asked|Choice|Desk|Draw|Edge|Judge|Kept|Late|Look|Made|Names|PromptHttpProtocol|Ready|Replays|"
    r"Sequences|Served|Shelf|Sides|StripeSide|Suite|Told|Vetting"
)
OLD_MODULES = (
    r"answers|browser|cardnumbers|checking|draws|exchange|greeting|health|judge|keeping|listing|marks|names|printing|"
    r"served|shelf|sides|verification|vetting|yamltext|"
    r"contract\.(?:acceptance|circles|compilation|core|dialects|forms|jsontext|judge|regexreader|samples|translatable|"
    r"tree|verdicts)|control\.(?:calls|events|verifying)|payments\.(?:cards|draws|fakes|ibans|names)|reloading\.look|"
    r"scenarios\.(?:choice|sequences)|server\.prompt|stripe\.(?:asking|bodies|desk|failures|forms|replays|side)|"
    r"testing\.(?:entries|hosts|suite|watches)|web\.(?:edge|hosts|linewriter|prompt|sending|sides)"
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def offenders(pattern: str, paths: list[Path]) -> list[str]:
    """Every match of a pattern, with its file."""
    compiled = re.compile(pattern, re.MULTILINE)
    return [
        f"{name_of(path)}: {found.group().strip()}"
        for path in paths
        for found in compiled.finditer(path.read_text("utf-8"))
    ]


def test_the_contract_is_the_published_one() -> None:
    """spec/wingback.yaml is byte for byte what Wingback published."""
    digest = hashlib.sha256((ROOT / "spec" / "wingback.yaml").read_bytes()).hexdigest()

    assert "b615ebd26e3b18eb39b307c9ca2d908ba58d02bb5fa5f4870bba86252d76bacd" == digest


def test_every_test_has_a_docstring() -> None:
    """Each test function says in one sentence what it checks."""
    assert [] == [
        f"{name_of(path)}: {node.name}"
        for path in (ROOT / "tests").rglob("test_*.py")
        if not name_of(path).startswith("tests/downstream")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.name.lower().startswith("test")
        and not ast.get_docstring(node)
    ]


def test_nothing_is_left_for_later() -> None:
    """Work that is not done is an issue, not a note in a file."""
    assert [] == offenders(r"\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b", TEXTS)


def test_old_class_names_are_gone() -> None:
    """No class or alias has a name that the restructuring replaced."""
    assert [] == offenders(
        rf"^\s*class _?(?:{OLD_CLASSES})\b|^_?(?:{OLD_CLASSES})\b.* = | as _?(?:{OLD_CLASSES})$", SOURCES
    )


def test_old_module_names_are_gone() -> None:
    """No file refers to a module that the restructuring moved."""
    assert [] == offenders(rf"\bmockserver\.(?:{OLD_MODULES})\b(?!\()", TEXTS)


def test_the_changelog_knows_the_version() -> None:
    """The newest version in CHANGELOG.md is the version of the package."""
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert mockserver.__version__ == versions[0]


def test_the_licence_is_the_one_declared() -> None:
    """LICENSE contains the licence that pyproject.toml declares."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert "Apache-2.0" == project["license"]
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text("utf-8")


def test_every_lint_exemption_is_explained() -> None:
    """Every ignored rule in pyproject.toml has a reason on its line."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    lint = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.pydocstyle]")]
    rules = re.findall(r'^    "[A-Z]+[0-9]*",.*$', lint, re.MULTILINE)

    assert rules
    assert [] == [rule for rule in rules if not re.search(r",\s+# \S+ ", rule)]


def test_every_exemption_in_the_code_is_explained() -> None:
    """`noqa`, `type: ignore` and `pragma` name their rule, and a reason follows."""
    explained = r"(?:noqa: [A-Z0-9, ]+?|type: ignore\[[\w, -]+\]|pragma: no \w+)\s+(?:#|-|—|:)\s*\w+"

    assert [] == offenders(rf"#\s*(?!{explained})(?:noqa|type: ignore|pragma:).*", SOURCES)


def dockerfile() -> list[str]:
    """The instructions of the image's last stage, with continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8"))
    stage = re.split(r"^FROM ", text, flags=re.MULTILINE)[-1]
    return [line for line in stage.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"USER [1-9]\d*(:[1-9]\d*)?", id="not root, by number"),
        pytest.param(r"EXPOSE 8080", id="the port"),
        pytest.param(r"ENV .*\bMOCKSERVER_HOST=0\.0\.0\.0\b.*", id="reachable from outside the container"),
        pytest.param(r'HEALTHCHECK .*CMD \["mockserver", "health"\]', id="health in exec form"),
        pytest.param(r'ENTRYPOINT \["mockserver"\]', id="arguments of the container are the command's"),
        pytest.param(r"STOPSIGNAL SIGTERM", id="stopped by SIGTERM"),
        pytest.param(r"COPY --from=build /spec /spec", id="the contract can be mounted over"),
        pytest.param(r"COPY --from=build /scenarios /scenarios", id="the scenarios can be mounted over"),
    ],
)
def test_the_image_is_as_promised(pattern: str) -> None:
    """The Dockerfile has each instruction that docs/container.md relies on, exactly once."""
    assert 1 == len([line for line in dockerfile() if re.fullmatch(pattern, line)])


def test_the_image_is_small() -> None:
    """The last stage is empty at first and only copies files from the build stage. .ci/image.py limits its size."""
    stages = re.findall(r"^FROM (.*)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)

    assert re.fullmatch(r"python:3\.\d+-slim@sha256:\w+ AS build", stages[0])
    assert ["scratch"] == stages[1:]
    assert [] == [line for line in dockerfile() if line.startswith(("RUN", "CMD"))]


def test_the_image_has_the_version_of_the_package() -> None:
    """The version label is the version of the package, unless a build argument sets another one."""
    assert f"ARG VERSION={mockserver.__version__}" in dockerfile()


def test_compose_waits_for_health() -> None:
    """compose.yaml has a health check for `docker compose up --wait`, and publishes the port on this machine only."""
    (service,) = yaml.safe_load((ROOT / "compose.yaml").read_bytes())["services"].values()

    assert ["CMD", "mockserver", "health"] == service["healthcheck"]["test"]
    assert ["127.0.0.1:8080:8080"] == service["ports"]


def test_github_runs_what_ci_runs() -> None:
    """The workflow runs .ci/run on every Python version that pyproject.toml lists."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    job = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_bytes())["jobs"]["ci"]

    assert "bash .ci/run" in [step.get("run") for step in job["steps"]]
    assert [f"Programming Language :: Python :: {version}" for version in job["strategy"]["matrix"]["python"]] == [
        each for each in project["classifiers"] if re.search(r":: 3\.\d+$", each)
    ]
