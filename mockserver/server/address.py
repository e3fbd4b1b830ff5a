"""Where a server listens."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddress:
    """The address at which a client on this machine reaches a server."""

    url: str
    """The URL; for a Unix socket its host is `localhost`."""
    uds: Path | None = None
    """The Unix socket; None for TCP."""
    ca: Path | None = None
    """The file with the certificate authority that clients have to trust; None if the server did not make one."""

    def __str__(self) -> str:
        """The URL, or `unix:` and the path of the socket."""
        return self.url if self.uds is None else f"unix:{self.uds}"
