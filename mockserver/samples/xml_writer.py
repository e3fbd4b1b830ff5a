"""Writes values as XML, as the `xml` keywords of their schemas describe it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.contract.validation.member_schemas import MemberSchemas
from mockserver.contract.validation.xml_names import XmlName, XmlNames
from mockserver.parsing.xml_elements import SCHEMA_INSTANCE, XmlAttribute, XmlElement, write_xml

NIL = XmlAttribute(name="nil", namespace=SCHEMA_INSTANCE, prefix="xsi", text="true")


class XmlWriter:
    """Writes the values of one document, whose references are all local."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._names = XmlNames(document)
        self._schemas = MemberSchemas(document)

    def write(self, value: Any, schema: Any) -> bytes:
        """The document for a value of a schema."""
        return write_xml(self._element(value, [schema], self._names.root(schema))).encode()

    def _element(self, value: Any, schemas: Sequence[Any], name: XmlName) -> XmlElement:
        element = XmlElement(name=name.name, namespace=name.namespace, prefix=name.prefix)
        parts = self._schemas.parts(schemas)
        if value is None:
            element.attributes.append(NIL)
        elif isinstance(value, dict):
            for key, member in value.items():
                self._add(element, key, member, self._schemas.member(parts, key))
        elif isinstance(value, list):
            array = name._replace(is_wrapped=True)
            element.children = self._items(value, schemas, array, name.name)
        else:
            element.text = _text(value)
        return element

    def _add(self, element: XmlElement, key: str, value: Any, schemas: Sequence[Any]) -> None:
        """Add a member to the element of its object."""
        name = self._names.of(schemas, key)
        if name.is_attribute and not isinstance(value, dict | list | None):
            attribute = XmlAttribute(name=name.name, namespace=name.namespace, prefix=name.prefix, text=_text(value))
            element.attributes.append(attribute)
        elif isinstance(value, list) and not name.is_wrapped:
            element.children += self._items(value, schemas, name, key)
        else:
            element.children.append(self._element(value, schemas, name))

    def _items(self, items: Sequence[Any], schemas: Sequence[Any], array: XmlName, member: str) -> list[XmlElement]:
        parts = self._schemas.parts(schemas)
        described = [self._schemas.items(parts, index) for index in range(len(items))]
        return [
            self._element(item, own, self._names.item(own, array, member))
            for item, own in zip(items, described, strict=True)
        ]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
