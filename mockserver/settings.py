"""The settings of a server, and the paths of the bundled files."""

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Literal
from urllib.parse import urlsplit

from mockserver.errors import UsageError

# RFC 9110, section 5.5, without the obsolete part.
_HEADER_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_STORE_SCHEMES = (
    *("redis://", "rediss://", "unix://"),
    *("redis+sentinel://", "rediss+sentinel://", "redis+cluster://", "rediss+cluster://"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one server. The defaults serve the bundled contract and scenarios on this machine only.

    The command line has a flag and an environment variable for each setting. Raises UsageError for a URL as a path.
    """

    spec: Path | None = None
    """The OpenAPI document to serve, YAML or JSON. None is the bundled contract. (`MOCKSERVER_SPEC`)"""
    scenarios: Path | None = None
    """The folder of scenario files. None is the bundled folder, but nothing with a `spec`. (`MOCKSERVER_SCENARIOS`)"""
    scenario: str | None = None
    """The scenario of requests that do not select another. None is `happy_path`. (`MOCKSERVER_SCENARIO`)"""
    host: str = "127.0.0.1"
    """The address to listen on. (`MOCKSERVER_HOST`)"""
    port: int = 8080
    """The port to listen on. 0 is any free port. (`MOCKSERVER_PORT`)"""
    port_file: Path | None = None
    """A file that gets the port while the server listens. (`MOCKSERVER_PORT_FILE`)"""
    uds: Path | None = None
    """A Unix socket to listen on, instead of a port. (`MOCKSERVER_UDS`)"""
    tls: Literal["self-signed"] | None = None
    """Serve https with a certificate that is made for this run. (`MOCKSERVER_TLS`)"""
    tls_cert: Path | None = None
    """Serve https with this certificate and its chain, in PEM format. (`MOCKSERVER_TLS_CERT`)"""
    tls_key: Path | None = None
    """The key of the certificate. None: it is in the same file. (`MOCKSERVER_TLS_KEY`)"""
    seed: int | None = None
    """The seed of made-up values: the same seed gives the same values. None is a random seed. (`MOCKSERVER_SEED`)"""
    api_keys: tuple[str, ...] = ()
    """The accepted API keys. Empty accepts any key. (`MOCKSERVER_API_KEY`)"""
    on_violation: Literal["refuse", "report"] = "refuse"
    """Refuse a request that breaks the contract, or answer it and report. (`MOCKSERVER_ON_VIOLATION`)"""
    stripe_account: Literal["required", "optional"] = "required"
    """Whether pages must name the connected account in calls of Stripe's API. (`MOCKSERVER_STRIPE_ACCOUNT`)"""
    strict: bool = False
    """Whether names that the contract does not document are violations. (`MOCKSERVER_STRICT`)"""
    reload: bool = False
    """Whether changes of the spec and the scenario files are loaded while the server runs. (`MOCKSERVER_RELOAD`)"""
    cors_origins: tuple[str, ...] = ()
    """Allowed web origins, such as `https://app.example`, besides those of this machine. (`MOCKSERVER_CORS_ORIGIN`)"""
    allow_hosts: tuple[str, ...] = ()
    """Allowed host names, besides those of this machine. (`MOCKSERVER_ALLOW_HOST`)"""
    admin_token: str | None = field(default=None, repr=False)
    """The token that calls of the control API must carry. None is no token. (`MOCKSERVER_ADMIN_TOKEN`)"""
    max_body: int = 1024 * 1024
    """The maximum length of a request body, in bytes. (`MOCKSERVER_MAX_BODY`)"""
    log_format: Literal["text", "json", "none"] = "text"
    """The format of the log of requests; `none` writes no log. (`MOCKSERVER_LOG_FORMAT`)"""
    store: str = field(default="memory", repr=False)
    """Where state lives: `memory`, or the URL of a Redis or Valkey server for several servers. (`MOCKSERVER_STORE`)"""
    store_ttl: float = 24 * 3600
    """How long a shared store keeps a namespace after its last call, in seconds. (`MOCKSERVER_STORE_TTL`)"""
    store_timeout: float = 10
    """How long the start waits for a shared store, in seconds. (`MOCKSERVER_STORE_TIMEOUT`)"""
    workers: int = 1
    """The number of processes that serve. Several need a shared store. (`MOCKSERVER_WORKERS`)"""
    validation: Literal["compiled", "openapi-core"] = "compiled"
    """Let compiled schemas accept valid messages, or let openapi-core check every one. (`MOCKSERVER_VALIDATION`)"""

    def __post_init__(self) -> None:
        refuse_url("--spec", self.spec)
        refuse_url("--scenarios", self.scenarios)
        if self.uds is not None and self.port_file is not None:
            raise UsageError("--port-file needs a port, and --uds has none: leave out one of them")
        if self.tls is not None and self.tls_cert is not None:
            raise UsageError("--tls self-signed makes a certificate, and --tls-cert names one: leave out one of them")
        if self.tls_key is not None and self.tls_cert is None:
            raise UsageError("--tls-key needs --tls-cert, the file with the certificate")
        if self.has_shared_store and not self.store.startswith(_STORE_SCHEMES):
            # The URL may contain a password, so it is not shown.
            raise UsageError(f"--store takes memory, or a URL that begins with {', '.join(_STORE_SCHEMES)}")
        if self.admin_token is not None and not _HEADER_VALUE.fullmatch(self.admin_token):
            raise UsageError(
                "--admin-token cannot be sent in a header: write printable ASCII characters, without spaces at the ends"
            )
        if not all(each.strip() and each.isprintable() for each in self.api_keys):
            raise UsageError("--api-key cannot be sent: it is empty, or has characters that cannot be printed")
        if self.has_shared_store and self.reload:
            raise UsageError("--reload is for one server, and --store for several: leave out one of them")
        if self.workers > 1 and not self.has_shared_store:
            raise UsageError(
                f"--workers {self.workers} needs a store that the processes share: add --store redis://HOST:6379/0"
            )

    @property
    def has_shared_store(self) -> bool:
        """Whether state lives in a store that several servers share."""
        return self.store != "memory"

    @property
    def shown_store(self) -> str:
        """The URL of the store without its user, its password and its query."""
        parts = urlsplit(self.store)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @property
    def spec_file(self) -> Path:
        """The OpenAPI document to serve."""
        return self.spec or bundled("spec") / "wingback.yaml"

    @property
    def scheme(self) -> Literal["http", "https"]:
        """The scheme of the server's URL."""
        return "http" if self.tls is None and self.tls_cert is None else "https"

    @property
    def has_saved_methods(self) -> bool:
        """Whether the list of saved payment methods is served, which extends only the bundled contract."""
        return self.spec is None and (bundled("spec") / "saved_methods.yaml").is_file()

    @property
    def scenarios_folder(self) -> Path | None:
        """The folder of scenario files; None for a custom contract without scenarios."""
        if self.scenarios is None and self.spec is None:
            return bundled("scenarios")
        return self.scenarios


def refuse_url(option: str, path: Path | str | None) -> None:
    """Raise UsageError if the path of an option is a URL, which `Path` accepts but changes to `https:/x`."""
    url = re.match("(https?):/+(.*)", PurePath(path or "").as_posix(), re.IGNORECASE)
    if url is not None:
        kind = "folder" if option.endswith("scenarios") else "file"
        raise UsageError(f"{option} takes a {kind}, not a URL: download {url[1]}://{url[2]} first")


def bundled(folder: str) -> Path:
    """Return the bundled folder `spec` or `scenarios`: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "_bundled" / folder
    return installed if installed.is_dir() else package.parent / folder


def own_file(name: str) -> Path:
    """Return a file that every server needs: `admin.yaml`, `saved_methods.yaml`, `stripe.yaml` or `happy_path.yaml`.

    An installed package has a second copy of these files: in an image, users mount folders over the bundled ones.
    """
    package = Path(__file__).parent
    installed = package / "_own" / name
    if installed.is_file():
        return installed
    return package.parent / ("scenarios" if name == "happy_path.yaml" else "spec") / name
