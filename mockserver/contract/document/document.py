"""Loads an OpenAPI document: joins its files, checks its shape and adjusts it in memory."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mockserver.contract.document.adjustments import adjust
from mockserver.contract.document.bundle import Bundle
from mockserver.contract.document.discriminators import Discriminators
from mockserver.contract.document.references import BrokenReferenceError, resolve
from mockserver.contract.document.shape import check_contents, check_root
from mockserver.contract.document.slips import Note, remove_slips
from mockserver.contract.document.spec_folder import SpecFolder
from mockserver.errors import SpecError


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A loaded document. Every `$ref` in `data` is a local JSON pointer; `files` are all files that were read.

    `notes` are slips that do not prevent serving it, such as invalid keywords, which are ignored.
    """

    path: Path
    data: dict[str, Any]
    files: tuple[Path, ...]
    notes: tuple[Note, ...] = ()
    discriminators: Discriminators = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Share the discriminators: finding out which schemas inherit from which takes a walk over the document."""
        object.__setattr__(self, "discriminators", Discriminators(self.data))

    @property
    def is_31(self) -> bool:
        """True for OpenAPI 3.1, whose schemas are JSON Schema 2020-12."""
        return str(self.data["openapi"]).startswith("3.1")

    @property
    def title(self) -> str:
        """The title in `info`."""
        return str(self.data["info"].get("title", ""))

    @property
    def version(self) -> str:
        """The version in `info`."""
        return str(self.data["info"].get("version", ""))

    @property
    def security_schemes(self) -> dict[str, Any]:
        """The security schemes by name."""
        return dict(self.data["components"].get("securitySchemes", {}))

    def resolve(self, node: Any) -> Any:
        """The object that the `$ref` of a node leads to, or the node itself without a `$ref`. Raises SpecError."""
        return resolve(self.data, node)


def load_document(path: Path) -> Document:
    """Read an OpenAPI 3.0 or 3.1 document, YAML or JSON, with all files in its folder that it refers to.

    Raises SpecError: a missing or unreadable file, another format or version, a `$ref` that leaves the folder or
    leads nowhere. Its `files` are those that were read so far.
    """
    path = Path(path)
    folder = SpecFolder(path)
    try:
        data = folder.read(path, f"the spec {path}")
        check_root(path, data)
        origins = Bundle(path, data, folder).join()
        check_contents(path, data)
        notes = remove_slips(data, path, origins)
        has_discriminators = adjust(data)
    except SpecError as error:
        # A broken reference does not name its file.
        failure = SpecError(f"{path}: {error}") if isinstance(error, BrokenReferenceError) else error
        failure.files = tuple(folder.files)
        raise failure from None
    document = Document(path=path, data=data, files=tuple(folder.files), notes=notes)
    if has_discriminators:
        # Now, so that no request has to wait for it.
        document.discriminators.families.prepare()
    return document
