"""Joins the files of an OpenAPI document into one document, whose references are all local."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mockserver.contract.document.references import (
    FILES_MEMBER,
    BrokenReferenceError,
    anchor_of,
    anchors,
    discriminator_mappings,
    references,
    resolve,
)
from mockserver.errors import SpecError
from mockserver.parsing.positions import TextError
from mockserver.parsing.regular_file import read_regular_file
from mockserver.parsing.text_reader import read_data

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
NAME = re.compile(r"[A-Za-z0-9._-]+")
FILE_ENDINGS = (".json", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the document, and the reference to its root in the joined document."""

    path: Path
    content: Any
    ref: str


class Bundle:
    """Reads a document, and on `join` the files it refers to. The files have to be in its folder or below.

    openapi-core would follow any `$ref`, also over the network. In a joined document it finds only local ones.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path.parent.resolve()
        self.files: list[Path] = []
        self.data = self._read(path, f"the spec {path}")
        self._joined: dict[Path, _File] = {}
        self._pending: list[_File] = []
        self._references: list[tuple[_File, dict[str, Any], str]] = []

    def join(self) -> None:
        """Read every file that is referred to, once, and make all references local. Raises SpecError."""
        root = _File(self.path, self.data, "#")
        # Resolved, so that a reference back to the root is recognised also if the spec is a symbolic link.
        self._joined[self.path.resolve()] = root
        self._pending.append(root)
        while self._pending:
            self._localise_references(self._pending.pop())
        others = [file for file in self._joined.values() if file is not root]
        if others:
            self.data[FILES_MEMBER] = {file.ref.rpartition("/")[2]: file.content for file in others}
        self._check_references()

    def _read(self, path: Path, description: str) -> Any:
        """The data of a file, which becomes one of the document's files. Raises SpecError."""
        self.files.append(path)
        try:
            text = read_regular_file(path, limit=MAX_DOCUMENT_BYTES)
            if len(text) > MAX_DOCUMENT_BYTES:
                raise SpecError(f"{description} is larger than {MAX_DOCUMENT_BYTES // 2**20} MiB")
            return read_data(text, name=str(path))
        except FileNotFoundError:
            raise SpecError(f"{description} does not exist") from None
        except TextError as error:
            raise SpecError(str(error)) from None
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise SpecError(f"{description} cannot be read: {reason}") from None

    def _localise_references(self, file: _File) -> None:
        for node, ref in references(file.content):
            node["$ref"] = self._localise(ref, file)
            self._references.append((file, node, ref))
        for mapping in discriminator_mappings(file.content):
            for name, target in mapping.items():
                if isinstance(target, str) and self._is_reference(target):
                    mapping[name] = self._localise(target, file)

    def _check_references(self) -> None:
        """Raise SpecError if a reference leads nowhere, or in a circle of nothing but references."""
        has_anchors = any(anchor_of(node["$ref"]) for _, node, _ in self._references)
        known_anchors = anchors(self.data) if has_anchors else {}
        for file, node, ref in self._references:
            try:
                resolve(self.data, node)
            except BrokenReferenceError as error:
                raise SpecError(f"{file.path}: $ref {ref!r} {error.problem}") from None
            anchor = anchor_of(node["$ref"])
            if anchor and anchor not in known_anchors:
                raise SpecError(f"{file.path}: $ref {ref!r} leads nowhere: there is no anchor {anchor!r}")

    def _localise(self, ref: str, file: _File) -> str:
        """The same reference, local to the joined document."""
        location, _, fragment = ref.partition("#")
        if not location:
            return f"{file.ref}{fragment}" if fragment.startswith("/") or not fragment else ref
        path = self._target(ref, location, file)
        target = self._joined.get(path)
        if target is None:
            content = self._read(path, f"{file.path}: $ref {ref!r}: the file")
            # Discriminators need the file's name, which may be the name of its schema.
            name = path.stem if NAME.fullmatch(path.stem) else ""
            target = _File(path, content, f"#/{FILES_MEMBER}/file{len(self._joined)}.{name}")
            self._joined[path] = target
            self._pending.append(target)
        return f"{target.ref}{fragment}"

    def _is_reference(self, target: str) -> bool:
        """Whether the target in a discriminator's mapping is a reference, and not the name of a schema."""
        named = target in self.data["components"].get("schemas", {})
        return not named and ("#" in target or "/" in target or target.endswith(FILE_ENDINGS))

    def _target(self, ref: str, location: str, file: _File) -> Path:
        """The path of the file that a reference names. Raises SpecError if it is not a file in the spec's folder."""
        try:
            parts = urlsplit(location)
            # Relative to the folder of the link, if the spec is a symbolic link. References must not leave this folder.
            target = (file.path.parent.resolve() / unquote(parts.path)).resolve()
            leaves = parts.scheme or parts.netloc or not target.is_relative_to(self.folder)
            # Reading a named pipe would block.
            unusable = not leaves and target.exists() and not target.is_file()
        except (OSError, RuntimeError, ValueError):
            # The name is too long, has a NUL byte or is a circle of links; or the URL is invalid.
            leaves, unusable = False, True
        if leaves:
            problem = "leaves the folder of the spec, and nothing is fetched; copy the file into it"
            raise SpecError(f"{file.path}: $ref {ref!r} {problem}")
        if unusable:
            raise SpecError(f"{file.path}: $ref {ref!r} does not refer to a file")
        return target
