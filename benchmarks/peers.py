"""Peers on the same request: mock servers that one command installs, in benchmarks/node_modules."""

from __future__ import annotations

from pathlib import Path

__all__ = ["peers"]

HERE = Path(__file__).parent
SPEC = HERE.parent / "spec" / "wingback.yaml"
INSTALL = "npm install --prefix benchmarks --no-save @stoplight/prism-cli"


def peers() -> dict[str, tuple[str, ...]]:
    """The commands that serve the contract, by name; each is given a port as its last argument."""
    prism = HERE / "node_modules" / ".bin" / "prism"
    if not prism.exists():
        raise SystemExit(f"Prism is not installed; this installs it: {INSTALL}")
    return {
        "Prism, static": (str(prism), "mock", str(SPEC), "--host", "127.0.0.1", "--verboseLevel", "silent", "--port")
    }
