"""The certificate of a server: the user's own, or one that is made for this run."""

import contextlib
import ssl
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mockserver.errors import UsageError
from mockserver.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """The files in PEM format: the certificate with its chain, its key, and the CA if it was made for this run.

    Without a key, the file of the certificate has it.
    """

    certificate: Path
    key: Path | None = None
    ca: Path | None = None


@contextlib.contextmanager
def tls_files(settings: Settings) -> Iterator[TlsFiles | None]:
    """The files of the settings; None for plain HTTP. Raises UsageError: they cannot be used."""
    if settings.tls == "self-signed":
        with _private_folder() as folder:
            yield _made(Path(folder), settings)
    elif settings.tls_cert is not None:
        yield _checked(TlsFiles(certificate=settings.tls_cert, key=settings.tls_key))
    else:
        yield None


def _private_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="mockserver-tls-")
    except OSError:
        raise UsageError("--tls self-signed needs a folder for temporary files: set TMPDIR to one") from None


def _made(folder: Path, settings: Settings) -> TlsFiles:
    """A new CA and a certificate of it. The key of the CA is never written, so nobody can use the CA later."""
    if find_spec("trustme") is None:
        raise UsageError(
            "--tls self-signed needs trustme: run pip install trustme, or pip install '.[tls]' in a checkout"
        )
    import trustme

    authority = trustme.CA(organization_name="Wingback mock server")
    certificate = authority.issue_cert(*_names(settings))
    files = TlsFiles(certificate=folder / "server.pem", ca=folder / "ca.pem")
    # The folder is this user's alone.
    certificate.private_key_and_cert_chain_pem.write_to_path(str(files.certificate))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return files


def _names(settings: Settings) -> list[str]:
    """The names and addresses that the certificate is for."""
    hosts = [text.partition(":")[0] for text in settings.allow_hosts if not text.startswith("[")]
    names = ["localhost", "127.0.0.1", "::1", "host.docker.internal", *hosts]
    if settings.host not in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        names.append(settings.host)
    return list(dict.fromkeys(names))


def _checked(files: TlsFiles) -> TlsFiles:
    """The files, if a server can use them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # With a password, OpenSSL does not ask for one on the terminal.
        context.load_cert_chain(files.certificate, files.key, password="")
    except ssl.SSLError as error:
        raise UsageError(
            f"--tls-cert {files.certificate} cannot be used: it must have a certificate and its key without a "
            f"password, in PEM format, or the key must be in --tls-key ({error.reason or error})"
        ) from None
    except OSError as error:
        shown = files.certificate if files.key is None else f"{files.certificate} or --tls-key {files.key}"
        raise UsageError(f"--tls-cert {shown} cannot be read: {error.strerror or error}") from None
    return files
