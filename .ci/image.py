"""Carries out the Dockerfile's steps in a clean folder, for machines that have no Docker engine.

    image.py FOLDER

Each stage's absolute paths are taken as lying under FOLDER; base images are the Python that runs this. What the last
stage says of user, environment, health check and entry point is then done by hand: the server is started as that user,
asked for its health, asked the README's question and stopped.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from prove import prove

ROOT = Path(__file__).parent.parent
# An absolute path in a command: a slash that continues no word, variable or pattern.
ABSOLUTE = re.compile(r"(?<![\w.:*/$}-])/(?=[\w\s]|$)")


class Image:
    """What the steps have come to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workdir = root
        self.context = root / "context"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(root)}
        self.said: dict[str, str] = {}

    def inside(self, text: str) -> str:
        """A command or path with its absolute paths under the root."""
        return ABSOLUTE.sub(f"{self.root}/", text)

    def carry_out(self, instruction: str, argument: str) -> None:
        """One instruction."""
        print(f"{instruction} {argument}")
        match instruction:
            case "FROM":
                self.workdir = self.root
            case "WORKDIR":
                self.workdir = Path(self.inside(argument))
                self.workdir.mkdir(parents=True)
            case "COPY":
                self.copy(argument.split())
            case "RUN":
                subprocess.run(["sh", "-c", self.inside(argument)], cwd=self.workdir, env=self.environment, check=True)
            case "ENV":
                for name, value in re.findall(r"(\w+)=(\S+)", argument):
                    self.environment[name] = self.inside(value.replace("$PATH", self.environment["PATH"]))
            case "USER" | "EXPOSE" | "STOPSIGNAL" | "HEALTHCHECK" | "ENTRYPOINT":
                self.said[instruction] = argument
            case _:
                raise SystemExit(f"what to do with {instruction} is not known here")

    def copy(self, words: list[str]) -> None:
        """COPY, from the context or from another stage, where it already lies in its place."""
        if words[0].startswith("--from="):
            if words[1] != words[2] or not Path(self.inside(words[1])).exists():
                raise SystemExit(f"COPY {' '.join(words)}: not there")
            return
        *sources, target = words
        for source in sources:
            found = self.context / source
            into = self.workdir / target / (found.name if target.endswith("/") else "")
            if found.is_dir():
                shutil.copytree(found, into)
            else:
                shutil.copy(found, into)

    def command(self, instruction: str) -> list[str]:
        """A command in exec form, its program found in the image."""
        said = self.said[instruction]
        program, *arguments = json.loads(said[said.index("[") :])
        found = shutil.which(program, path=self.environment["PATH"])
        if found is None or not found.startswith(str(self.root)):
            raise SystemExit(f"{instruction}: {program} is not in the image")
        return [found, *arguments]


def build_context(into: Path) -> None:
    """Copy what .dockerignore lets through: nothing but what it names with an exclamation mark."""
    lines = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if not line.startswith("#")]
    if lines[0] != "*":
        raise SystemExit(".dockerignore should begin with everything")
    into.mkdir(parents=True)
    for line in lines:
        if line.startswith("!"):
            source = ROOT / line[1:]
            if source.is_dir():
                shutil.copytree(source, into / line[1:], ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, into)


def runs_as(user: int | None, program: str) -> bool:
    """Whether a user can run a Python, and it is new enough."""
    check = [program, "-c", "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(check, user=user, group=user, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def give_python(image: Image, user: int | None) -> None:
    """Put a `python` on the path that the user can run, as the base image has it."""
    programs = [program for program in (sys.executable, "/usr/bin/python3") if runs_as(user, program)]
    if not programs:
        raise SystemExit(f"no Python that user {user} can run")
    folder = image.root / "python"
    folder.mkdir()
    # A link would not do: pyenv's and virtual environments' Pythons look where they are called.
    (folder / "python").write_text(f'#!/bin/sh\nexec "{programs[0]}" "$@"\n', "utf-8")
    (folder / "python").chmod(0o755)
    image.environment["PATH"] = f"{folder}:{image.environment['PATH']}"


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions and their arguments; continued lines are joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8"))
    found = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            instruction, _, argument = line.partition(" ")
            found.append((instruction, argument.strip()))
    return found


def mount(image: Image, folder: str, file: str) -> None:
    """Put a folder that holds one file over one of the image's."""
    place = image.root / folder
    kept = (place / file).read_bytes()
    shutil.rmtree(place)
    place.mkdir()
    (place / file).write_bytes(kept)


def main() -> None:
    """The command line."""
    image = Image(Path(sys.argv[1]).resolve())
    build_context(image.context)
    steps = instructions()
    number = int(dict(steps)["USER"].partition(":")[0])
    user = number if os.geteuid() == 0 else None
    give_python(image, user)
    for instruction, argument in steps:
        image.carry_out(instruction, argument)
    entry, health = (image.command(name) for name in ("ENTRYPOINT", "HEALTHCHECK"))
    prove([*entry, "--seed", "1"], health=health, variables=image.environment, user=user)
    # A user's own folders in their place: the contract alone, and one scenario without the ordinary one.
    mount(image, "spec", "wingback.yaml")
    mount(image, "scenarios", "server_error.yaml")
    prove([*entry, "--seed", "1"], health=health, variables=image.environment, user=user)


if __name__ == "__main__":
    main()
