"""Joins the files of an OpenAPI document into one document, whose references are all local JSON pointers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockserver.contract.document.dynamic_references import DynamicReference, replace
from mockserver.contract.document.references import (
    FILES_MEMBER,
    IS_IN_A_LONG_CHAIN,
    REFERS_TO_ITSELF,
    BrokenReferenceError,
    nodes,
    resolve,
)
from mockserver.contract.document.resources import IDENTIFIERS, Resource, file_resource, joined
from mockserver.contract.document.spec_folder import SpecFolder
from mockserver.errors import SpecError

NAME = re.compile(r"[A-Za-z0-9._-]+")
FILE_ENDINGS = (".json", ".yaml", ".yml")
SCHEMA_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
# The mock does not resolve these references, but they must not leave the folder either.
OTHER_REFERENCES = ("externalValue", "operationRef")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    """A reference: the value of `keyword` in `node`. `holder` is `node`, or the mapping of its discriminator."""

    node: dict[str, Any]
    holder: dict[str, Any]
    keyword: str
    ref: str
    file: Resource
    resource: Resource

    def __str__(self) -> str:
        keyword = self.keyword if self.holder is self.node else "$ref"
        return f"{self.file.path}: {keyword} {self.ref!r}"


class Bundle:
    """A document, and on `join` the files it refers to. The files have to be in its folder or below.

    openapi-core would follow any reference, also over the network. In a joined document it finds only JSON pointers.
    """

    def __init__(self, path: Path, data: dict[str, Any], folder: SpecFolder) -> None:
        self.path = path
        self.data = data
        self._folder = folder
        self._is_30 = str(data["openapi"]).startswith("3.0")
        self._files: dict[Path, Resource] = {}
        self._by_uri: dict[str, Resource] = {}
        self._pending: list[tuple[Resource, list[dict[str, Any]]]] = []
        self._seen: set[int] = set()
        # A file that is read later may have the `$id` that these references name.
        self._unknown: list[tuple[_Reference, SpecError]] = []
        self._local: list[_Reference] = []
        self._dynamic: list[tuple[_Reference, str, str | None]] = []
        self._identified: list[dict[str, Any]] = []

    def join(self) -> dict[str, tuple[Path, str]]:
        """Read every file that is referred to, once, and make all references local. Raises SpecError.

        Returns what the joined files contain: the file and the pointer in it, by the name of the member.
        """
        # Resolved, so that a reference back to the root is recognised also if the spec is a symbolic link.
        self._add(self.path.resolve(), self.path, "#", self.data)
        checked = 0
        while self._pending or self._unknown:
            while self._pending:
                self._localise_references(*self._pending.pop())
            self._retry()
            others = {file.ref.rpartition("/")[2]: file.content for file in self._files.values() if file.ref != "#"}
            self.data |= {FILES_MEMBER: others} if others else {}
            for reference in self._local[checked:]:
                self._check(reference, reference.node)
            checked = len(self._local)
        for node in self._identified:
            for keyword in IDENTIFIERS:
                node.pop(keyword, None)
        references = [DynamicReference(node=each.node, ref=ref, name=name) for each, ref, name in self._dynamic]
        copies = replace(self.data, list(self._files.values()), references)
        for reference, ref, _ in self._dynamic:
            self._check(reference, {"$ref": ref})
        origins = {file.ref.rpartition("/")[2]: (file.path, "") for file in self._files.values()}
        for name, ref in copies.items():
            first, slash, rest = ref.removeprefix(f"#/{FILES_MEMBER}/").partition("/")
            path, start = origins.get(first, (self.path, ""))
            origins[name] = (path, f"{start}{slash}{rest}" if first in origins else ref[1:])
        return origins

    def _add(self, key: Path, path: Path, ref: str, content: Any) -> Resource:
        uri = "" if ref == "#" else key.relative_to(self._folder.path).as_posix()
        found = list(nodes(content, self._seen))
        identified = [node for node in found if not IDENTIFIERS.isdisjoint(node)]
        create = file_resource if identified else Resource
        file = create(path=path, uri=uri, ref=ref, content=content)
        for resource in (file, *file.embedded) if identified else ():
            self._by_uri.setdefault(resource.uri, resource)
        self._identified += identified
        self._files[key] = file
        self._pending.append((file, found))
        return file

    def _localise_references(self, file: Resource, found: list[dict[str, Any]]) -> None:
        for node in found:
            for reference in self._references(node, file):
                try:
                    self._localise(reference, self._resource(reference))
                except SpecError as error:
                    self._unknown.append((reference, error))

    def _references(self, node: dict[str, Any], file: Resource) -> Iterator[_Reference]:
        resource = file.part(node)
        for keyword in SCHEMA_REFERENCES:
            if isinstance(ref := node.get(keyword), str):
                yield _Reference(node=node, holder=node, keyword=keyword, ref=ref, file=file, resource=resource)
        for keyword in OTHER_REFERENCES:
            if isinstance(ref := node.get(keyword), str):
                self._check_folder(node, keyword, ref, file)
        match node.get("discriminator"):
            case {"mapping": dict(mapping)}:
                for name, target in mapping.items():
                    if isinstance(target, str) and self._is_reference(target):
                        yield _Reference(
                            node=node, holder=mapping, keyword=name, ref=target, file=file, resource=resource
                        )

    def _is_reference(self, target: str) -> bool:
        """Whether the target in a discriminator's mapping is a reference, and not the name of a schema."""
        named = target in self.data["components"].get("schemas", {})
        return not named and ("#" in target or "/" in target or target.endswith(FILE_ENDINGS))

    def _check_folder(self, node: dict[str, Any], keyword: str, ref: str, file: Resource) -> None:
        location = ref.partition("#")[0]
        if location:
            target = self._folder.target(location, base=file.path, reference=f"{file.path}: {keyword} {ref!r}")
            if keyword == "externalValue":
                # From now on it is relative to the folder of the document, not to the file that contains it.
                node[keyword] = target.relative_to(self._folder.path).as_posix()

    def _resource(self, reference: _Reference) -> Resource:
        """The resource that a reference leads into; its file is read if necessary. Raises SpecError."""
        location = reference.ref.partition("#")[0]
        if not location:
            return reference.resource
        known = self._by_uri.get(joined(reference.resource.uri, location))
        return known or self._file(reference, location)

    def _file(self, reference: _Reference, location: str) -> Resource:
        path = self._folder.target(location, base=reference.file.path, reference=str(reference))
        if path in self._files:
            return self._files[path]
        content = self._folder.read(path, f"{reference}: the file")
        # Discriminators need the file's name, which may be the name of its schema.
        name = path.stem if NAME.fullmatch(path.stem) else ""
        return self._add(path, path, f"#/{FILES_MEMBER}/file{len(self._files)}.{name}", content)

    def _retry(self) -> None:
        """Make references local to an `$id` that was found later. Raises the error of the first that leads nowhere."""
        unknown, self._unknown = self._unknown, []
        for reference, error in unknown:
            resource = self._by_uri.get(joined(reference.resource.uri, reference.ref.partition("#")[0]))
            if resource is None:
                raise error
            self._localise(reference, resource)

    def _localise(self, reference: _Reference, resource: Resource) -> None:
        """Replace a reference by one that is local to the joined document. Raises SpecError."""
        fragment = reference.ref.partition("#")[2]
        local = resource.reference(fragment)
        if local is None:
            raise SpecError(f"{reference} leads nowhere: there is no anchor {fragment!r}")
        if reference.holder is not reference.node:
            reference.holder[reference.keyword] = local
        elif reference.keyword == "$ref":
            reference.node["$ref"] = local
            self._local.append(reference)
        else:
            # It is not a keyword of OpenAPI 3.0.
            del reference.node[reference.keyword]
            name = "" if reference.keyword == "$recursiveRef" else fragment or None
            if not self._is_30:
                self._dynamic.append((reference, local, name if name in resource.dynamic_anchors else None))

    def _check(self, reference: _Reference, node: dict[str, Any]) -> None:
        """Raise SpecError if a reference leads nowhere, or in a circle of nothing but references."""
        try:
            target = resolve(self.data, node)
        except BrokenReferenceError as error:
            if error.ref == node["$ref"] or error.problem in {REFERS_TO_ITSELF, IS_IN_A_LONG_CHAIN}:
                raise SpecError(f"{reference} {error.problem}") from None
            # It leads to another reference, which is broken and is reported separately.
            return
        if isinstance(target, dict) and id(target) not in self._seen:
            # It is inside an example or an extension, which is searched for references only if something refers to it.
            files = [file for file in self._files.values() if node["$ref"].startswith(f"{file.ref}/")]
            file = max(files, key=lambda file: len(file.ref))
            self._pending.append((file, list(nodes(target, self._seen))))
