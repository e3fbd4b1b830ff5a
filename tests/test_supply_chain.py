"""What the image and CI download is pinned: actions by commit, the base image by digest, packages by hash."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
LOCKED = re.compile(r"^([\w.-]+)==([^\s;]+)", re.MULTILINE)
EXTRAS = ("compression", "reload")


def locked(name: str) -> dict[str, str]:
    """The versions in a lock file."""
    return {found[1].lower().replace(".", "-"): found[2] for found in LOCKED.finditer((DEPLOY / name).read_text())}


def unfit(requirements: list[str], versions: dict[str, str]) -> list[str]:
    """The requirements that a lock file does not fulfil."""
    parsed = map(Requirement, requirements)
    return [
        str(each)
        for each in parsed
        if not each.specifier.contains(versions.get(each.name.lower().replace(".", "-"), "0"))
    ]


def test_the_lock_files_fit_the_project() -> None:
    """The lock files have every dependency of pyproject.toml, in a version that it allows. If not: deploy/update.sh."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = data["project"]
    extras = [each for extra in EXTRAS for each in project["optional-dependencies"][extra]]

    assert [] == unfit([*project["dependencies"], *extras], locked("requirements.txt"))
    assert [] == unfit(data["build-system"]["requires"], locked("build-requirements.txt"))


def test_every_locked_package_has_hashes() -> None:
    """Each package in a lock file has hashes, and no lock file names a host."""
    for lock in DEPLOY.glob("*requirements.txt"):
        text = re.sub(r"\\\n\s*", "", lock.read_text("utf-8"))
        lines = [line for line in text.splitlines() if not line.startswith("#")]

        assert [] == [line for line in lines if not re.search(r" --hash=sha256:[0-9a-f]{64}", line)]
        assert "://" not in text


def test_images_are_pinned_by_digest() -> None:
    """Every stage of the Dockerfile begins with the same image, named by its digest."""
    images = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)

    assert 1 == len(set(images))
    assert re.fullmatch(r"python:[\w.-]+@sha256:[0-9a-f]{64}", images[0])


def test_actions_are_pinned_by_commit() -> None:
    """Every action of a workflow is named by a commit, with its version as a comment."""
    workflows = [path.read_text("utf-8") for path in (ROOT / ".github" / "workflows").iterdir()]
    used = [line for text in workflows for line in re.findall(r"uses: (.*)", text)]

    assert used
    assert [] == [each for each in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)]


def test_updates_are_proposed() -> None:
    """Dependabot updates everything that is pinned."""
    text = (ROOT / ".github" / "dependabot.yml").read_text("utf-8")

    assert {"github-actions", "docker", "pip"} == set(re.findall(r"package-ecosystem: ([\w-]+)", text))
