"""Reads XML as the value that a schema and its `xml` keywords describe."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jsonschema.protocols import Validator

from mockserver.contract.validation.converted_body import ConversionError, ConvertedBody
from mockserver.contract.validation.member_schemas import MemberSchemas, Schema, names, types
from mockserver.contract.validation.text_converter import TextConverter
from mockserver.contract.validation.xml_names import XmlName, XmlNames
from mockserver.parsing.xml_elements import XmlElement

Path = tuple[str | int, ...]


class XmlValues:
    """Reads the XML bodies of a document. `validator` is one of its schema validators."""

    def __init__(self, document: Mapping[str, Any], validator: Validator, *, is_31: bool) -> None:
        self._names = XmlNames(document)
        self._schemas = MemberSchemas(document)
        self._converter = TextConverter(
            self._schemas, lambda schema, value: validator.evolve(schema=schema).is_valid(value), is_31=is_31
        )

    def describes(self, schema: Any) -> bool:
        """Whether the schema describes elements. XML with any other schema, such as a string, is not converted."""
        return not {"object", "array"}.isdisjoint(types(self._schemas.parts([schema])))

    def read(self, root: XmlElement, schema: Any) -> ConvertedBody:
        """The value of a document with this root element."""
        reading = _XmlReading(self._names, self._schemas, self._converter)
        wanted = self._root_names(schema)
        if wanted and not any(_is_named(root, name) for name in wanted):
            listed = " or ".join(dict.fromkeys(f"<{name.name}>" for name in wanted))
            reading.error((), f"the root element is {shown(root)}; the contract wants {listed}")
        return ConvertedBody(value=reading.value(root, [schema], ()), errors=tuple(reading.errors))

    def _root_names(self, schema: Any) -> list[XmlName]:
        """The names that the document gives to the root element; several if the schema has alternatives."""
        named = self._names.root(schema)
        found = [named] if named.is_given else [self._names.of([part], "") for part in self._schemas.parts([schema])]
        return [name for name in found if name.is_given]


class _XmlReading:
    """One document while it is read."""

    def __init__(self, names: XmlNames, schemas: MemberSchemas, converter: TextConverter) -> None:
        self._names = names
        self._schemas = schemas
        self._converter = converter
        self.errors: list[ConversionError] = []

    def error(self, path: Path, message: str) -> None:
        """Add an error of the value at a path."""
        self.errors.append(ConversionError(path, "xml", message))

    def value(self, element: XmlElement, schemas: Sequence[Any], path: Path) -> Any:
        """The value of an element."""
        if element.is_nil:
            return None
        parts = self._schemas.parts(schemas)
        kinds = types(parts)
        if "array" in kinds and ("object" not in kinds or _is_list(element)):
            return self._items(element, parts, path)
        has_members = element.children or any(not each.namespace for each in element.attributes)
        is_empty_object = "object" in kinds and not element.text.strip()
        if has_members or is_empty_object:
            return self._members(element, parts, path)
        is_text = not kinds or "string" in kinds
        return self._converter.convert(element.text if is_text else element.text.strip(), schemas)

    def _items(self, element: XmlElement, parts: Sequence[Schema], path: Path) -> list[Any]:
        """The items of an array whose element contains nothing else."""
        self._check_text(element, path)
        return self._listed(element.children, parts, XmlName(element.name, is_wrapped=True), element.name, path)

    def _listed(
        self, elements: Iterable[XmlElement], parts: Sequence[Schema], array: XmlName, member: str, path: Path
    ) -> list[Any]:
        found = []
        for index, element in enumerate(elements):
            schemas = self._schemas.items(parts, index)
            name = self._names.item(schemas, array, member)
            if name.is_given and array.is_wrapped and not _is_named(element, name):
                self.error((*path, index), f"the element is {shown(element)}; the contract wants <{name.name}>")
            found.append(self.value(element, schemas, (*path, index)))
        return found

    def _members(self, element: XmlElement, parts: Sequence[Schema], path: Path) -> dict[str, Any]:
        """The members of an object: its documented attributes and elements, and those that are not documented."""
        self._check_text(element, path)
        documented = {name: self._names.of(self._schemas.member(parts, name), name) for name in names(parts)}
        value: dict[str, Any] = {}
        for attribute in element.attributes:
            wanted = (name for name, each in documented.items() if each.is_attribute and _is_named(attribute, each))
            member = next(wanted, None if attribute.namespace else attribute.name)
            if member is not None:
                value[member] = self._converter.convert(attribute.text, self._schemas.member(parts, member))
        sent: dict[str, list[XmlElement]] = {}
        for child in element.children:
            sent.setdefault(self._member_of(child, documented, parts), []).append(child)
        for member, elements in sent.items():
            name = documented.get(member, XmlName(member))
            value[member] = self._member(elements, self._schemas.member(parts, member), name, member, (*path, member))
        for member in _required(parts) - value.keys():
            # An array without items has no element, unless it is wrapped.
            kinds = types(self._schemas.parts(self._schemas.member(parts, member)))
            if member in documented and kinds == ["array"] and not documented[member].is_wrapped:
                value[member] = []
        return value

    def _member(
        self, elements: Sequence[XmlElement], schemas: Sequence[Any], name: XmlName, member: str, path: Path
    ) -> Any:
        parts = self._schemas.parts(schemas)
        kinds = types(parts)
        if "array" in kinds and not name.is_wrapped:
            return self._listed(elements, parts, name, member, path)
        values = [self.value(element, schemas, path) for element in elements]
        if len(values) == 1:
            return values[0]
        if schemas:
            self.error(path, f"{shown(elements[0])} is sent {len(values)} times; the contract wants one element")
        return values

    def _member_of(self, child: XmlElement, documented: Mapping[str, XmlName], parts: Sequence[Schema]) -> str:
        """The member that an element belongs to; the name of the element if it is not documented."""
        for member, name in documented.items():
            if not name.is_attribute and any(_is_named(child, each) for each in self._sent_as(member, name, parts)):
                return member
        return child.name

    def _sent_as(self, member: str, name: XmlName, parts: Sequence[Schema]) -> list[XmlName]:
        """The names that the elements of a member may have. Without `wrapped`, the name of an array has no effect."""
        schemas = self._schemas.parts(self._schemas.member(parts, member))
        if name.is_wrapped or "array" not in types(schemas):
            return [name]
        item = self._names.item(self._schemas.items(schemas, 0), name, member)
        return [item] if item.is_given else [item, name]

    def _check_text(self, element: XmlElement, path: Path) -> None:
        if text := element.text.strip():
            self.error(path, f"{shown(element)} contains the text {text[:40]!r}; the contract wants elements")


def shown(element: XmlElement) -> str:
    """The element in the form that messages use."""
    namespace = f" of the namespace {element.namespace[:80]}" if element.namespace else ""
    return f"<{element.name[:80]}>{namespace}"


def _is_named(sent: Any, name: XmlName) -> bool:
    # A child usually inherits the namespace of its parent, also where its own schema has none.
    return sent.name == name.name and name.namespace in ("", sent.namespace)


def _is_list(element: XmlElement) -> bool:
    """Whether the children look like the items of an array: several elements of one name."""
    return len(element.children) > 1 and len({child.name for child in element.children}) == 1


def _required(parts: Iterable[Schema]) -> set[str]:
    listed = [name for part in parts if isinstance(part.get("required"), list) for name in part["required"]]
    return {name for name in listed if isinstance(name, str)}
