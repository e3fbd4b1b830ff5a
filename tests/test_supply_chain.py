"""What the image and CI download is pinned: actions by commit, the base image by digest, packages by hash."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import mockserver
from tests.support.needs import command

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
    # A path that begins with $/ names a workflow of this repository at the same commit.
    used = [line for path in files for line in re.findall(r"uses: ([^$].*)", path.read_text("utf-8"))]

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
    steps = [step for job in workflow["jobs"].values() for step in job.get("steps", ())]
    attested = [step["with"] for step in steps if step.get("uses", "").startswith("actions/attest-build-provenance@")]
    (image,) = [step["with"] for step in steps if step.get("uses", "").startswith("docker/build-push-action@")]

    assert {} == workflow["permissions"]
    assert all(job["permissions"].keys() for job in workflow["jobs"].values())
    assert ["dist/*", None] == [each.get("subject-path") for each in attested]
    assert ("linux/amd64,linux/arm64", "mode=max", True) == (image["platforms"], image["provenance"], image["sbom"])
    assert re.findall(r"^ARG (\w+)=", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE) == re.findall(
        r"^(\w+)=", image["build-args"], re.MULTILINE
    )


def release_step(name: str, folder: Path, docker: str = "", **variables: str) -> tuple[int, str]:
    """Run the script of a step of the release with a function in place of Docker.

    Returns the exit code and the calls of Docker.
    """
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_bytes())
    (step,) = [each for each in workflow["jobs"]["image"]["steps"] if each.get("name") == name]
    (folder / "image").mkdir()
    script = f'docker() {{ echo "$*" >>"{folder}/calls"; {docker or ":"}; }}\n{step["run"]}'
    environment = {"PATH": os.environ["PATH"], "IMAGE": "ghcr.io/o/r", "DIGEST": "sha256:1", **variables}
    ended = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder / "image",
        env=environment,
        capture_output=True,
        check=False,
    )
    calls = folder / "calls"
    return ended.returncode, calls.read_text("utf-8") if calls.exists() else ""


def test_a_release_runs_the_image_of_each_platform(tmp_path: Path) -> None:
    """Each image is run by its own digest. Docker refuses a second image with the digest of both."""
    command("jq")
    platforms = {"amd64": "sha256:a", "arm64": "sha256:b", "unknown": "sha256:c"}
    manifests = [
        {"digest": digest, "platform": {"os": "unknown" if name == "unknown" else "linux", "architecture": name}}
        for name, digest in platforms.items()
    ]
    (tmp_path / "index").write_text(json.dumps({"manifests": manifests}), "utf-8")
    docker = f'if [[ $2 = imagetools ]]; then cat "{tmp_path}/index"; fi'
    code, calls = release_step("Run the image on each platform", tmp_path, docker)

    assert 0 == code
    assert [
        "run --rm --read-only --platform linux/amd64 ghcr.io/o/r@sha256:a check",
        "run --rm --read-only --platform linux/arm64 ghcr.io/o/r@sha256:b check",
    ] == calls.splitlines()[1:]


@pytest.mark.parametrize("platform", ["amd64", "arm64"])
@pytest.mark.parametrize(("packages", "code"), [(11, 0), (10, 1)])
def test_a_release_checks_the_sbom_of_each_platform(tmp_path: Path, platform: str, packages: int, code: int) -> None:
    """The release stops if any of the SBOMs is almost empty."""
    command("jq")
    full, other = (json.dumps({"packages": [{}] * number}) for number in (20, packages))
    docker = f"""if [[ $* = *linux/{platform}* ]]; then echo '{other}'; else echo '{full}'; fi"""

    assert code == release_step("Save the SBOM of each platform", tmp_path, docker)[0]


@pytest.mark.parametrize(("version", "moves"), [("0.2.0", 1), ("1.0", 1), ("0.2.0rc1", 0), ("1.0a1", 0)])
def test_latest_is_a_final_version(tmp_path: Path, version: str, moves: int) -> None:
    """The tag `latest` moves at the end of the job, and not to a pre-release."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_bytes())
    (step,) = [each["with"] for each in workflow["jobs"]["image"]["steps"] if "build-push" in each.get("uses", "")]

    assert "latest" not in step["tags"]
    assert "Move the tag latest" == workflow["jobs"]["image"]["steps"][-1]["name"]
    expected = "buildx imagetools create --tag ghcr.io/o/r:latest ghcr.io/o/r@sha256:1\n" * moves
    assert (0, expected) == release_step("Move the tag latest", tmp_path, VERSION=version)


def test_a_release_downloads_its_own_artifacts() -> None:
    """Other artifacts of the run, such as the record of the image's build, are no part of the release."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_bytes())
    steps = [step for job in workflow["jobs"].values() for step in job.get("steps", ())]
    uploaded = {each["with"]["name"] for each in steps if "upload-artifact" in each.get("uses", "")}
    (pattern,) = [each["with"]["pattern"] for each in steps if "download-artifact" in each.get("uses", "")]

    assert uploaded == set(pattern.strip("{}").split(","))


def test_a_release_needs_ci() -> None:
    """Nothing is published unless CI passes."""
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_bytes())["jobs"]

    assert "$/.github/workflows/ci.yml" == jobs["ci"]["uses"]
    assert "ci" == jobs["packages"]["needs"]
    assert "packages" == jobs["image"]["needs"]
    assert "image" in jobs["release"]["needs"]


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
