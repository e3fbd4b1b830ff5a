"""What the image and CI download is pinned: actions by commit, the base image by digest, packages by hash."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import mockserver

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
LOCKED = re.compile(r"^([\w.-]+)==([^\s;]+)", re.MULTILINE)
EXTRAS = ("compression", "redis", "reload")


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
    """Every stage of the Dockerfile begins with an image that is named by its digest, or with no image."""
    images = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)

    assert images
    assert [] == [
        each for each in images if each != "scratch" and not re.fullmatch(r"python:[\w.-]+@sha256:[0-9a-f]{64}", each)
    ]


def test_actions_are_pinned_by_commit() -> None:
    """Every action that a workflow or action.yml uses is named by a commit, with its version as a comment."""
    files = [*(ROOT / ".github" / "workflows").iterdir(), ROOT / "action.yml"]
    used = [line for path in files for line in re.findall(r"uses: (.*)", path.read_text("utf-8"))]

    assert used
    assert [] == [each for each in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)]


def test_updates_are_proposed() -> None:
    """Dependabot updates everything that is pinned."""
    text = (ROOT / ".github" / "dependabot.yml").read_text("utf-8")

    assert {"github-actions", "docker", "pip"} == set(re.findall(r"package-ecosystem: ([\w-]+)", text))


def test_an_action_has_one_version() -> None:
    """The workflows and this repository's action use the same commit of an action."""
    files = [*(ROOT / ".github" / "workflows").iterdir(), ROOT / "action.yml"]
    used = {line for path in files for line in re.findall(r"uses: (.*)", path.read_text("utf-8"))}

    assert len(used) == len({line.partition("@")[0] for line in used})


def test_a_release_has_everything() -> None:
    """The release workflow builds packages and an image for two platforms, attests both, and gives few permissions."""
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    workflow = yaml.safe_load(text)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    attested = [step["with"] for step in steps if step.get("uses", "").startswith("actions/attest-build-provenance@")]
    (image,) = [step["with"] for step in steps if step.get("uses", "").startswith("docker/build-push-action@")]

    assert {} == workflow["permissions"]
    assert all(job["permissions"].keys() for job in workflow["jobs"].values())
    assert ["dist/*", None] == [each.get("subject-path") for each in attested]
    assert ("linux/amd64,linux/arm64", "mode=max", True) == (image["platforms"], image["provenance"], image["sbom"])
    assert re.findall(r"^ARG (\w+)=", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE) == re.findall(
        r"^(\w+)=", image["build-args"], re.MULTILINE
    )


@pytest.mark.parametrize(
    ("tag", "code"), [(f"v{mockserver.__version__}", 0), ("v0.0.9", 1), (mockserver.__version__, 1)]
)
def test_a_release_has_the_version_of_its_tag(tag: str, code: int) -> None:
    """The release stops if the tag is not the version of the package."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_bytes())
    (step,) = [each for each in workflow["jobs"]["packages"]["steps"] if "Compare" in each.get("name", "")]
    python = f'python() {{ "{sys.executable}" "$@"; }}\n'
    command = ["bash", "-eo", "pipefail", "-c", python + step["run"]]

    assert code == subprocess.run(command, cwd=ROOT, env={"GITHUB_REF_NAME": tag}, check=False).returncode
