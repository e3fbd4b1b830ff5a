"""Look up the packages of the lock files in a database of vulnerabilities, with pip-audit.

    audit.py FOLDER

The database can be out of reach, for example behind a mirror of the package index. Then pip-audit finds nothing at all,
and the script says so; on GitHub that is an error.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCKS = sorted((Path(__file__).parent.parent / "deploy").glob("*requirements.txt"))


def audited(program: Path, lock: Path) -> list[dict[str, Any]] | None:
    """The packages of a lock file with what is known about them; None if nothing answers."""
    command = [program, "--requirement", lock, "--require-hashes", "--disable-pip", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        print(done.stderr[-500:])
        return None
    return None if any("skip_reason" in package for package in packages) else packages


def main() -> None:
    """The command line."""
    folder = Path(sys.argv[1])
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin" / "pip", "install", "-q", "pip-audit"], check=True)
    vulnerable = []
    for lock in LOCKS:
        packages = audited(folder / "bin" / "pip-audit", lock)
        if packages is None:
            print(f"{lock.name} is not audited: the database of vulnerabilities is out of reach or knows no packages")
            sys.exit(1 if "GITHUB_ACTIONS" in os.environ else 0)
        for package in packages:
            vulnerable += [f"{package['name']} {package['version']}: {each['id']}" for each in package["vulns"]]
        print(f"{lock.name}: {len(packages)} packages audited")
    if vulnerable:
        raise SystemExit("\n".join(["vulnerable packages; run deploy/update.sh:", *vulnerable]))


if __name__ == "__main__":
    main()
