"""What builds the image and runs its containers: Docker, or Podman on a machine without a Docker engine."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

PATIENCE = 30.0
ROOT = Path(__file__).parent.parent
# How users are told to run the image. The network of the host, because not every machine can make another one.
HARDENED = ("--network", "host", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
# A machine may reach the package index through a proxy with a certificate authority of its own.
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
# What mmdebstrap installs: Debian's Python, of the same version and on the same Debian as the base image.
STAND_IN = ("--variant=essential", "--include=python3,python3-venv,ca-certificates", "trixie")


class Engine:
    """Docker."""

    name = "Docker, with the base image that the Dockerfile names"
    run_options: tuple[str, ...] = ()
    build_options: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.program: tuple[str, ...] = ("docker",)

    def __call__(self, *arguments: object, check: bool = True) -> str:
        """Run a command of the engine. Returns what it prints; raises SystemExit with its errors if it fails."""
        command = [*self.program, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode and check:
            raise SystemExit(f"{' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout.strip()

    def build(self, tag: str) -> None:
        """Build the image of this checkout. PIP_INDEX_URL is passed on if it is set."""
        index = ("--build-arg", "PIP_INDEX_URL") if "PIP_INDEX_URL" in os.environ else ()
        self("build", *self.build_options, *index, "--tag", tag, ROOT)

    def create(self, tag: str, *arguments: object, options: tuple[object, ...] = ()) -> str:
        """Create a container with a read-only file system and without privileges. Returns its id."""
        return self("create", *HARDENED, *self.run_options, *options, tag, *arguments)

    def wait_until_healthy(self, container: str) -> None:
        """Return when the engine has run the health check of the image with success."""
        deadline = time.monotonic() + PATIENCE
        while self("inspect", "--format", "{{.State.Health.Status}}", container) != "healthy":
            if time.monotonic() > deadline:
                raise SystemExit(self("inspect", "--format", "{{json .State.Health}}", container))
            time.sleep(0.1)

    def remove(self, tag: str) -> None:
        """Remove the image."""
        self("image", "rm", "--force", tag)


class Podman(Engine):
    """Podman, with all its files in one folder.

    It builds with Buildah in a chroot, and copies files between layers: a machine that is a container itself often
    allows neither user namespaces nor overlay file systems.
    """

    name = "Podman, with a Debian made by mmdebstrap in place of the base image"
    run_options = ("--read-only-tmpfs=false", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024")

    def __init__(self, folder: Path) -> None:
        super().__init__()
        as_root = ("sudo",) if os.geteuid() else ()
        self.base = folder / "base.tar"
        self.clear = (*as_root, "rm", "-rf", folder)
        places = ("--root", f"{folder}/storage", "--runroot", f"{folder}/run", "--tmpdir", f"{folder}/libpod")
        how = ("--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--runtime", "runc")
        self.program = (*as_root, "podman", *places, *how)
        self.make_base = (*as_root, "mmdebstrap", "--quiet", *STAND_IN, str(self.base))
        trusted = ("--volume", f"{AUTHORITIES}:{AUTHORITIES}:ro") if AUTHORITIES.exists() else ()
        in_chroot = ("--isolation", "chroot", "--network", "host", "--layers=false")
        # Only this format has health checks.
        self.build_options = (*in_chroot, "--format", "docker", "--from", "localhost/base", *trusted)

    def build(self, tag: str) -> None:
        """Make the base image, then build the image of this checkout."""
        subprocess.run(self.make_base, check=True)
        self("import", self.base, "localhost/base")
        super().build(tag)

    def wait_until_healthy(self, container: str) -> None:
        """Run the health check of the image once. Podman needs systemd to repeat it, and systemd may not be running."""
        self("healthcheck", "run", container)

    def remove(self, tag: str) -> None:
        """Remove the image, and everything else that Podman wrote as root."""
        super().remove(tag)
        subprocess.run(self.clear, check=True)


def find_engine(folder: Path) -> Engine:
    """Docker if its engine answers, else Podman with its files in the folder."""
    try:
        if subprocess.run(["docker", "version"], capture_output=True, check=False).returncode == 0:
            return Engine()
    except FileNotFoundError:
        pass
    return Podman(folder)
