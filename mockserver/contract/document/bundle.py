"""Joins the files of an OpenAPI document into one, so that there is nothing left to follow."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mockserver.contract.document.references import (
    FILES_MEMBER,
    BrokenReferenceError,
    anchor_of,
    discriminator_mappings,
    objects,
    references,
    resolve,
)
from mockserver.errors import SpecError
from mockserver.parsing import TextError, read_data

__all__ = ["Bundle"]

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
FILE_ENDINGS = (".json", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was read: where it lies, and the reference to its root in the joined document."""

    path: Path
    content: Any
    member: str


class Bundle:
    """Joins the files that a document refers to into the document itself.

    openapi-core would follow a `$ref` anywhere, over the network too; after this there is nothing to follow.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path.parent.resolve()
        self.files: list[Path] = []
        self.data = self.read(path, f"the spec {path}")
        self._others: dict[Path, _File] = {}
        self._pending: list[_File] = []
        self._references: list[tuple[_File, dict[str, Any], str]] = []

    def join(self) -> None:
        """Read every file that is referred to, once, and make all references local."""
        root = _File(self.path, self.data, "#")
        # A circle through the root ends here, also where the root is a link to a file with another name.
        self._others[self.path.resolve()] = root
        self._pending.append(root)
        while self._pending:
            self._join_one(self._pending.pop())
        others = [file for file in self._others.values() if file is not root]
        if others:
            self.data[FILES_MEMBER] = {file.member.rpartition("/")[2]: file.content for file in others}
        for file, node, ref in self._references:
            self._check(file, node, ref)

    def read(self, path: Path, what: str) -> Any:
        """The data of a file, which is one of the document's then. Raises SpecError."""
        self.files.append(path)
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                text = file.read() if size <= MAX_DOCUMENT_BYTES else b""
        except FileNotFoundError:
            raise SpecError(f"{what} does not exist") from None
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise SpecError(f"{what} cannot be read: {reason}") from None
        if size > MAX_DOCUMENT_BYTES:
            raise SpecError(f"{what} is larger than {MAX_DOCUMENT_BYTES // 2**20} MiB")
        try:
            data = read_data(text, name=str(path))
        except TextError as error:
            raise SpecError(str(error)) from None
        return data

    def _join_one(self, file: _File) -> None:
        for node, ref in references(file.content):
            node["$ref"] = self._localise(ref, file)
            self._references.append((file, node, ref))
        for mapping in discriminator_mappings(file.content):
            for name, target in mapping.items():
                if isinstance(target, str) and self._is_reference(target):
                    mapping[name] = self._localise(target, file)

    def _check(self, file: _File, node: dict[str, Any], ref: str) -> None:
        """Refuse a reference that leads nowhere, or in a circle with nothing in it."""
        try:
            resolve(self.data, node)
        except BrokenReferenceError as error:
            raise SpecError(f"{file.path}: $ref {ref!r} {error.problem}") from None
        anchor = anchor_of(node["$ref"])
        if anchor and not any(
            anchor in (node.get("$anchor"), node.get("$dynamicAnchor")) for node in objects(self.data)
        ):
            raise SpecError(f"{file.path}: $ref {ref!r} leads nowhere: there is no anchor {anchor!r}")

    def _localise(self, ref: str, file: _File) -> str:
        """The same reference, local to the joined document."""
        location, _, fragment = ref.partition("#")
        if not location:
            return f"{file.member}{fragment}" if fragment.startswith("/") or not fragment else ref
        target = self._target(ref, location, file)
        found = self._others.get(target)
        if found is None:
            content = self.read(target, f"{file.path}: $ref {ref!r}: the file")
            found = _File(target, content, f"#/{FILES_MEMBER}/file{len(self._others)}")
            self._others[target] = found
            self._pending.append(found)
        return f"{found.member}{fragment}"

    def _is_reference(self, target: str) -> bool:
        """Whether a discriminator's mapping means a place rather than the name of a schema."""
        named = target in self.data["components"].get("schemas", {})
        return not named and ("#" in target or "/" in target or target.endswith(FILE_ENDINGS))

    def _target(self, ref: str, location: str, file: _File) -> Path:
        """The file that a reference means. Raises SpecError when it is not a file of the folder."""
        try:
            parts = urlsplit(location)
            # By the name that was given: the spec may be a link to another folder, what it refers to may not.
            target = (file.path.parent.resolve() / unquote(parts.path)).resolve()
            leaves = parts.scheme or parts.netloc or not target.is_relative_to(self.folder)
            # A named pipe would be waited for.
            unusable = not leaves and target.exists() and not target.is_file()
        except (OSError, RuntimeError, ValueError):
            # Too long, a circle of links, a NUL byte, brackets that are no address.
            leaves, unusable = False, True
        if leaves:
            raise SpecError(
                f"{file.path}: $ref {ref!r} leaves the folder of the spec, and nothing is fetched; copy the file into it"
            )
        if unusable:
            raise SpecError(f"{file.path}: $ref {ref!r} is no reference to a file")
        return target
