"""Peers on the same request: mock servers that one command installs, in folders of their own under benchmarks/."""

from __future__ import annotations

from pathlib import Path

__all__ = ["anyone", "peers"]

HERE = Path(__file__).parent
SPEC = HERE.parent / "spec" / "wingback.yaml"
NPM = HERE / "node_modules" / ".bin"
PYPI = HERE / ".peers" / "bin"
INSTALL = (
    "npm install --prefix benchmarks --no-save @stoplight/prism-cli wiremock",
    "python3 -m venv benchmarks/.peers && benchmarks/.peers/bin/pip install 'connexion[uvicorn]'",
)


def anyone(key: str, required_scopes: object = None) -> dict[str, str]:
    """Connexion asks who has an API key; this one lets everybody in, as the mock does."""
    del required_scopes
    return {"sub": key}


def peers() -> dict[str, tuple[str, ...]]:
    """The commands of those that are installed, by name; each is given a port as its last argument.

    WireMock knows no contract: it answers one stub. Its journal is off, for it has no bound.
    """
    local = ("--host", "127.0.0.1")
    commands = {
        "Prism, static": (str(NPM / "prism"), "mock", str(SPEC), *local, "--verboseLevel", "silent", "--port"),
        "WireMock, one static stub, no contract": (
            *(str(NPM / "wiremock"), "--root-dir", str(HERE / "wiremock"), "--bind-address", "127.0.0.1"),
            *("--no-request-journal", "--disable-banner", "--use-chunked-encoding", "never", "--port"),
        ),
        "connexion, mock": (
            *("env", f"PYTHONPATH={HERE}", "APIKEYINFO_FUNC=peers.anyone"),
            *(str(PYPI / "connexion"), "run", str(SPEC), "--mock", "all", "--app-framework", "async", *local, "--port"),
        ),
    }
    found = {name: command for name, command in commands.items() if any(Path(word).is_file() for word in command[:4])}
    if not found:
        raise SystemExit("\n".join(["no peer is installed; these install some:", *INSTALL]))
    return found
