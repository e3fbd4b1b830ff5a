"""Peers on the same request: mock servers that one command installs, in benchmarks/node_modules."""

from __future__ import annotations

from pathlib import Path

__all__ = ["peers"]

HERE = Path(__file__).parent
SPEC = HERE.parent / "spec" / "wingback.yaml"
INSTALL = "npm install --prefix benchmarks --no-save @stoplight/prism-cli openapi-backend js-yaml"


def peers() -> dict[str, tuple[str, ...]]:
    """The commands that serve the contract, by name; each is given a port as its last argument."""
    modules = HERE / "node_modules"
    if not modules.is_dir():
        raise SystemExit(f"no peers are installed; this installs them: {INSTALL}")
    prism = modules / ".bin" / "prism"
    return {
        "Prism, static": (str(prism), "mock", str(SPEC), "--host", "127.0.0.1", "--verboseLevel", "silent", "--port"),
        "openapi-backend": ("node", str(HERE / "openapi_backend.mjs"), str(SPEC)),
    }
