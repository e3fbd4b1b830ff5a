"""Other mock servers to compare with. Each is installed by one command in its own folder under benchmarks/."""

from __future__ import annotations

from pathlib import Path

__all__ = ["accept_any_key", "peers"]

HERE = Path(__file__).parent
SPEC = HERE.parent / "spec" / "wingback.yaml"
NPM = HERE / "node_modules" / ".bin"
PYPI = HERE / ".peers" / "bin"
INSTALL = (
    "npm install --prefix benchmarks --no-save @stoplight/prism-cli wiremock",
    "python3 -m venv benchmarks/.peers && benchmarks/.peers/bin/pip install 'connexion[uvicorn]'",
)


def accept_any_key(key: str, required_scopes: object = None) -> dict[str, str]:
    """Accept any API key, as the mock does: connexion calls this function to check a key."""
    del required_scopes
    return {"sub": key}


def peers() -> dict[str, tuple[str, ...]]:
    """The commands of the installed servers by name; the port must be appended to each command.

    WireMock does not read the contract: it has one stub. Its journal is off because it is unbounded.
    """
    local = ("--host", "127.0.0.1")
    commands = {
        "Prism, static": (str(NPM / "prism"), "mock", str(SPEC), *local, "--verboseLevel", "silent", "--port"),
        "WireMock, one static stub, no contract": (
            *(str(NPM / "wiremock"), "--root-dir", str(HERE / "wiremock"), "--bind-address", "127.0.0.1"),
            *("--no-request-journal", "--disable-banner", "--use-chunked-encoding", "never", "--port"),
        ),
        "connexion, mock": (
            *("env", f"PYTHONPATH={HERE}", "APIKEYINFO_FUNC=peers.accept_any_key"),
            *(str(PYPI / "connexion"), "run", str(SPEC), "--mock", "all", "--app-framework", "async", *local, "--port"),
        ),
    }
    installed = {
        name: command for name, command in commands.items() if any(Path(word).is_file() for word in command[:4])
    }
    if not installed:
        raise SystemExit("\n".join(["no other mock server is installed; these commands install them:", *INSTALL]))
    return installed
