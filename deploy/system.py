"""Copy Python, a few programs and the shared libraries that they need into an empty root file system.

    system.py ROOT ENVIRONMENT

ROOT is a new folder. ENVIRONMENT is a virtual environment of the Python that runs this script; it is not copied, but
its compiled packages are searched for libraries. The script runs as root in the build stage of the Dockerfile.
"""

from __future__ import annotations

import compileall
import re
import shutil
import ssl
import subprocess
import sys
import sysconfig
from pathlib import Path

# What health commands and wait strategies of test tools run in a container, and what helps to look into one.
PROGRAMS = ("sh", "cat", "env", "grep", "id", "ls", "mawk")
# Parts of the standard library that no server needs, and compiled parts that need large libraries.
UNUSED = ("__pycache__", "test", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "pydoc_data")
UNUSED += ("site-packages", "dist-packages", "config-*", "_tkinter.*", "_curses*", "readline.*", "_sqlite3.*", "_dbm.*")
UNUSED += ("_gdbm.*", "_test*", "_ctypes_test.*", "xxlimited*")
FILES = {
    "etc/passwd": "root:x:0:0:root:/:/bin/sh\nmockserver:x:65532:65532:mockserver:/tmp:/bin/sh\n",
    "etc/group": "root:x:0:\nmockserver:x:65532:\n",
}


class System:
    """The new root file system."""

    def __init__(self, root: Path, environment: Path) -> None:
        self.root = root
        self.environment = environment
        self.owned: set[Path] = set()
        root.mkdir()
        for folder in ("etc", "proc", "sys", "dev", "run"):
            (root / folder).mkdir()
        (root / "tmp").mkdir()
        (root / "tmp").chmod(0o1777)
        # Debian's /bin and /lib are links into /usr.
        for link in ("bin", "sbin", "lib", "lib64"):
            if (Path("/") / link).is_symlink():
                (root / "usr" / link).mkdir(parents=True)
                (root / link).symlink_to(f"usr/{link}")

    def copy(self, source: Path) -> None:
        """Copy a file to its own path; the file that a link names replaces the link."""
        place = self.root / source.parent.resolve().relative_to("/") / source.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, place)
        self.owned.add(source.resolve())

    def copy_with_libraries(self, file: Path) -> None:
        """Copy a program and its libraries."""
        self.copy(file)
        self.copy_libraries([file])

    def copy_libraries(self, files: list[Path]) -> None:
        """Copy the libraries that programs or libraries need. Raises SystemExit if one is missing."""
        listed = subprocess.run(["ldd", *files], capture_output=True, text=True, check=False).stdout
        if missing := re.findall(r"\S+ => not found", listed):
            raise SystemExit(f"libraries are missing: {missing}")
        # Every file here needs this library: without it, ldd does not work, for example under an emulator.
        if "libc.so" not in listed:
            raise SystemExit(f"ldd finds no libraries of {files}")
        for found in sorted(set(re.findall(r"(?:=> |^\t)(/\S+) \(0x", listed, re.MULTILINE))):
            # A package brings some of its libraries itself.
            if not Path(found).is_relative_to(self.environment):
                self.copy(Path(found))

    def copy_python(self) -> None:
        """Copy the interpreter, its links and its standard library, with bytecode."""
        program = Path(sys.executable).resolve()
        self.copy_with_libraries(program)
        for link in program.parent.glob("python*"):
            if link.is_symlink() and link.resolve() == program:
                (self.root / link.relative_to("/")).symlink_to(program)
        library = Path(sysconfig.get_path("stdlib"))
        copied = self.root / library.relative_to("/")
        shutil.copytree(library, copied, ignore=shutil.ignore_patterns(*UNUSED), dirs_exist_ok=True)
        self.copy_libraries(sorted(copied.rglob("*.so")))
        self.owned.add(library / "os.py")
        compileall.compile_dir(
            copied,
            quiet=1,
            workers=0,
            stripdir=str(self.root),
            invalidation_mode=compileall.py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )

    def copy_authorities(self) -> None:
        """Copy the certificate authorities, to the place where Python looks for them."""
        bundle = Path("/etc/ssl/certs/ca-certificates.crt")
        self.copy(bundle)
        place = self.root / Path(ssl.get_default_verify_paths().openssl_cafile).relative_to("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(bundle)
        # No package owns the bundle. The package of this program makes it.
        self.owned.add(Path("/usr/sbin/update-ca-certificates"))

    def record_packages(self) -> None:
        """Keep the name, version and licence of each Debian package, for scanners and for its readers."""
        found = subprocess.run(["dpkg-query", "--search", *self.owned], capture_output=True, text=True, check=False)
        records = self.root / "var" / "lib" / "dpkg" / "status.d"
        records.mkdir(parents=True)
        for package in sorted({line.partition(": ")[0] for line in found.stdout.splitlines()}):
            name = package.partition(":")[0]
            record = subprocess.run(["dpkg-query", "--status", package], capture_output=True, text=True, check=True)
            (records / name).write_text(record.stdout, "utf-8")
            self.copy(Path("/usr/share/doc") / name / "copyright")


def main() -> None:
    """The command line."""
    root = Path(sys.argv[1])
    system = System(root, Path(sys.argv[2]))
    for name, text in FILES.items():
        (root / name).write_text(text, "utf-8")
    for name in PROGRAMS:
        system.copy_with_libraries(Path(str(shutil.which(name))))
    (root / "usr" / "bin" / "awk").symlink_to("mawk")
    system.copy_python()
    system.copy_libraries(sorted(system.environment.rglob("*.so")))
    system.copy_authorities()
    system.copy(Path("/etc/os-release"))
    for file in [Path("/etc/ld.so.conf"), *Path("/etc/ld.so.conf.d").iterdir()]:
        system.copy(file)
    subprocess.run(["ldconfig", "-r", root], check=True)
    system.record_packages()
    # Python works with nothing but what was copied.
    imports = "import ctypes, hashlib, lzma, multiprocessing, ssl, uuid, zlib"
    subprocess.run(["chroot", root, Path(sys.executable).resolve(), "-c", imports], check=True)


if __name__ == "__main__":
    main()
