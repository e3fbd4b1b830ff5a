"""The project around the code: files that must be there, must agree, or must not change."""

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
SOURCES = sorted(path for folder in ("mockserver", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
TEXTS = sorted(
    path
    for pattern in ("mockserver/**/*.py", "tests/**/*.py", "benchmarks/*", "*.md", "*/*.md", "scenarios/*", ".ci/*")
    for path in ROOT.glob(pattern)
    if path.is_file()
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_contract_is_the_published_one() -> None:
    """spec/wingback.yaml is byte for byte what Wingback published."""
    digest = hashlib.sha256((ROOT / "spec" / "wingback.yaml").read_bytes()).hexdigest()

    assert "b615ebd26e3b18eb39b307c9ca2d908ba58d02bb5fa5f4870bba86252d76bacd" == digest


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_module_has_a_docstring(path: Path) -> None:
    """Each source file opens with what it is about."""
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", sorted((ROOT / "tests").glob("test_*.py")), ids=name_of)
def test_every_test_has_a_docstring(path: Path) -> None:
    """Each test says in one sentence what it holds."""
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert [] == [node.name for node in functions if node.name.startswith("test_") and not ast.get_docstring(node)]


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_nothing_is_left_for_later(path: Path) -> None:
    """What is not done is an issue, not a note in the code."""
    assert [] == re.findall(r"\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b", path.read_text("utf-8"))


def test_the_changelog_knows_the_version() -> None:
    """The version of the package is the newest one in CHANGELOG.md."""
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert mockserver.__version__ == versions[0]


def test_the_licence_is_the_one_declared() -> None:
    """LICENSE holds the text that pyproject.toml names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert "Apache-2.0" == project["license"]
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text("utf-8")


def test_every_lint_exemption_is_explained() -> None:
    """An ignored rule says on its line why."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    lint = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.pydocstyle]")]
    rules = re.findall(r'^    "[A-Z]+[0-9]*",.*$', lint, re.MULTILINE)

    assert rules
    assert [] == [rule for rule in rules if not re.search(r",\s+# \S+ ", rule)]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_exemption_in_the_code_is_explained(path: Path) -> None:
    """`noqa`, `type: ignore` and `pragma` name their rule and are followed by a reason."""
    exemptions = re.findall(r"#\s*(?:noqa|type: ignore|pragma:)[^\n]*", path.read_text("utf-8"))
    explained = re.compile(r"#\s*(?:noqa: [A-Z0-9, ]+?|type: ignore\[[\w, -]+\]|pragma: no \w+)\s+(?:#|-|—|:)\s*\w+")

    assert [] == [text for text in exemptions if not explained.match(text)]


def dockerfile() -> list[str]:
    """The instructions of the image's last stage; continued lines are joined."""
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
    """The Dockerfile says once what the README promises."""
    assert 1 == len([line for line in dockerfile() if re.fullmatch(pattern, line)])


def test_the_image_is_small() -> None:
    """Nothing of the build stays: two stages, and the last one runs nothing."""
    stages = re.findall(
        r"^FROM (python:3\.\d+-slim)(?: AS build)?$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )

    assert 2 == len(stages)
    assert [] == [line for line in dockerfile() if line.startswith(("RUN", "CMD"))]


def test_compose_waits_for_health() -> None:
    """`docker compose up --wait` has something to wait for, and the port is open on this machine only."""
    (service,) = yaml.safe_load((ROOT / "compose.yaml").read_bytes())["services"].values()

    assert ["CMD", "mockserver", "health"] == service["healthcheck"]["test"]
    assert ["127.0.0.1:8080:8080"] == service["ports"]


def test_github_runs_what_ci_runs() -> None:
    """Every Python that pyproject.toml names runs .ci/run."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    job = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_bytes())["jobs"]["ci"]

    assert "bash .ci/run" in [step.get("run") for step in job["steps"]]
    assert [f"Programming Language :: Python :: {version}" for version in job["strategy"]["matrix"]["python"]] == [
        each for each in project["classifiers"] if re.search(r":: 3\.\d+$", each)
    ]
