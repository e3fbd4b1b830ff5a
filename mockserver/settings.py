"""What a server is told at its start: the values behind the command line's flags, and where the bundled files lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

__all__ = ["Settings", "bundled", "own"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one server; without any it serves the bundled contract and scenarios on this machine only.

    `port` 0 means any free one. `max_body` counts bytes. `api_keys` names the keys that are accepted, none means any. `admin_token` guards the
    control API; it is not shown when the settings are.
    """

    spec: Path | None = None
    scenarios: Path | None = None
    scenario: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    seed: int | None = None
    api_keys: tuple[str, ...] = ()
    on_violation: Literal["refuse", "report"] = "refuse"
    reload: bool = False
    cors_origins: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    admin_token: str | None = field(default=None, repr=False)
    max_body: int = 1024 * 1024
    log_format: Literal["text", "json", "none"] = "text"
    validation: Literal["compiled", "openapi-core"] = "compiled"

    @property
    def spec_file(self) -> Path:
        """The OpenAPI document to serve."""
        return self.spec or bundled("spec") / "wingback.yaml"

    @property
    def has_saved_methods(self) -> bool:
        """Whether the mock's list of saved payment methods is served: only beside the bundled contract."""
        return self.spec is None and (bundled("spec") / "saved_methods.yaml").is_file()

    @property
    def scenarios_folder(self) -> Path | None:
        """The folder of scenario files; none for a foreign contract that came without scenarios."""
        if self.scenarios is None and self.spec is None:
            return bundled("scenarios")
        return self.scenarios


def bundled(folder: str) -> Path:
    """A folder that comes with the package, `spec` or `scenarios`: inside an installed copy, beside a checkout."""
    package = Path(__file__).parent
    shipped = package / "_bundled" / folder
    return shipped if shipped.is_dir() else package.parent / folder


def own(name: str) -> Path:
    """A file that the mock needs whatever is served: `admin.yaml`, `saved_methods.yaml`, `stripe.yaml` or `happy_path.yaml`.

    In an image other files may be mounted over the bundled folders, so an installed copy has these a second time.
    """
    package = Path(__file__).parent
    kept = package / "_own" / name
    if kept.is_file():
        return kept
    return package.parent / ("scenarios" if name == "happy_path.yaml" else "spec") / name
