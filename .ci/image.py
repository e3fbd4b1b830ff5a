"""Run the steps of the Dockerfile in a clean folder, on machines that have no Docker engine.

    image.py FOLDER

Absolute paths of all stages are inside FOLDER. The base image is the Python that runs this script. User, environment,
health check and entry point of the last stage are then applied: the script starts the server as that user, checks its
health, sends the first request of the README and stops the server.
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
# An absolute path in a command starts with a slash that does not follow a word, variable or pattern.
ABSOLUTE = re.compile(r"(?<![\w.:*/$}-])/(?=[\w\s]|$)")


class Image:
    """The state of the image after the steps so far."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workdir = root
        self.context = root / "context"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(root)}
        self.metadata: dict[str, str] = {}

    def inside(self, text: str) -> str:
        """A command or path with its absolute paths moved to the root folder of the image."""
        return ABSOLUTE.sub(f"{self.root}/", text)

    def run(self, instruction: str, argument: str) -> None:
        """Run one instruction."""
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
                self.metadata[instruction] = argument
            case _:
                raise SystemExit(f"the instruction {instruction} is not supported")

    def copy(self, words: list[str]) -> None:
        """COPY from the context. All stages share one folder, so a copy from another stage is already in its place."""
        if words[0].startswith("--from="):
            if words[1] != words[2] or not Path(self.inside(words[1])).exists():
                raise SystemExit(f"COPY {' '.join(words)}: not found")
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
        """A command in exec form, with the path of its program in the image."""
        text = self.metadata[instruction]
        program, *arguments = json.loads(text[text.index("[") :])
        found = shutil.which(program, path=self.environment["PATH"])
        if found is None or not found.startswith(str(self.root)):
            raise SystemExit(f"{instruction}: {program} is not in the image")
        return [found, *arguments]


def build_context(into: Path) -> None:
    """Copy the files that .dockerignore names with an exclamation mark; it excludes all others."""
    lines = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if not line.startswith("#")]
    if lines[0] != "*":
        raise SystemExit("the first line of .dockerignore must be *")
    into.mkdir(parents=True)
    for line in lines:
        if line.startswith("!"):
            source = ROOT / line[1:]
            if source.is_dir():
                shutil.copytree(source, into / line[1:], ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, into)


def runs_as(user: int | None, program: str) -> bool:
    """Whether a user can run a Python, and whether its version is supported."""
    check = [program, "-c", "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(check, user=user, group=user, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def give_python(image: Image, user: int | None) -> None:
    """Put a `python` that the user can run on the PATH, as in the base image."""
    programs = [program for program in (sys.executable, "/usr/bin/python3") if runs_as(user, program)]
    if not programs:
        raise SystemExit(f"user {user} can run none of the installed Pythons")
    folder = image.root / "python"
    folder.mkdir()
    # Not a link: the Pythons of pyenv and of virtual environments depend on the path they are called by.
    (folder / "python").write_text(f'#!/bin/sh\nexec "{programs[0]}" "$@"\n', "utf-8")
    (folder / "python").chmod(0o755)
    image.environment["PATH"] = f"{folder}:{image.environment['PATH']}"


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile with their arguments; continued lines are joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8"))
    found = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            instruction, _, argument = line.partition(" ")
            found.append((instruction, argument.strip()))
    return found


def mount(image: Image, folder: str, file: str) -> None:
    """Replace a folder of the image by one that holds only this file."""
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
        image.run(instruction, argument)
    entry, health = (image.command(name) for name in ("ENTRYPOINT", "HEALTHCHECK"))
    prove([*entry, "--seed", "1"], health=health, variables=image.environment, user=user)
    # Mounted folders: one has only the contract, the other only one scenario, without happy_path.
    mount(image, "spec", "wingback.yaml")
    mount(image, "scenarios", "server_error.yaml")
    prove([*entry, "--seed", "1"], health=health, variables=image.environment, user=user)


if __name__ == "__main__":
    main()
