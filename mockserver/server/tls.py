"""The certificate of a server: the user's own, or one that is made for this run."""

import contextlib
import re
import shutil
import ssl
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from mockserver.errors import UsageError
from mockserver.parsing.regular_file import read_regular_file
from mockserver.settings import Settings

_MAX_SIZE: Final = 1024 * 1024
# RFC 5890, section 2.3.1. The first label can be a wildcard.
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME: Final = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")


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
        folder = _private_folder()
        try:
            yield _made(folder, settings)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    elif settings.tls_cert is not None:
        yield _checked(TlsFiles(certificate=settings.tls_cert, key=settings.tls_key))
    else:
        yield None


def _private_folder() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="mockserver-tls-"))
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
    names = ["localhost", "127.0.0.1", "::1", "host.docker.internal"]
    names += [_certified(re.sub(r":\d*$", "", text).strip("[].")) for text in settings.allow_hosts]
    if _is_certifiable(settings.host) and settings.host not in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        names.append(settings.host)
    return list(dict.fromkeys(names))


def _certified(name: str) -> str:
    if not _is_certifiable(name):
        raise UsageError(
            f"--tls self-signed cannot make a certificate for --allow-host {name}: a name in a certificate has only "
            "letters, digits, hyphens and dots"
        )
    return name


def _is_certifiable(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return _NAME.fullmatch(name) is not None
    return True


def _checked(files: TlsFiles) -> TlsFiles:
    """The files, if a server can use them."""
    certificate = f"--tls-cert {files.certificate}"
    key = certificate if files.key is None else f"--tls-key {files.key}"
    if "-BEGIN CERTIFICATE-" not in _text(files.certificate, certificate):
        raise UsageError(f"{certificate} has no certificate in PEM format")
    text = _text(files.key or files.certificate, key)
    if "PRIVATE KEY-" not in text:
        hint = ": name the file of the key with --tls-key" if files.key is None else ""
        raise UsageError(f"{key} has no private key in PEM format{hint}")
    if "ENCRYPTED" in text:
        raise UsageError(f"the key in {key} has a password: store it without one")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # With a password, OpenSSL does not ask for one on the terminal.
        context.load_cert_chain(files.certificate, files.key, password="")
    except ssl.SSLError as error:
        reason = "the key does not belong to the certificate" if "MISMATCH" in str(error.reason) else error.reason
        raise UsageError(f"{certificate} cannot be used with the key in {key}: {reason or error}") from None
    return files


def _text(file: Path, shown: str) -> str:
    try:
        return read_regular_file(file, limit=_MAX_SIZE).decode("latin-1")
    except OSError as error:
        raise UsageError(f"{shown} cannot be read: {error.strerror or error}") from None
