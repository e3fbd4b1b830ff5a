"""Joins the files of an OpenAPI document into one, so that there is nothing left to follow."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mockserver.contract.tree import FILES_MEMBER, discriminator_mappings, references, resolve_pointer
from mockserver.errors import SpecError
from mockserver.yamltext import TextError, read_data

__all__ = ["Bundle"]

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024


class Bundle:
    """Joins the files that a document refers to into the document itself.

    openapi-core would follow a `$ref` anywhere, over the network too; after this there is nothing to follow.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path.parent.resolve()
        self.files: list[Path] = []
        self._members: dict[Path, str] = {}
        self._contents: dict[str, Any] = {}
        self._pending: list[tuple[Any, Path, str]] = []
        self.data = self._read(path, f"the spec {path}")
        self._root = path.resolve()

    def join(self) -> None:
        """Read every file that is referred to, once, and make all references local."""
        self._pending.append((self.data, self._root, "#"))
        refs: list[tuple[str, str]] = []
        while self._pending:
            refs += self._join_one(*self._pending.pop())
        if self._contents:
            self.data[FILES_MEMBER] = self._contents
        for ref, local in refs:
            if local.startswith("#/"):
                try:
                    resolve_pointer(self.data, local)
                except SpecError:
                    raise SpecError(f"{self.path}: $ref {ref!r} leads nowhere") from None

    def _join_one(self, tree: Any, base: Path, member: str) -> list[tuple[str, str]]:
        refs = []
        for node, ref in references(tree):
            node["$ref"] = self._localise(ref, base, member)
            refs.append((ref, node["$ref"]))
        for mapping in discriminator_mappings(tree):
            for name, target in mapping.items():
                if isinstance(target, str) and ("#" in target or "/" in target):
                    mapping[name] = self._localise(target, base, member)
        return refs

    def _localise(self, ref: str, base: Path, member: str) -> str:
        """The same reference, local to the joined document."""
        location, _, fragment = ref.partition("#")
        if not location:
            return f"{member}{fragment}" if fragment.startswith("/") or not fragment else ref
        parts = urlsplit(location)
        if parts.scheme or parts.netloc:
            raise SpecError(f"{self.path}: $ref {ref!r} would leave the folder of the spec; nothing is fetched")
        target = (base.parent / unquote(parts.path)).resolve()
        if not target.is_relative_to(self.folder):
            raise SpecError(f"{self.path}: $ref {ref!r} leaves the folder of the spec; copy the file into it")
        if target == self._root:
            return f"#{fragment}"
        if target not in self._members:
            name = f"file{len(self._members) + 1}"
            content = self._read(target, f"{self.path}: $ref {ref!r}: the file")
            self._members[target] = f"#/{FILES_MEMBER}/{name}"
            self._contents[name] = content
            self._pending.append((content, target, self._members[target]))
        return f"{self._members[target]}{fragment}"

    def _read(self, path: Path, what: str) -> Any:
        try:
            with path.open("rb") as file:
                text = file.read(MAX_DOCUMENT_BYTES + 1)
        except FileNotFoundError:
            raise SpecError(f"{what} does not exist") from None
        except OSError as error:
            raise SpecError(f"{what} cannot be read: {error.strerror}") from None
        if len(text) > MAX_DOCUMENT_BYTES:
            raise SpecError(f"{what} is larger than {MAX_DOCUMENT_BYTES // 2**20} MiB")
        try:
            data = read_data(text, name=str(path))
        except TextError as error:
            raise SpecError(str(error)) from None
        self.files.append(path)
        return data
